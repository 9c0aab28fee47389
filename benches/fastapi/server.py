"""The same service as somebody who knows FastAPI and asyncpg would write it: a pool, prepared statements, models."""

import os
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

import models

PLAN = """plans.id, plans.version, plans.created_at, plans.updated_at, plans.slug, plans.title, plans.programme, plans.kind, plans.status,
    plans.period, plans.objectives, plans.challenges, plans.cities, plans.themes, plans.sdgs, plans.urban_agenda, plans.contacts,
    plans.sources, plans.relations, plans.note"""
ACTIVITY = """id, version, created_at, updated_at, plan_id, title, description, kind, mode, status, date, cities, organisations, theme_ids,
    outputs, position, note"""
CITY = """id, slug, name, alternative_names, kind, country, region, population, area_km2::float8 AS area_km2, latitude, longitude, identifiers"""
# The search with a headline as the database makes it.
SEARCH = (Path(__file__).parent.parent / "search.sql").read_text().replace(
    "$1::text AS asked",
    "ts_headline('bench.english', shown.text, plainto_tsquery('bench.english', $1), 'StartSel=<mark>, StopSel=</mark>, MaxWords=35') AS snippet")
BATCH = 500


async def prepare_connection(connection):
    await connection.set_type_codec("jsonb", schema="pg_catalog", format="binary",
                                    encoder=lambda value: b"\x01" + orjson.dumps(value), decoder=lambda data: orjson.loads(data[1:]))


@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(
        host=os.environ["PGHOST"], user=os.environ["PGUSER"], database=os.environ["PGDATABASE"], min_size=8, max_size=8, init=prepare_connection)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


async def names(connection, cities, themes, plans):
    """Names of records by id; nothing is asked where there is nothing to name."""
    async def rows(sql, ids):
        return {row["id"]: row for row in await connection.fetch(sql, list(ids))} if ids else {}

    return (
        await rows("SELECT id, slug, name, country FROM cities WHERE id = ANY($1)", cities),
        await rows("SELECT id, slug, name FROM themes WHERE id = ANY($1)", themes),
        await rows("SELECT id, slug, title FROM plans WHERE id = ANY($1)", plans),
    )


def city_reference(cities, id):
    city = cities[id]
    return {"city_id": id, "slug": city["slug"], "name": city["name"], "country": city["country"]}


async def shown(connection, rows):
    """Plans with the names of all that they lead to."""
    plans = [dict(row) for row in rows]
    city_ids, theme_ids, plan_ids = set(), set(), set()
    for plan in plans:
        for city in plan["cities"]:
            city_ids.add(city.setdefault("id", uuid.UUID(city["city_id"])))
        for theme in plan["themes"]:
            theme_ids.add(theme.setdefault("id", uuid.UUID(theme["theme_id"])))
            for focus in theme["focus"]:
                focus["city_ids"] = [uuid.UUID(id) for id in focus["city_ids"]]
                city_ids.update(focus["city_ids"])
        for relation in plan["relations"]:
            plan_ids.add(relation.setdefault("id", uuid.UUID(relation["plan_id"])))
    cities, themes, related = await names(connection, city_ids, theme_ids, plan_ids)
    for plan in plans:
        plan["cities"] = [{**city_reference(cities, city["id"]), "role": city["role"], "as_stated": city["as_stated"]} for city in plan["cities"]]
        plan["themes"] = [
            {"theme_id": theme["id"], "slug": themes[theme["id"]]["slug"], "name": themes[theme["id"]]["name"], "label": theme["label"],
             "focus": [{**focus, "cities": [city_reference(cities, id) for id in focus["city_ids"]]} for focus in theme["focus"]]}
            for theme in plan["themes"]]
        plan["relations"] = [
            {"plan_id": one["id"], "slug": related[one["id"]]["slug"], "title": related[one["id"]]["title"], "kind": one["kind"]}
            for one in plan["relations"]]
    return plans


@app.get("/v1/plans/{plan_id}", response_model=models.Plan)
async def fetch_plan(plan_id: uuid.UUID):
    async with app.state.pool.acquire() as connection:
        row = await connection.fetchrow(f"SELECT {PLAN} FROM plans WHERE id = $1", plan_id)
        if row is None:
            raise HTTPException(404)
        return (await shown(connection, [row]))[0]


@app.get("/v1/plans", response_model=models.PlanPage)
async def list_plans(limit: int = 50, country: str | None = None, after: datetime | None = None, after_id: uuid.UUID | None = None):
    async with app.state.pool.acquire() as connection:
        if country:
            rows = await connection.fetch(
                f"""SELECT {PLAN} FROM plans WHERE id IN (SELECT plan_id FROM plan_cities JOIN cities ON cities.id = city_id WHERE country = $2)
                ORDER BY period_start_descending DESC, id DESC LIMIT $1""", limit + 1, country)
        elif after:
            rows = await connection.fetch(
                f"SELECT {PLAN} FROM plans WHERE (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $1", limit + 1, after, after_id)
        else:
            rows = await connection.fetch(f"SELECT {PLAN} FROM plans ORDER BY created_at, id LIMIT $1", limit + 1)
        data = await shown(connection, rows[:limit])
    return {"data": data, "next_cursor": f"{data[-1]['created_at'].isoformat()},{data[-1]['id']}" if len(rows) > limit else None}


@app.post("/v1/plans", response_model=models.Plan, status_code=201)
async def create_plan(plan: models.NewPlan):
    new = plan.model_dump(mode="json")
    columns = list(new)
    places = ", ".join(f"${place + 2}" for place in range(len(columns)))
    async with app.state.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(
            f"INSERT INTO plain.plans (id, {', '.join(columns)}) VALUES ($1, {places}) RETURNING {PLAN}", uuid7(), *(new[name] for name in columns))
        return (await shown(connection, [row]))[0]


def uuid7():
    milliseconds = int(datetime.now(timezone.utc).timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    version_and_variant = 0x7 << 76 | 0x2 << 62
    return uuid.UUID(int=milliseconds << 80 | random & ~(0xF << 76 | 0x3 << 62) | version_and_variant)


@app.get("/v1/plans/{plan_id}/summary", response_model=models.Document)
async def fetch_document(plan_id: uuid.UUID):
    async with app.state.pool.acquire() as connection:
        row = await connection.fetchrow(f"SELECT {PLAN} FROM plans WHERE id = $1", plan_id)
        if row is None:
            raise HTTPException(404)
        plan = dict(row)
        activities = [dict(row) for row in await connection.fetch(
            f"SELECT {ACTIVITY} FROM activities WHERE plan_id = $1 ORDER BY position, id", plan_id)]
        outcomes = [dict(row) for row in await connection.fetch(
            "SELECT heading, description, kind, status, due, cities, organisations, indicators, note, theme_id FROM outcomes "
            "WHERE plan_id = $1 ORDER BY position, id", plan_id)]
        city_ids = {}
        for city in plan["cities"]:
            city_ids[city["city_id"]] = None
        for theme in plan["themes"]:
            for focus in theme["focus"]:
                city_ids.update(dict.fromkeys(focus["city_ids"]))
        for part in activities + outcomes:
            city_ids.update(dict.fromkeys(city["city_id"] for city in part["cities"]))
            city_ids.update(dict.fromkeys(one["city_id"] for one in part["organisations"] if one["city_id"]))
        rows = await connection.fetch(f"SELECT {CITY} FROM cities WHERE id = ANY($1)", list(city_ids))
        cities = {str(row["id"]): row for row in rows}
        rows = await connection.fetch(
            "SELECT id, slug, name, description, aliases, sdgs, urban_agenda FROM themes WHERE id = ANY($1)", [theme["theme_id"] for theme in plan["themes"]])
        themes = {str(row["id"]): row for row in rows}
        related = {}
        if plan["relations"]:
            rows = await connection.fetch("SELECT id, slug FROM plans WHERE id = ANY($1)", [one["plan_id"] for one in plan["relations"]])
            related = {str(row["id"]): row["slug"] for row in rows}

    def links(part):
        part["cities"] = [{"city": cities[city["city_id"]]["slug"], "role": city["role"]} for city in part["cities"]]
        part["organisations"] = [{**one, "city": cities[one["city_id"]]["slug"] if one["city_id"] else None} for one in part["organisations"]]
        return part

    document_themes = [themes[theme["theme_id"]] for theme in plan["themes"]]
    plan["cities"] = [{"city": cities[one["city_id"]]["slug"], "role": one["role"], "as_stated": one["as_stated"]} for one in plan["cities"]]
    plan["themes"] = [
        {"theme": themes[theme["theme_id"]]["slug"], "label": theme["label"],
         "focus": [{"text": focus["text"], "cities": [cities[id]["slug"] for id in focus["city_ids"]]} for focus in theme["focus"]]}
        for theme in plan["themes"]]
    plan["relations"] = [{"plan": related[one["plan_id"]], "kind": one["kind"]} for one in plan["relations"]]
    return {
        "plan": plan,
        "cities": [dict(cities[id]) for id in city_ids],
        "themes": [dict(theme) for theme in document_themes],
        "activities": [{**links(one), "themes": [themes[str(id)]["slug"] for id in one["theme_ids"]]} for one in activities],
        "outcomes": [{**links(one), "theme": themes[str(one["theme_id"])]["slug"] if one["theme_id"] else None} for one in outcomes],
    }


@app.get("/v1/search", response_model=models.HitPage)
async def search(q: str, limit: int = 50):
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(SEARCH, q, limit + 1)
    data = [dict(row) for row in rows[:limit]]
    return {"data": data, "next_cursor": f"{data[-1]['rank']},{data[-1]['id']}" if len(rows) > limit else None}


@app.get("/v1/exports/activities.ndjson")
async def export_activities():
    return StreamingResponse(lines(), media_type="application/x-ndjson")


async def lines():
    """Rows through a cursor, their names looked up for some hundred at a time."""
    async with app.state.pool.acquire() as connection, app.state.pool.acquire() as beside, connection.transaction():
        batch = []
        async for row in connection.cursor(f"SELECT {ACTIVITY} FROM activities ORDER BY id", prefetch=BATCH):
            batch.append(dict(row))
            if len(batch) == BATCH:
                yield await written(beside, batch)
                batch = []
        if batch:
            yield await written(beside, batch)


async def written(connection, batch):
    city_ids = {city["city_id"] for one in batch for city in one["cities"]}
    city_ids |= {organisation["city_id"] for one in batch for organisation in one["organisations"] if organisation["city_id"]}
    theme_ids = {id for one in batch for id in one["theme_ids"]}
    cities, themes, plans = await names(connection, city_ids, theme_ids, {one["plan_id"] for one in batch})
    cities = {str(id): row for id, row in cities.items()}
    out = bytearray()
    for one in batch:
        plan = plans[one["plan_id"]]
        one["cities"] = [{**city_reference(cities, city["city_id"]), "role": city["role"]} for city in one["cities"]]
        for organisation in one["organisations"]:
            city = cities.get(organisation["city_id"])
            organisation["city_slug"], organisation["city_name"] = (city["slug"], city["name"]) if city else (None, None)
        one["plan_slug"], one["plan_title"] = plan["slug"], plan["title"]
        one["themes"] = [{"theme_id": id, "slug": themes[id]["slug"], "name": themes[id]["name"]} for id in one["theme_ids"]]
        out += orjson.dumps(one, default=str)
        out += b"\n"
    return bytes(out)
