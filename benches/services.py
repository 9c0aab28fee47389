"""The services that are compared: how each is built and started, and what it is measured by."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import processes
from machine import BENCHES, ROOT

WORKERS = 2
ALL = ["ucap", "limit", "fastapi", "fastify"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    def __init__(self, name, process, port, log):
        self.name, self.process, self.port, self.log = name, process, port, log
        self.base = f"http://127.0.0.1:{port}"

    @property
    def pid(self):
        return self.process.pid

    def end(self):
        processes.end(self.process)


class Builds:
    """Builds what is to be started, once."""

    def __init__(self, directory, ucap=None):
        self.directory = Path(directory)
        self.given = ucap
        self.built = {}

    def of(self, name):
        if name not in self.built:
            self.built[name] = getattr(self, f"_{name}")()
        return self.built[name]

    def _ucap(self):
        if self.given:
            return Path(self.given).resolve()
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
        return ROOT / "target" / "release" / "ucap"

    def _limit(self):
        target = ROOT / "target" / "bench" / "limit-target"
        subprocess.run(["cargo", "build", "--release", "--locked", "--target-dir", target], cwd=BENCHES / "limit", check=True)
        return target / "release" / "limit"

    def _fastapi(self):
        place = self.directory / "fastapi-venv"
        wanted = (BENCHES / "fastapi" / "requirements.txt").read_text()
        mark = place / "requirements.txt"
        if not mark.exists() or mark.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
            subprocess.run([place / "bin" / "pip", "install", "--quiet", "-r", BENCHES / "fastapi" / "requirements.txt"], check=True)
            mark.write_text(wanted)
        return place / "bin" / "uvicorn"

    def _fastify(self):
        place = self.directory / "fastify"
        place.mkdir(parents=True, exist_ok=True)
        lock = (BENCHES / "fastify" / "package-lock.json").read_text()
        mark = place / "installed-lock.json"
        for file in [*(BENCHES / "fastify").iterdir(), BENCHES / "search.sql"]:
            shutil.copy(file, place / file.name)
        if not mark.exists() or mark.read_text() != lock:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=place, check=True)
            mark.write_text(lock)
        return place / "server.js"


def start(name, builds, postgres, database, workers=WORKERS, **session):
    """Starts a service on a loopback port of its own and waits until it answers."""
    port, built = free_port(), builds.of(name)
    log = builds.directory / f"{name}.log"
    environment = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "RUST_LOG": "warn", "NODE_ENV": "production",
        "PGHOST": str(postgres.socket), "PGUSER": "postgres", "PGDATABASE": database, "PORT": str(port), "WORKERS": str(workers),
        "DATABASE_URL": postgres.url(database, **session),
    }
    commands = {
        "ucap": [built, "serve", "--addr", f"127.0.0.1:{port}", "--workers", str(workers), "--no-sample"],
        "limit": [built],
        "fastapi": [built, "server:app", "--app-dir", BENCHES / "fastapi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
                    "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"],
        "fastify": ["node", built],
    }
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    log.write_bytes(b"")
    process = processes.start(commands[name], log, env=environment)
    service = Service(name, process, port, log)
    processes.wait_for(f"{service.base}/v1/plans/01900000-0000-7000-8001-000000000001", process, log)
    return service
