"""The workloads: what is asked of each service, as paths for wrk, and of the database alone, as scripts for pgbench."""

import base64
import json
import random
import urllib.parse
import urllib.request

import filling
from machine import BENCHES

READS = ["W1", "W2", "W3", "W4", "W5", "W7", "W10", "W11", "W12"]
TITLES = {
    "W1": "one plan", "W2": "first page of 20 plans", "W3": "page after 90 %", "W4": "plans of a country, newest first", "W5": "whole plan document",
    "W6": "create a plan", "W7": "full-text search", "W8": "all activities as NDJSON", "W9": "import of activities", "W10": "one plan, unchanged (304)",
    "W11": "search for a common word", "W12": "search for several words",
}
# Requests that a workload has to choose from; enough that no answer is just repeated.
CHOICES = 5000
SEED = 20_261_101
# Up to half of the records have one of these words.
COMMON = ["energy", "water", "mobility", "climate", "housing", "heritage", "hydrogen", "tourism"]
SEVERAL = ["energy water", "urban mobility", "sustainable urban mobility", '"green energy"', '"urban cities"']


def searches(texts):
    return [f"/v1/search?q={urllib.parse.quote(text)}&limit=20" for text in texts]


def record(kind, number):
    return f"01900000-0000-7000-800{kind}-{number:012x}"


def get(base, path, **headers):
    with urllib.request.urlopen(urllib.request.Request(base + path, headers=headers), timeout=30) as answer:
        return answer.headers, answer.read()


class Workloads:
    """Requests for one database; the same for all services, but for how each writes the place in a list."""

    def __init__(self, postgres, database, scale):
        self.postgres, self.database = postgres, database
        self.plans = filling.PLANS[scale]
        chosen = random.Random(SEED)
        self.numbers = [chosen.randint(1, self.plans) for _ in range(CHOICES)]
        self.words = [row[0] for row in postgres.rows(
            database, "SELECT word FROM bench.words WHERE rank BETWEEN 600 AND 3600 AND rank % 61 = 0 ORDER BY rank")]
        # Countries by how many plans have a city there; the few with most and the few with least are left out.
        self.countries = [row[0] for row in postgres.rows(
            database, "SELECT country FROM cities JOIN plan_cities ON city_id = id WHERE country IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 24")]
        created = "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), created_at::text"
        # Places around nine tenths of the list.
        place = int(self.plans * 0.9)
        self.places = postgres.rows(
            database, f"SELECT {created}, id FROM (SELECT * FROM plans ORDER BY created_at, id OFFSET {place} LIMIT 50) AS page")

    def paths(self, workload, service):
        """All paths of a workload, with the headers that go with each."""
        if workload in ("W1", "W10"):
            return [f"/v1/plans/{record(1, number)}" for number in self.numbers]
        if workload == "W2":
            return ["/v1/plans?limit=20"]
        if workload == "W3":
            return [self._page(place, service) for place in self.places]
        if workload == "W4":
            return [f"/v1/plans?country={country}&sort=period_start&order=desc&limit=20" for country in self.countries]
        if workload == "W5":
            return [f"/v1/plans/{record(1, number)}/summary" for number in self.numbers]
        if workload == "W7":
            return searches(self.words)
        if workload == "W11":
            return searches(COMMON)
        if workload == "W12":
            return searches(SEVERAL)
        raise ValueError(workload)

    def _page(self, place, service):
        instant, key, id = place
        if service.name != "ucap":
            return f"/v1/plans?limit=20&after={urllib.parse.quote(instant)}&after_id={id}"
        # The service's own cursor, made from that of the first page: same list, another place.
        if not hasattr(self, "fingerprint"):
            _, body = get(service.base, "/v1/plans?limit=20")
            cursor = json.loads(body)["next_cursor"]
            self.fingerprint = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["f"]
        cursor = json.dumps({"k": key, "i": id, "f": self.fingerprint}, separators=(",", ":")).encode()
        return f"/v1/plans?limit=20&cursor={base64.urlsafe_b64encode(cursor).decode().rstrip('=')}"

    def new_plan(self, name):
        """A plan like those that are there, under another name: what an editor would send."""
        row = json.loads(self.postgres.psql(self.database, f"SELECT row_to_json(plans) FROM plans WHERE id = '{record(1, self.plans // 2)}'"))
        fields = ["programme", "kind", "status", "period", "objectives", "challenges", "cities", "themes", "sdgs", "urban_agenda", "contacts",
                  "sources", "relations", "note"]
        return {"slug": name, "title": f"Load benchmark {name}", **{field: row[field] for field in fields}}

    def forget_created(self):
        """Takes away what W6 made, with the traces that triggers left, so that each round begins alike."""
        # What was created has the id of a later time than all that was there.
        first_other = "01910000-0000-7000-8000-000000000000"
        links = self.postgres.rows(self.database, "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                                   "AND column_name IN ('plan_id', 'activity_id', 'outcome_id') "
                                   "AND table_name NOT IN (SELECT table_name FROM information_schema.views)")
        owned = [("plans", "id"), ("activities", "id"), ("outcomes", "id"), ("changes", "record_id"), *map(tuple, links)]
        deletions = "".join(f"DELETE FROM {table} WHERE {column} >= '{first_other}';" for table, column in dict.fromkeys(owned))
        self.postgres.psql(self.database, f"SET session_replication_role = replica; {deletions} TRUNCATE changes, plain.plans, plain.activities;")
        tables = ", ".join(sorted({table for table, _ in owned}))
        self.postgres.psql(self.database, f"VACUUM (ANALYZE) {tables}")

    def pgbench(self, workload, directory):
        """A script that asks the database alone for the same; none where that makes no sense."""
        make = getattr(self, f"_pgbench_{workload.lower()}", None)
        if make is None:
            return None
        file = directory / f"{workload}.pgbench"
        file.write_text(make())
        return file

    # ids are computed as fill.sql computes them: pgbench has numbers only.
    ID = "\\set n random(1, {plans})\n"
    IDENTIFIER = "('01900000-0000-7000-8001-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"

    def _id(self):
        return self.ID.format(plans=self.plans)

    def _pgbench_w1(self):
        return self._id() + f"""\\startpipeline
SELECT * FROM plans WHERE id = {self.IDENTIFIER};
SELECT id, slug, name, country FROM cities WHERE id IN (SELECT city_id FROM plan_cities WHERE plan_id = {self.IDENTIFIER}
UNION SELECT city_id FROM plan_focus_cities WHERE plan_id = {self.IDENTIFIER});
SELECT id, slug, name FROM themes JOIN plan_themes ON theme_id = id WHERE plan_id = {self.IDENTIFIER};
SELECT id, slug, title FROM plans JOIN plan_relations ON related_plan_id = id WHERE plan_id = {self.IDENTIFIER};
\\endpipeline
"""

    def _pgbench_w2(self):
        return "SELECT * FROM plans ORDER BY created_at, id LIMIT 21;\n"

    def _pgbench_w3(self):
        instant, _, id = self.places[0]
        return f"SELECT * FROM plans WHERE (created_at, id) > ('{instant}'::timestamptz, '{id}'::uuid) ORDER BY created_at, id LIMIT 21;\n"

    def _pgbench_w4(self):
        listed = ",".join(self.countries)
        return f"""\\set n random(1, {len(self.countries)})
SELECT * FROM plans WHERE id IN (SELECT plan_id FROM plan_cities JOIN cities ON cities.id = city_id
WHERE country = split_part('{listed}', ',', :n)) ORDER BY period_start_descending DESC, id DESC LIMIT 21;
"""

    def _pgbench_w5(self):
        return self._id() + f"""\\startpipeline
SELECT * FROM plans WHERE id = {self.IDENTIFIER};
SELECT * FROM activities WHERE plan_id = {self.IDENTIFIER} ORDER BY position, id;
SELECT * FROM outcomes WHERE plan_id = {self.IDENTIFIER} ORDER BY position, id;
SELECT * FROM themes JOIN plan_themes ON theme_id = id WHERE plan_id = {self.IDENTIFIER};
SELECT * FROM cities WHERE id IN (SELECT city_id FROM plan_cities WHERE plan_id = {self.IDENTIFIER}
UNION SELECT city_id FROM activity_cities JOIN activities ON activities.id = activity_id WHERE plan_id = {self.IDENTIFIER});
\\endpipeline
"""

    def _pgbench_w6(self):
        plan = self.new_plan("database-alone")

        def literal(value):
            return "'" + (value if isinstance(value, str) else json.dumps(value)).replace("'", "''") + "'"

        def texts(values):
            return "ARRAY[" + ", ".join(literal(value) for value in values) + "]::text[]"

        values = {name: "NULL" if value is None else texts(value) if name in ("objectives", "challenges") else literal(value)
                  for name, value in plan.items() if name not in ("slug",)}
        # An id of a later time than all that is there, and a slug that goes with it.
        return ("\\set n random(1, 1000000000000)\n"
                f"INSERT INTO plain.plans (id, slug, {', '.join(values)}) VALUES "
                "(('01990000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid, 'database-alone-' || :n, "
                f"{', '.join(values.values())});\n")

    def _pgbench_w7(self):
        return self._search(self.words)

    def _pgbench_w11(self):
        return self._search(COMMON)

    def _pgbench_w12(self):
        return self._search(SEVERAL)

    @staticmethod
    def _search(texts):
        listed = ",".join(texts)
        search = (BENCHES / "search.sql").read_text().replace("$1", f"split_part('{listed}', ',', :n)").replace("$2", "21").strip()
        return f"\\set n random(1, {len(texts)})\n{search};\n"
