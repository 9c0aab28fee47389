"""Whole collections: the export of all activities (W8) and the import of many (W9), against COPY of the same documents into a plain table."""

import http.client
import json
import subprocess
import time

import processes
from machine import fail
from measurement import Measurement

IMPORTED = 100_000


def export(service, postgres, workloads):
    """Rows per second and memory of one client that reads everything."""
    rows = int(postgres.psql(workloads.database, "SELECT count(*) FROM activities"))
    processes.forget_peak(service.pid)
    start = processes.memory_mib(service.pid, "VmRSS")
    before = processes.cpu_seconds(service.pid), processes.cpu_seconds(postgres.process.pid)
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    connection.request("GET", "/v1/exports/activities.ndjson")
    answer = connection.getresponse()
    if answer.status != 200:
        fail(f"{service.name} answers an export with {answer.status}")
    buffer, total, lines = bytearray(1 << 20), 0, 0
    while length := answer.readinto(buffer):
        total += length
        lines += buffer.count(b"\n", 0, length)
    seconds = time.monotonic() - begun
    connection.close()
    if lines != rows:
        fail(f"{service.name} exported {lines} of {rows} activities")
    after = processes.cpu_seconds(service.pid), processes.cpu_seconds(postgres.process.pid)
    return Measurement(rate=rows / seconds, megabytes=total / seconds / 1e6, start_mib=start, peak_mib=processes.memory_mib(service.pid),
                            service_cpu=(after[0] - before[0]) / rows * 1000, postgres_cpu=(after[1] - before[1]) / rows * 1000)


def lines_to_import(service, workloads, directory):
    """What an export wrote, without ids: all are new records."""
    file = directory / f"import-{workloads.database}.ndjson"
    wanted = min(IMPORTED, workloads.plans * 10)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    connection.request("GET", "/v1/exports/activities.ndjson")
    answer = connection.getresponse()
    with open(file, "w", encoding="utf-8") as out:
        for _ in range(wanted):
            record = json.loads(answer.readline())
            del record["id"]
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    connection.close()
    return file, wanted


def import_activities(service, postgres, workloads, directory, key):
    file, wanted = lines_to_import(service, workloads, directory)
    processes.forget_peak(service.pid)
    start = processes.memory_mib(service.pid, "VmRSS")
    before = processes.cpu_seconds(service.pid), processes.cpu_seconds(postgres.process.pid)
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=600)
    with open(file, "rb") as body:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson", "Content-Length": str(file.stat().st_size)}
        connection.request("POST", "/v1/imports/activities", body, headers)
        answer = connection.getresponse()
        last = answer.read().strip().rsplit(b"\n", 1)[-1]
    seconds = time.monotonic() - begun
    connection.close()
    summary = json.loads(last).get("summary", {}) if answer.status == 200 else {}
    if summary.get("created") != wanted:
        fail(f"the import answered {answer.status}: {last[:2000]!r}")
    after = processes.cpu_seconds(service.pid), processes.cpu_seconds(postgres.process.pid)
    peak = processes.memory_mib(service.pid)
    workloads.forget_created()
    return Measurement(rate=wanted / seconds, megabytes=file.stat().st_size / seconds / 1e6, start_mib=start, peak_mib=peak,
                            service_cpu=(after[0] - before[0]) / wanted * 1000, postgres_cpu=(after[1] - before[1]) / wanted * 1000)


def copy_activities(postgres, workloads, directory):
    """The same documents with COPY into a table that has a primary key and nothing else."""
    wanted = min(IMPORTED, workloads.plans * 10)
    columns = ", ".join(row[0] for row in postgres.rows(
        workloads.database, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'plain' AND table_name = 'activities' "
        "AND column_name <> 'id' ORDER BY ordinal_position"))
    file = directory / f"copy-{workloads.database}.rows"
    with open(file, "wb") as out:
        subprocess.run([*command(postgres, workloads), "-c",
                        f"COPY (SELECT ('01980000-0000-7000-8004-' || lpad(to_hex(row_number() OVER (ORDER BY id)), 12, '0'))::uuid AS id, {columns} "
                        f"FROM activities ORDER BY activities.id LIMIT {wanted}) TO STDOUT"], stdout=out, check=True)
    before = processes.cpu_seconds(postgres.process.pid)
    begun = time.monotonic()
    with open(file, "rb") as rows:
        subprocess.run([*command(postgres, workloads), "-c", f"COPY plain.activities (id, {columns}) FROM STDIN"], stdin=rows, check=True)
    seconds = time.monotonic() - begun
    used = processes.cpu_seconds(postgres.process.pid) - before
    workloads.forget_created()
    return Measurement(rate=wanted / seconds, megabytes=file.stat().st_size / seconds / 1e6, postgres_cpu=used / wanted * 1000)


def command(postgres, workloads):
    return [postgres.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", postgres.url(workloads.database)]
