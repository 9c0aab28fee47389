-- The requests of a workload for wrk, out of a file: lines of path, tab, entity tag (or nothing). With a template of a body in a
-- second file, each request creates a record of another name. The choice looks random and is the same on each run.

local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(arguments)
    local headers = { ["Authorization"] = arguments[2] ~= "" and ("Bearer " .. arguments[2]) or nil }
    state = 7919 * number
    made = 0
    run = arguments[4]
    if arguments[3] ~= nil and arguments[3] ~= "" then
        local file = assert(io.open(arguments[3]))
        template = file:read("*a")
        file:close()
        headers["Content-Type"] = "application/json"
        created = headers
        return
    end
    choices = {}
    for line in io.lines(arguments[1]) do
        local path, tag = line:match("^([^\t]*)\t?(.*)$")
        headers["If-None-Match"] = tag ~= "" and tag or nil
        choices[#choices + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    if template then
        made = made + 1
        local body = template:gsub("NAME", run .. "-" .. number .. "-" .. made)
        return wrk.format("POST", "/v1/plans", created, body)
    end
    state = (state * 1103515245 + 12345) % 2147483648
    return choices[1 + math.floor(state / 65536) % #choices]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect, errors.read + errors.write, errors.timeout))
end
