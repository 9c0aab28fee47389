"""Asks for every list by every documented filter, sort key and order, and reads from the log of PostgreSQL what each costs."""

import itertools
import json
import re
import statistics
import time
import urllib.error
import urllib.parse
import urllib.request

import filling
import processes
from machine import ROOT, fail

LISTS = ["/v1/plans", "/v1/activities", "/v1/outcomes", "/v1/cities", "/v1/themes"]
BIG = re.compile(r"^(plans|activities|outcomes|(plan|activity|outcome)_\w+)$")
# The last two only say how another filter is meant; they are tried with it, in `together`.
NOT_FILTERS = {"limit", "cursor", "order", "count", "sort", "fields", "include", "q_scope", "active_by"}
AUTO_EXPLAIN = {
    "session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off", "auto_explain.log_buffers": "on", "auto_explain.log_format": "json",
    "auto_explain.log_nested_statements": "off", "log_executor_stats": "on",
}


def record(kind, number):
    return f"01900000-0000-7000-800{kind}-{number:012x}"


def representative(postgres, database):
    """Values of the filters: common, rare and absent ones, as fill.sql makes them; several values widen a list."""
    def word(rank):
        return postgres.psql(database, f"SELECT word FROM bench.words WHERE rank = {rank}")

    plans = filling.PLANS[database.removeprefix("ucap_")]
    organisation = "SELECT name FROM activity_organisations WHERE activity_id > '{}' {} LIMIT 1"
    any_organisation = postgres.psql(database, organisation.format(record(4, 1), "AND name LIKE 'University%'"))
    acronym = postgres.psql(database, "SELECT acronym FROM activity_organisations WHERE acronym IS NOT NULL LIMIT 1")
    shared = {
        "city": {"common": record(2, 1), "rare": record(2, 500), "two": f"{record(2, 1)},{record(2, 2)}"},
        "theme": {"common": record(3, 1), "rare": record(3, 40), "two": f"{record(3, 1)},{record(3, 2)}"},
        "plan": {"one": record(1, plans // 2), "two": f"{record(1, 5)},{record(1, plans - 5)}"},
        "q": {"common": word(50), "medium": word(700), "rare": word(3000), "phrase": f'"{word(60)} {word(61)}"', "absent": "qzxvjk"},
        "updated_after": {"most": "2020-02-01T00:00:00Z", "few": "2026-02-01T00:00:00Z"},
        "updated_before": {"most": "2026-02-01T00:00:00Z", "few": "2020-01-15T00:00:00Z"},
        "organisation": {"common": any_organisation, "acronym": acronym, "absent": "Nobody", "two": f"{any_organisation},{acronym}"},
    }
    vocabularies = {"urban_agenda": {"common": "circular-economy", "two": "circular-economy,food"}}
    # The data has no topics and no languages: what is shown is that a filter without results is answered at once.
    stated = {"topic": {"absent": "air-quality"}, "language": {"absent": "fr"}}
    return {
        "/v1/plans": {
            **shared, **vocabularies, **stated, "city_role": {"common": "partner", "rarer": "lead"},
            "country": {"common": "CN", "rare": "MT", "absent": "IS", "two": "CN,DE"},
            "sdg": {"common": "11", "medium": "3", "absent": "17", "two": "3,4"},
            "kind": {"common": "pairing", "rarer": "cluster"}, "status": {"common": "active", "rarer": "cancelled", "two": "draft,cancelled"},
            "programme": {"common": "IUC Asia", "rarer": "Horizon", "absent": "None such", "two": "URBACT,Horizon"},
            "has_finding": {"common": "city_not_partner", "medium": "plan_without_period", "rare": "source_breaks_off", "absent": "plan_without_contact"},
            "active_from": {"most": "2012", "few": "2027-06"}, "active_to": {"most": "2024", "few": "2010-02"},
            "relation": {"common": "continues", "inverse": "continued_by", "two": "mirrors,mirrored_by"},
            "related_to": {"one": record(1, 150), "two": f"{record(1, 150)},{record(1, 151)}"},
            "group": {
                "common": "activity_kind:meeting", "rare": "activity_kind:exhibition", "programme": "programme:IUC Asia", "year": "year:2015",
                "activity_year": "activity_year:2015", "organisation": f"organisation:{any_organisation}", "absent": "organisation:Nobody",
            },
        },
        "/v1/activities": {
            **shared, "parent": {"most": "none", "one": record(4, 3), "two": f"none,{record(4, 3)}"}, "city_role": {"common": "host", "rarer": "mentioned"}, "kind": {"common": "meeting", "rare": "exhibition", "two": "exhibition,coaching"},
            "mode": {"common": "in_person", "rarer": "hybrid"}, "status": {"common": "held", "rare": "cancelled", "two": "postponed,cancelled"},
            "date_from": {"most": "2012", "few": "2028"}, "date_to": {"most": "2024", "few": "2010-02"},
        },
        "/v1/outcomes": {
            **shared, "theme": {**shared["theme"], "none": "none"}, "city_role": {"common": "beneficiary", "rare": "funder"},
            "kind": {"common": "result", "rarer": "output"}, "status": {"common": "agreed", "rare": "dropped", "two": "interest,possible"},
            "due_from": {"most": "2012", "few": "2029"}, "due_to": {"most": "2024", "few": "2010-02"},
        },
        "/v1/cities": {
            **shared, "country": {"common": "CN", "rare": "MT", "two": "CN,DE"}, "kind": {"common": "city", "rarer": "other"},
            "identifier": {"one": "geonames:2000037"}, "population_min": {"most": "100000"}, "population_max": {"few": "30000"},
            "area_km2_min": {"most": "50"}, "area_km2_max": {"few": "50"},
        },
        "/v1/themes": {**shared, **vocabularies, "sdg": {"one": "11"}},
    }


def together(values):
    """Filters that belong together: both ends of a stretch of time, and what modifies another."""
    words = values["/v1/plans"]["q"]
    return {
        "/v1/plans": [
            {"active_from": "2015-03", "active_to": "2015-04"}, {"city": record(2, 1), "city_role": "lead"}, {"country": "CN", "city_role": "lead"},
            {"country": "CN", "status": "active"}, {"country": "CN", "theme": record(3, 1)}, {"country": "MT", "status": "draft"},
            {"active_from": "2015-03", "active_to": "2015-04", "active_by": "activities"}, {"active_from": "2027-06", "active_by": "activities"},
            {"q": words["common"], "q_scope": "all"}, {"q": words["rare"], "q_scope": "all"},
        ],
        "/v1/activities": [
            {"date_from": "2015-03", "date_to": "2015-04"}, {"city": record(2, 1), "city_role": "mentioned"},
            {"city": record(2, 1), "theme": record(3, 40)}, {"kind": "exhibition", "status": "cancelled"},
        ],
        "/v1/outcomes": [
            {"due_from": "2015-03", "due_to": "2015-04"}, {"city": record(2, 1), "city_role": "funder"}, {"kind": "benefit", "status": "dropped"},
        ],
        "/v1/cities": [{"country": "CN", "population_min": "1000000"}],
        "/v1/themes": [],
    }


def combinations(document, values, only):
    """Address, what it stands for, and its parameters; fails for a documented filter without values."""
    schemas = document["components"]["schemas"]
    for path in LISTS:
        if only and path not in only:
            continue
        parameters = {p["name"]: p["schema"] for p in document["paths"][path]["get"]["parameters"] if p["in"] == "query"}
        sorts = schemas[parameters["sort"]["$ref"].rsplit("/", 1)[1]]["enum"]
        filters = [({}, "–")]
        for name in parameters.keys() - NOT_FILTERS:
            if name not in values[path]:
                fail(f"{path} has a filter {name} that explain.py has no values for")
            filters += [({name: value}, f"{name}={label}") for label, value in values[path][name].items()]
        filters += [(pair, " ".join(f"{name}={value[-12:]}" for name, value in pair.items())) for pair in together(values)[path]]
        for (wanted, label), sort, order in itertools.product(sorted(filters, key=lambda entry: entry[1]), sorts, ["asc", "desc"]):
            yield path, label, {**wanted, "sort": sort, "order": order, "limit": "20"}


# Pairs that the bound of all others does not hold for, each with a bound of its own in milliseconds, which is far above what was
# measured: a slow machine must not fail, but a list that is read from end to end must. List and filter are patterns.
KNOWN = [
    # Titles begin with the names of cities: what one city has stands together somewhere in their order, and the index of the
    # titles is read up to there.
    ("/v1/plans", r"city=common|city=\d+ city_role=lead|country=CN city_role=lead", "title", 1000),
    ("/v1/activities", r"city=common", "title", 1000),
    # All plans without a period come behind all others in the order of periods.
    ("/v1/plans", r"has_finding=medium", "period_start", 1500),
    # The index of the days finds the few activities at once; PostgreSQL reads the index of the order of dates as well.
    ("/v1/activities", r"date_to=few", "date", 60),
]


class Log:
    """What the server wrote since the last look: statements with plan, time and CPU."""

    ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[(\d+)\] (\w+):  (.*)$")
    USED = re.compile(r"([\d.]+) s user, ([\d.]+) s system")

    def __init__(self, path):
        self.file = open(path, encoding="utf-8", errors="replace")
        self.file.seek(0, 2)
        self.rest = ""
        self.cpu = {}

    def statements(self):
        text = self.rest + self.file.read()
        lines = text.split("\n")
        self.rest = lines.pop()
        entries = []
        for line in lines:
            if match := self.ENTRY.match(line):
                entries.append([match[1], match[2], match[3]])
            elif entries:
                entries[-1][2] += "\n" + line
        found = []
        for pid, level, message in entries:
            if level == "DETAIL" and (used := self.USED.search(message)):
                self.cpu[pid] = 1000 * (float(used[1]) + float(used[2]))
            if level == "LOG" and message.startswith("duration:") and "plan:" in message:
                head, plan = message.split("plan:", 1)
                plan = json.loads(plan)
                found.append({"ms": float(head.split()[1]), "cpu": self.cpu.pop(pid, 0.0), "text": plan["Query Text"], "plan": plan["Plan"]})
        return found


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def outline(plan, most=5):
    """The top nodes of a plan, with what they threw away."""
    words = []
    for node in nodes(plan):
        if node["Node Type"] in ("Limit", "Hash", "Gather", "Materialize", "Memoize", "Subquery Scan", "Result", "Append"):
            continue
        name = node.get("Index Name") or node.get("Relation Name") or ""
        rows = round(node.get("Actual Rows", 0) * node.get("Actual Loops", 1))
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0) + node.get("Rows Removed by Join Filter", 0)
        join = f"{node['Join Type']} " if "Join Type" in node else ""
        words.append(f"{join}{node['Node Type']} {name}".strip() + f" {rows}" + (f" (−{round(removed * node.get('Actual Loops', 1))})" if removed else ""))
    return " › ".join(words[:most]) + (" › …" if len(words) > most else "")


def judge(statement):
    workers = max((node.get("Workers Launched", 0) for node in nodes(statement["plan"])), default=0)
    # Workers are processes of their own; they do about as much as the one that leads them.
    cpu = statement["cpu"] * (1 + workers)
    scans = {node["Relation Name"] for node in nodes(statement["plan"]) if node["Node Type"] == "Seq Scan" and BIG.match(node["Relation Name"])}
    buffers = statement["plan"].get("Shared Hit Blocks", 0) + statement["plan"].get("Shared Read Blocks", 0)
    return {"ms": statement["ms"], "cpu": cpu, "scans": scans, "buffers": buffers, "outline": outline(statement["plan"])}


def ask(base, path, parameters):
    url = f"{base}{path}?{urllib.parse.urlencode(parameters, safe=',')}"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def measure(log, base, path, parameters, repeat):
    """The list statement, and the costliest beside it, as medians; `None` where the statement ran into its time limit."""
    table = path.rsplit("/", 1)[1]
    page = re.compile(rf'FROM \(*"?{table}"?.*ORDER BY .*LIMIT', re.S)
    lists, others = [], []
    for attempt in range(repeat):
        status, body = ask(base, path, parameters)
        if status == 503 and attempt == 0 and repeat > 1:
            # The server had just been started, maybe, and what it needed was on the disk.
            log.statements()
            continue
        if status == 503:
            return None, None
        if status != 200:
            fail(f"{path} {parameters} answered {status}: {body}")
        statements, begun = log.statements(), time.monotonic()
        while not any(page.search(one["text"]) for one in statements):
            if time.monotonic() - begun > 5:
                fail(f"the log of the server has no list statement for {path} {parameters}")
            time.sleep(0.002)
            statements += log.statements()
        lists.append(judge(next(one for one in statements if page.search(one["text"]))))
        beside = [{**judge(one), "text": one["text"]} for one in statements if not page.search(one["text"])]
        others.append(max(beside, key=lambda one: one["ms"], default=None))
        # The first may have had to read from the disk; if the second is no faster, the third will not be, either.
        if len(lists) > 1 and lists[-1]["ms"] > 500:
            break
    typical = {**lists[-1], "ms": statistics.median(one["ms"] for one in lists), "cpu": statistics.median(one["cpu"] for one in lists)}
    typical["scans"] = set().union(*(one["scans"] for one in lists))
    return typical, min((one for one in others if one), key=lambda one: one["ms"], default=None)


def run(postgres, database, service, arguments):
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text())
    values = representative(postgres, database)
    log, rows, slow, begun = Log(postgres.log), [], {}, time.monotonic()
    for path, label, parameters in combinations(document, values, arguments.only):
        if slow.get((path, label), 0) >= 2:
            # The other sort keys will not do better; each would cost ten seconds.
            typical, beside = None, None
        else:
            typical, beside = measure(log, service.base, path, parameters, arguments.repeat)
            log.statements()
        if typical is None:
            slow[path, label] = slow.get((path, label), 0) + 1
            typical = {"ms": 10_000.0, "cpu": 10_000.0, "scans": set(), "buffers": 0, "outline": "ended by the time limit of the service"}
        rows.append({"path": path, "filter": label, "order": f"{parameters['sort']} {parameters['order']}", **typical, "beside": beside})
    failed = report(rows, arguments)
    print(f"{len(rows)} pairs in {time.monotonic() - begun:.0f} s")
    return failed


def report(rows, arguments):
    bound = arguments.bound_ms
    bad = [row for row in rows if row["cpu"] > bound or row["ms"] > bound or row["scans"]]
    bad.sort(key=lambda row: -row["ms"])
    unexpected = [row for row in bad if row["scans"] or max(row["cpu"], row["ms"]) > max(bound, exception(row))]
    lines = [f"{len(bad)} of {len(rows)} pairs take more than {bound:g} ms or read a big table from end to end; "
             f"{len(bad) - len(unexpected)} of them are known to and keep within their own bounds", ""]
    if unexpected:
        lines += ["Not known:", ""] + summary(unexpected) + [""]
    lines += ["All:", ""] + summary(bad) + [""]
    lines += table([(f"{row['ms']:.1f}", f"{row['cpu']:.1f}", row["buffers"], row["path"], row["filter"], row["order"],
                     " ".join(sorted(row["scans"])), row["outline"]) for row in bad],
                   ("ms", "CPU ms", "buffers", "list", "filter", "sort", "sequential scans", "top nodes: rows (−thrown away)"))
    beside = {}
    for row in rows:
        if row["beside"] and (row["beside"]["ms"] > max(bound, exception(row)) or row["beside"]["scans"]):
            known = beside.setdefault((row["path"], row["filter"]), row["beside"])
            if row["beside"]["ms"] > known["ms"]:
                beside[row["path"], row["filter"]] = row["beside"]
    if beside:
        lines += ["", "Statements beside the list statement that take more than the bound or read a big table from end to end:", ""]
        lines += table([(f"{one['ms']:.1f}", f"{one['cpu']:.1f}", path, label, " ".join(one["text"].split())[:90], one["outline"])
                        for (path, label), one in sorted(beside.items(), key=lambda entry: -entry[1]["ms"])],
                       ("ms", "CPU ms", "list", "filter", "statement", "top nodes"))
    by_cpu = sorted(rows, key=lambda row: -row["cpu"])[:15]
    lines += ["", "By CPU of PostgreSQL:", ""]
    lines += table([(f"{row['cpu']:.1f}", f"{row['ms']:.1f}", row["path"], row["filter"], row["order"]) for row in by_cpu],
                   ("CPU ms", "ms", "list", "filter", "sort"))
    text = "\n".join(lines)
    print(text)
    if arguments.results:
        arguments.results.write_text(text + "\n")
    return bool(unexpected or beside)


def exception(row):
    """The bound in milliseconds of a pair that the general bound is not for; 0 for all others."""
    order = row["order"].split()[0]
    fits = (bound for path, label, sort, bound in KNOWN
            if re.fullmatch(path, row["path"]) and re.fullmatch(label, row["filter"]) and sort in (None, order))
    return max(fits, default=0)


def summary(bad):
    """One line for each filter: for how many orders it is too slow, and how slow at worst."""
    groups = {}
    for row in bad:
        groups.setdefault((row["path"], row["filter"]), []).append(row)
    lines = [(path, label, len(group), f"{max(row['ms'] for row in group):.0f}", ", ".join(row["order"] for row in group))
             for (path, label), group in sorted(groups.items(), key=lambda entry: -max(row["ms"] for row in entry[1]))]
    return table(lines, ("list", "filter", "orders", "worst ms", "too slow when sorted by"))


def table(rows, heads):
    rows = [tuple(str(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [heads, *rows]]
