"""How long ucap takes to start with its private server, and what memory it has when it idles."""

import os
import shutil
import statistics
import time
from pathlib import Path

import processes
import services

RUNS = 5


def measure(builds):
    """Seconds of the first start and of later ones, and MiB of the idle service without its server."""
    data = builds.directory / "private"
    shutil.rmtree(data, ignore_errors=True)
    first, idle = once(builds, data, idles=True)
    later = [once(builds, data)[0] for _ in range(RUNS)]
    return {"first": first, "later": statistics.median(later), "idle": idle}


def once(builds, data, idles=False):
    port = services.free_port()
    log = builds.directory / "private.log"
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "UCAP_PG_BIN") if name in os.environ}
    command = [builds.of("ucap"), "serve", "--addr", f"127.0.0.1:{port}", "--data-dir", data, "--workers", str(services.WORKERS)]
    begun = time.monotonic()
    process = processes.start(command, log, env={**environment, "RUST_LOG": "warn"})
    processes.wait_for(f"http://127.0.0.1:{port}/readyz", process, log, pause=0.005)
    seconds = time.monotonic() - begun
    memory = None
    if idles:
        time.sleep(2)
        # The private server is a process of its own; here only the service counts.
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
    processes.end(process)
    return seconds, memory
