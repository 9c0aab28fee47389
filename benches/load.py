"""Drives the workloads against all services in turn and measures what they do and what that costs."""

import json
import re
import subprocess
import time
import urllib.error

import comparison
import filling
import processes
import report
import services
import startup
import transfers
from machine import BENCHES, fail
from measurement import Measurement, median
from workloads import TITLES, Workloads, get

CONNECTIONS = 32
THREADS = 2
DRIVEN = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W10", "W11", "W12"]
# Nobody else sends entity tags; nobody else imports.
OWN = {"W9", "W10"}


def run(postgres, builds, given, scales):
    wanted = [name for name in given.only or TITLES if name != "start"]
    unknown = [name for name in wanted if name not in TITLES]
    if unknown:
        fail(f"there is no workload {', '.join(unknown)}")
    names = [name for name in services.ALL if name in given.services]
    if "ucap" not in names:
        fail("ucap is what the others are compared with; it must be among the services")
    for name in names:
        builds.of(name)
    results = {}
    for scale in scales:
        results[scale] = run_scale(postgres, builds, given, scale, wanted, names)
        print("\n".join(report.scale(scale, results[scale], wanted)), flush=True)
    starts = startup.measure(builds) if not given.only or "start" in given.only else {}
    text = report.whole(results, starts, wanted, given)
    print(text)
    if given.results:
        given.results.write_text(text + "\n")
        print(f"written to {given.results}")
    return False


def run_scale(postgres, builds, given, scale, wanted, names):
    database = filling.ensure(postgres, scale, builds.of("ucap"))
    key = subprocess.run([builds.of("ucap"), "key", "create", "load benchmark", "--database-url", postgres.url(database)],
                         check=True, capture_output=True, text=True).stdout.strip()
    workloads = Workloads(postgres, database, scale)
    workloads.forget_created()
    running = [services.start(name, builds, postgres, database) for name in names]
    comparison.check(workloads, running, wanted, key)
    driver = Driver(postgres, builds.directory, workloads, given.seconds, key)
    measured = {}
    for round_ in range(given.rounds):
        for workload in wanted:
            for service in running:
                if service.name != "ucap" and workload in OWN:
                    continue
                keep(measured, workload, service.name, round_, driver.measure(workload, service, round_))
            if "database" in given.services:
                alone = driver.database_alone(workload)
                if alone:
                    keep(measured, workload, "database", round_, alone)
    for service in running:
        service.end()
    return {workload: {name: median(rounds) for name, rounds in by_name.items()} for workload, by_name in measured.items()}


def keep(measured, workload, name, round_, measurement):
    measured.setdefault(workload, {}).setdefault(name, []).append(measurement)
    print(f"  round {round_ + 1} {workload} {name}: {measurement.rate:.0f}/s", flush=True)


class Driver:
    def __init__(self, postgres, directory, workloads, seconds, key):
        self.postgres, self.directory, self.workloads, self.seconds, self.key = postgres, directory, workloads, seconds, key
        self.tags = {}

    def measure(self, workload, service, round_):
        if workload == "W8":
            return transfers.export(service, self.postgres, self.workloads)
        if workload == "W9":
            return transfers.import_activities(service, self.postgres, self.workloads, self.directory, self.key)
        requests = self.directory / f"{workload}-{service.name}.requests"
        body = self.directory / f"{workload}.body"
        if workload == "W6":
            body.write_text(json.dumps(self.workloads.new_plan("NAME")))
        else:
            paths = self.workloads.paths(workload, service)
            requests.write_text("".join(f"{path}\t{self.tag(service, path) if workload == 'W10' else ''}\n" for path in paths))
        run_name = f"{service.name}-{round_}-{int(time.time())}"
        parameters = [requests, self.key if service.name == "ucap" and workload == "W6" else "", body if workload == "W6" else "", run_name]
        # Long enough that a slow answer comes, too: what is still at work would be counted as the next one's.
        self.wrk(service, [*parameters[:3], run_name + "-warm"], 3 if workload in ("W7", "W11", "W12") else 1)
        processes.forget_peak(service.pid)
        before = self.cpu(service)
        requests_made, microseconds, p50, p99 = self.wrk(service, parameters, self.seconds)
        after = self.cpu(service)
        if not requests_made:
            fail(f"{service.name} answered no request of {workload} in {self.seconds} s")
        peak = processes.memory_mib(service.pid)
        if workload == "W6":
            self.workloads.forget_created()
        thousands = requests_made / 1000
        return Measurement(rate=requests_made / (microseconds / 1e6), p50_ms=p50 / 1000, p99_ms=p99 / 1000, peak_mib=peak,
                           service_cpu=(after[0] - before[0]) / thousands, postgres_cpu=(after[1] - before[1]) / thousands)

    def cpu(self, service):
        return processes.cpu_seconds(service.pid), processes.cpu_seconds(self.postgres.process.pid)

    def wrk(self, service, parameters, seconds):
        command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", BENCHES / "requests.lua", service.base, "--"]
        done = subprocess.run([*command, *parameters], capture_output=True, text=True)
        match = re.search(r"^RESULT (.*)$", done.stdout, re.M)
        if not match:
            fail(f"wrk failed: {done.stdout}{done.stderr}")
        made, microseconds, p50, p99, refused, unconnected, broken, late = (int(number) for number in match[1].split())
        if refused or unconnected or broken or late:
            fail(f"{service.name}: {refused} of {made} answers were errors, {unconnected} connections failed, {broken} broke, {late} were late")
        return made, microseconds, p50, p99

    def tag(self, service, path):
        """The entity tag of a record; it must lead to 304."""
        if path not in self.tags:
            headers, _ = get(service.base, path)
            self.tags[path] = headers["ETag"]
            if len(self.tags) < 20:
                self.check_unchanged(service, path)
        return self.tags[path]

    def check_unchanged(self, service, path):
        try:
            get(service.base, path, **{"If-None-Match": self.tags[path]})
            fail(f"{path} with its own entity tag is not answered with 304")
        except urllib.error.HTTPError as error:
            if error.code != 304:
                fail(f"{path} with its own entity tag is answered with {error.code}")

    def database_alone(self, workload):
        if workload == "W9":
            return transfers.copy_activities(self.postgres, self.workloads, self.directory)
        script = self.workloads.pgbench(workload, self.directory)
        if script is None:
            return None
        before = processes.cpu_seconds(self.postgres.process.pid)
        done = subprocess.run(
            [self.postgres.binaries / "pgbench", "-n", "-M", "prepared", f"-c{CONNECTIONS}", f"-j{THREADS}", f"-T{self.seconds}", "-f", script,
             self.postgres.url(self.workloads.database)], capture_output=True, text=True)
        if done.returncode:
            fail(f"pgbench {workload} failed: {done.stderr}")
        made = int(re.search(r"transactions actually processed: (\d+)", done.stdout)[1])
        rate = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
        used = processes.cpu_seconds(self.postgres.process.pid) - before
        if workload == "W6":
            self.workloads.forget_created()
        return Measurement(rate=rate, postgres_cpu=used / made * 1000)
