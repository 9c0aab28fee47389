"""Results as Markdown tables, and the targets with what was measured."""

import datetime
import shlex
import sys

import machine
from filling import PLANS
from workloads import TITLES

HEADS = ["workload", "service", "req/s", "of the limit", "p50 ms", "p99 ms", "CPU s service / 1000", "CPU s PostgreSQL / 1000", "peak MiB", "MB/s"]


def number(value, digits=2):
    if value is None:
        return "–"
    return f"{value:,.0f}".replace(",", " ") if value >= 1000 else f"{value:.{digits}f}"


def memory(one):
    """The peak; for whole collections also what it began with, as it must stay flat."""
    return number(one.peak_mib, 0) if one.start_mib is None else f"{number(one.start_mib, 0)} → {number(one.peak_mib, 0)}"


def markdown(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *("| " + " | ".join(row) + " |" for row in rows)]


def base(by_name, workload):
    """What ratios refer to: the limit, or COPY for the import."""
    return by_name.get("database" if workload == "W9" else "limit")


def ratio(by_name, workload, name):
    against, one = base(by_name, workload), by_name.get(name)
    return one.rate / against.rate if one and against else None


def scale(name, results, wanted):
    rows = []
    for workload in wanted:
        for service, one in results.get(workload, {}).items():
            rows.append([f"{workload} {TITLES[workload]}", "COPY" if (workload, service) == ("W9", "database") else service, number(one.rate, 1),
                         number(ratio(results[workload], workload, service)), number(one.p50_ms), number(one.p99_ms), number(one.service_cpu, 3),
                         number(one.postgres_cpu, 3), memory(one), number(one.megabytes, 0)])
    return [f"## {PLANS[name]:,} plans".replace(",", " "), "", *markdown(HEADS, rows), "",
            "W8 and W9 count rows, not requests; the limit of W9 is COPY. W6 of the other services, and COPY, write into tables without indexes "
            "but those of keys, triggers, links, search and log."]


class Targets:
    def __init__(self):
        self.rows = []

    def add(self, what, wanted, measured, met, digits=2):
        self.rows.append([what, wanted, number(measured, digits), "–" if measured is None else "met" if met(measured) else "**missed**"])

    def at_least(self, what, bound, measured):
        self.add(what, f"≥ {bound:g}", measured, lambda value: value >= bound)

    def at_most(self, what, bound, measured):
        self.add(what, f"≤ {bound:g}", measured, lambda value: value <= bound)


def divided(one, other):
    return one / other if one is not None and other else None


def targets(results, starts):
    """The bounds of the design, at the scale that is named in each line."""
    table = Targets()
    for name, measured in results.items():
        def of(workload, service="ucap", measured=measured):
            return measured.get(workload, {}).get(service)

        def rate(workload, service="ucap"):
            one = of(workload, service)
            return one.rate if one else None

        at = f" ({PLANS[name]:,} plans)".replace(",", " ")
        for workload, bound in {"W1": 0.8, "W2": 0.85, "W4": 3, "W5": 0.8, "W6": 0.6, "W7": 0.8, "W8": 0.6, "W9": 0.5}.items():
            against = "COPY" if workload == "W9" else "the limit"
            table.at_least(f"{workload} against {against}{at}", bound, ratio(measured.get(workload, {}), workload, "ucap"))
        if of("W6"):
            table.at_most(f"W6 CPU of PostgreSQL for a plan, ms{at}", 0.8, of("W6").postgres_cpu)
        for workload, bound in {"W7": 2, "W11": 2, "W12": 20}.items():
            if of(workload):
                table.at_most(f"{workload} CPU of PostgreSQL for a search, ms{at}", bound, of(workload).postgres_cpu)
        if of("W11"):
            table.at_most(f"W11 p50, ms{at}", 10, of("W11").p50_ms)
        table.at_least(f"W9 activities a second{at}", 15_000, rate("W9"))
        table.at_least(f"W3 against our W2{at}", 0.9, divided(rate("W3"), rate("W2")))
        table.at_least(f"W10 against our W1{at}", 1, divided(rate("W10"), rate("W1")))
        if of("W1") and of("W1", "limit"):
            ours, least = (one.service_cpu + one.postgres_cpu for one in (of("W1"), of("W1", "limit")))
            table.at_most(f"W1 CPU, service and PostgreSQL, against the limit{at}", 1.3, divided(ours, least))
        for workload in ("W1", "W2", "W5"):
            if of(workload):
                table.at_most(f"{workload} p99 against p50{at}", 4, divided(of(workload).p99_ms, of(workload).p50_ms))
        if of("W8"):
            table.at_most(f"W8 peak memory, MiB{at}", 64, of("W8").peak_mib)
        for workload in ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"):
            table.at_least(f"{workload} against Fastify{at}", 2, divided(rate(workload), rate(workload, "fastify")))
            bound = 5 if workload in ("W1", "W2", "W3", "W5") else 1
            table.at_least(f"{workload} against FastAPI{at}", bound, divided(rate(workload), rate(workload, "fastapi")))
    table.at_most("start with an existing cluster, s", 0.3, starts.get("later"))
    table.at_most("first start, s", 5, starts.get("first"))
    table.at_most("idle memory of the service, MiB", 40, starts.get("idle"))
    return [row for row in table.rows if row[2] != "–"]


def whole(results, starts, wanted, given):
    lines = ["# Load benchmark", "", f"{datetime.date.today().isoformat()}; medians of {given.rounds} rounds of {given.seconds} s; 32 connections."]
    lines += [f"- {line}" for line in machine.description()]
    lines += [f"- `benches/run {shlex.join(sys.argv[1:])}`", ""]
    for name, measured in results.items():
        lines += [*scale(name, measured, wanted), ""]
    lines += ["## Targets", "", *markdown(["what", "target", "measured", ""], targets(results, starts))]
    return "\n".join(lines)
