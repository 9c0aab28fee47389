"""What the benchmark needs on this machine, and what machine it is."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ROOT / "benches"
PACKAGES = {
    "wrk": "wrk", "cargo": None, "node": "nodejs", "npm": "npm", "psql": "postgresql-client", "pgbench": "postgresql-client",
}


def fail(message):
    sys.exit(f"benches/run: {message}")


def work_directory(given=None):
    """A directory that the owner of the database can enter, too: the one given, or one below target, or else below /var/tmp."""
    if given:
        given.mkdir(parents=True, exist_ok=True)
        return given.resolve()
    below_target = ROOT / "target" / "bench"
    if os.getuid() == 0 and not enterable(ROOT):
        below_target = Path("/var/tmp/ucap-bench")
    below_target.mkdir(parents=True, exist_ok=True)
    return below_target


def take(directory):
    """Keeps other runs away from the directory; two would stop each other's server and drop each other's data."""
    lock = open(directory / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail(f"another run is at work in {directory}")
    return lock


def enterable(directory):
    return all(os.stat(place).st_mode & 0o005 == 0o005 for place in [directory, *directory.parents])


def postgres_binaries():
    """The newest folder with the programs of a PostgreSQL server."""
    given = os.environ.get("UCAP_PG_BIN")
    folders = [Path(given)] if given else sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return None


def check_tools(wanted):
    """Installs what is missing as root on Debian, else says how to."""
    missing = {PACKAGES[tool] for tool in wanted if not shutil.which(tool)}
    if None in missing:
        fail("cargo is missing; install Rust (see README.md)")
    if postgres_binaries() is None:
        missing.add("postgresql")
    if "node" in wanted and subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True).returncode:
        missing.add("python3-venv")
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *sorted(missing)]
    if os.getuid() != 0 or not shutil.which("apt-get"):
        fail(f"some tools are missing; install them with: sudo {' '.join(command)}")
    subprocess.run(["apt-get", "update"], check=True)
    subprocess.run(command, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return "not found"


def memory_total_gib():
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / 1024 / 1024
    return 0


def description():
    """Lines about the machine for the head of a result."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    wrk = first_line("wrk", "-v").split(" [")[0]
    return [
        f"{os.cpu_count()} cores ({model}), {memory_total_gib():.0f} GiB memory, kernel {platform.release()}",
        f"{first_line(str(postgres_binaries() / 'postgres'), '--version')}; {first_line('rustc', '--version')}; "
        f"node {first_line('node', '--version')}; Python {platform.python_version()}; {wrk}",
    ]
