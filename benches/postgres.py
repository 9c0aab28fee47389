"""The PostgreSQL server of the benchmark: its own cluster, reached over a socket only, durable while it is measured."""

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path

from machine import fail, postgres_binaries

SUPERUSER = "postgres"
DURABLE = {
    "listen_addresses": "", "shared_buffers": "4GB", "max_wal_size": "4GB", "fsync": "on", "synchronous_commit": "on",
    "max_connections": "200", "timezone": "UTC", "log_line_prefix": "%m [%p] ",
}
# Faster while data is loaded; nothing is measured then, and a checkpoint ends it.
LOADING = {
    **DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "max_wal_size": "16GB", "maintenance_work_mem": "1GB", "work_mem": "256MB",
}


class Postgres:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.data = self.directory / "postgres"
        self.socket = self.directory / "socket"
        self.log = self.directory / "postgres.log"
        self.binaries = postgres_binaries()
        self.process = None
        self.settings = None

    def _account(self):
        """The server refuses to run as root; then the user `postgres` runs it."""
        if os.getuid() != 0:
            return {}
        try:
            entry = pwd.getpwnam("postgres")
        except KeyError:
            fail("as root, the server needs the user postgres; install the Debian package postgresql")
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _own(self, path):
        account = self._account()
        if account:
            os.chown(path, account["user"], account["group"])

    def start(self, settings=None):
        settings = settings or DURABLE
        if self.process and self.settings == settings:
            return
        self.stop()
        for directory in [self.directory, self.socket]:
            directory.mkdir(parents=True, exist_ok=True)
        self.socket.chmod(0o777)
        if not (self.data / "PG_VERSION").exists():
            self.data.mkdir(exist_ok=True)
            self._own(self.data)
            self.data.chmod(0o700)
            subprocess.run(
                [self.binaries / "initdb", "-D", self.data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
                check=True, stdout=subprocess.DEVNULL, cwd="/", **self._account())
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = open(self.log, "ab")
        self._own(self.log)
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.data, "-k", self.socket, *options],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **self._account())
        self.settings = settings
        for _ in range(600):
            time.sleep(0.1)
            if self.process.poll() is not None:
                fail(f"the PostgreSQL server did not start; see {self.log}")
            if subprocess.run([self.binaries / "pg_isready", "-q", "-h", self.socket, "-U", SUPERUSER]).returncode == 0:
                return
        fail("the PostgreSQL server does not answer")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        self.process = None

    def url(self, database, **options):
        """In the notation of libpq; options are settings of each session."""
        settings = " ".join(f"-c {name}={value}" for name, value in options.items())
        return f"host={self.socket} user={SUPERUSER} dbname={database}" + (f" options='{settings}'" if settings else "")

    def psql(self, database, sql=None, file=None, check=True, **variables):
        """Runs SQL; gives what it answers, without decoration."""
        command = [self.binaries / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database)]
        for name, value in variables.items():
            command += ["-v", f"{name}={value}"]
        command += ["-f", file] if file else ["-f", "-"]
        done = subprocess.run(command, input=sql, text=True, capture_output=True)
        if check and done.returncode:
            fail(f"psql failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def rows(self, database, sql):
        return [line.split("|") for line in self.psql(database, sql).splitlines()]
