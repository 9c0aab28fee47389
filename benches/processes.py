"""Processes that the benchmark starts, what they use, and their end: each is ended by its id, whatever happens."""

import atexit
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from machine import fail

TICKS = os.sysconf("SC_CLK_TCK")
_started = []


def start(command, log, **options):
    """Starts a process that is ended with the benchmark."""
    with open(log, "ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True, **options)
    _started.append(process)
    return process


def adopt(ending):
    """Calls that at the end, too, after the processes have ended: the database goes last."""
    _started.insert(0, ending)


def end(process):
    if process in _started:
        _started.remove(process)
    if process.poll() is not None:
        return
    members = tree(process.pid)
    process.terminate()
    try:
        process.wait(timeout=25)
    except subprocess.TimeoutExpired:
        pass
    for pid in members:
        # What outlives its parent is ended by its own id, if that is still the same process.
        if pid == process.pid and process.poll() is not None:
            continue
        if _session(pid) == process.pid:
            os.kill(pid, signal.SIGKILL)
    process.wait()


def end_all():
    while _started:
        last = _started.pop()
        if callable(last):
            last()
        else:
            end(last)


def end_on_signals():
    atexit.register(end_all)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))


def _session(pid):
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def _stat(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return None


def tree(root):
    """The process and all below it."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(entry.name)):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root):
    """User and system time of a process, all below it, and those of them that ended and were waited for."""
    ticks = 0
    for pid in tree(root):
        if stat := _stat(pid):
            ticks += sum(int(value) for value in stat[11:15])
    return ticks / TICKS


def forget_peak(root):
    for pid in tree(root):
        try:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except OSError:
            pass


def memory_mib(root, field="VmHWM"):
    """Memory of the whole tree: `VmHWM` is the peak, `VmRSS` what it has now."""
    total = 0
    for pid in tree(root):
        try:
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


def wait_for(url, process, log, seconds=30.0, pause=0.05):
    """Waits until an address answers 200; gives the seconds that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if process.poll() is not None:
            fail(f"a service ended instead of serving; see {log}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - begun
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(pause)
    fail(f"{url} does not answer; see {log}")
