"""Makes the databases of the two scales and keeps them as long as what they are made of is unchanged."""

import hashlib
import subprocess
import threading
import time

from machine import BENCHES, ROOT, fail
from postgres import LOADING

PLANS = {"small": 1_000, "large": 100_000}
TABLES = ["plans", "activities", "outcomes"]


def fingerprint(scale):
    made_of = hashlib.sha256(str(PLANS[scale]).encode())
    for file in [*migrations(), BENCHES / "fill.sql"]:
        made_of.update(file.read_bytes())
    return made_of.hexdigest()


def migrations():
    return sorted((ROOT / "migrations").glob("*/up.sql"))


def database_of(scale):
    return f"ucap_{scale}"


def ensure(postgres, scale, ucap):
    """The name of the database of that scale; filled unless it is there already."""
    name = database_of(scale)
    marked = postgres.psql("postgres", f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'")
    if marked == fingerprint(scale):
        return name
    started = time.monotonic()
    postgres.start(LOADING)
    postgres.psql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    postgres.psql("postgres", f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    subprocess.run([ucap, "migrate", "--database-url", postgres.url(name)], check=True, stdout=subprocess.DEVNULL)

    built_with = {row[0] for row in postgres.rows(name, "SELECT version FROM __diesel_schema_migrations")}
    if built_with != {"".join(file.parent.name.split("_")[0].split("-")) for file in migrations()}:
        fail(f"{ucap} has other migrations than those in the folder; build it anew")

    def part(part):
        begun = time.monotonic()
        postgres.psql(name, file=BENCHES / "fill.sql", part=part, plans=PLANS[scale])
        print(f"  {part}: {time.monotonic() - begun:.0f} s", flush=True)

    print(f"filling {name} with {PLANS[scale]} plans", flush=True)
    part("begin")
    Indexes(postgres, name).fill(part)
    part("end")
    postgres.psql("postgres", f"COMMENT ON DATABASE {name} IS '{fingerprint(scale)}'; CHECKPOINT")
    postgres.stop()
    subprocess.run(["sync"])
    postgres.start()
    counts = ", ".join(f"{postgres.psql(name, f'SELECT count(*) FROM {table}')} {table}" for table in TABLES)
    size = postgres.psql(name, f"SELECT pg_size_pretty(pg_database_size('{name}'))")
    print(f"filled {name} in {time.monotonic() - started:.0f} s: {counts}, {size}", flush=True)
    return name


class Indexes:
    """Loads activities and outcomes side by side, and makes indexes as soon as their tables are complete: two cores stay busy."""

    # What is loaded one after another, and the tables that are complete then.
    LANES = [
        [("activities", None), ("links_of_activities", "activit")],
        [("outcomes", None), ("links_of_outcomes", "outcome"), ("links_of_plans", "plan")],
    ]

    def __init__(self, postgres, database):
        self.postgres, self.database = postgres, database
        # Those that take long come first.
        self.waiting = postgres.rows(
            database, "SELECT of_table, definition FROM bench.indexes "
            "ORDER BY definition LIKE '%USING gin%' DESC, of_table NOT IN ('activities', 'outcomes'), name")
        self.complete, self.loading, self.failures = set(), len(self.LANES), []
        self.changed = threading.Condition()

    def fill(self, part):
        lanes = [threading.Thread(target=self._lane, args=(lane, part)) for lane in self.LANES]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        if self.failures:
            raise self.failures[0]

    def _lane(self, lane, part):
        try:
            for name, tables in lane:
                part(name)
                if tables:
                    with self.changed:
                        self.complete.add(tables)
                        self.changed.notify_all()
            with self.changed:
                self.loading -= 1
                self.changed.notify_all()
            while definition := self._next():
                # One process for each, so that two cores are busy and no more.
                self.postgres.psql(self.database, f"SET max_parallel_maintenance_workers = 0; {definition}")
        except BaseException as failure:
            with self.changed:
                self.failures.append(failure)
                self.changed.notify_all()

    def _next(self):
        with self.changed:
            while not self.failures:
                for entry in self.waiting:
                    if any(entry[0].startswith(tables) for tables in self.complete):
                        self.waiting.remove(entry)
                        return entry[1]
                if not self.waiting or not self.loading:
                    return None
                self.changed.wait()
        return None
