"""Are the answers the same? All services must send what ucap sends, or their figures say nothing."""

import difflib
import json
import math
import re
import urllib.error
import urllib.request

from machine import fail
from workloads import get

SAMPLES = 12
# What is new with each creation.
OF_CREATION = {"id", "created_at", "updated_at", "slug", "title"}
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def normal(value, without=frozenset()):
    """What must be the same: times may be written in several ways, and each service has cursors and snippets of its own."""
    if isinstance(value, dict):
        return {name: bool(part) if name == "next_cursor" else normal(part, without)
                for name, part in value.items() if name != "snippet" and name not in without}
    if isinstance(value, list):
        return [normal(part, without) for part in value]
    if isinstance(value, str) and INSTANT.match(value):
        return re.sub(r"(\.\d*?)0+$", r"\1", value.replace("+00:00", "Z").rstrip("Z")).rstrip(".") + "Z"
    return value


def alike(one, other):
    """Equal, but for the last digits of numbers: ranks have single precision, and not everybody writes it."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(part, other[name]) for name, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return isinstance(one, (int, float)) and isinstance(other, (int, float)) and math.isclose(one, other, rel_tol=1e-5)
    return one == other


def differences(workload, path, ours, theirs):
    lines = [json.dumps(one, indent=1, sort_keys=True, ensure_ascii=False).splitlines() for one in (ours, theirs)]
    shown = list(difflib.unified_diff(*lines, "ucap", "other", lineterm="", n=2))[:60]
    return f"{workload} {path}\n" + "\n".join(shown)


def check(workloads, services, wanted, key):
    """Ends the run with a diff at the first answer that differs from that of ucap."""
    ucap = next(service for service in services if service.name == "ucap")
    for service in services:
        if service is ucap:
            continue
        for workload in wanted:
            if workload in ("W1", "W2", "W3", "W4", "W5", "W7", "W11", "W12"):
                pairs = list(zip(workloads.paths(workload, ucap), workloads.paths(workload, service)))
                for ours, theirs in pairs[:: max(1, len(pairs) // SAMPLES)]:
                    expected, found = json.loads(get(ucap.base, ours)[1]), json.loads(get(service.base, theirs)[1])
                    same(workload, service, theirs, normal(expected), normal(found))
            if workload == "W6":
                expected, found = (create(one, workloads.new_plan(f"compared-{one.name}"), key) for one in (ucap, service))
                same(workload, service, "POST /v1/plans", normal(expected, OF_CREATION), normal(found, OF_CREATION))
                workloads.forget_created()
            if workload == "W8":
                for number, (expected, found) in enumerate(zip(first_lines(ucap), first_lines(service), strict=True)):
                    same(workload, service, f"line {number + 1}", normal(expected), normal(found))
        print(f"{service.name} answers as ucap does", flush=True)


def same(workload, service, path, expected, found):
    if not alike(expected, found):
        fail(f"{service.name} does not answer as ucap does:\n{differences(workload, path, expected, found)}")


def create(service, plan, key):
    request = urllib.request.Request(f"{service.base}/v1/plans", json.dumps(plan).encode(), method="POST",
                                     headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        fail(f"{service.name} refuses a plan: {error.code} {error.read()[:2000]!r}")


def first_lines(service, wanted=1200):
    with urllib.request.urlopen(f"{service.base}/v1/exports/activities.ndjson", timeout=60) as answer:
        return [json.loads(answer.readline()) for _ in range(wanted)]
