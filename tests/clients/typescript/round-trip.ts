// A round trip through the types that openapi-typescript makes of the published document, called with openapi-fetch.
// It is compiled strictly: that an input, a page or an error has the type that a caller needs is half of the test.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type City = components["schemas"]["City"];
type Plan = components["schemas"]["Plan"];
type Problem = components["schemas"]["Problem"];

const url = process.env["UCAP_URL"] ?? assert.fail("UCAP_URL is not set");
const key = process.env["UCAP_KEY"] ?? assert.fail("UCAP_KEY is not set");
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });

/** What openapi-fetch gives back, with the documented types of both outcomes. */
type Outcome<D> = { data?: D; error?: Problem; response: Response };

/** The body of a response that succeeded with that status. */
function body<D>({ data, error, response }: Outcome<D>, status: number): D {
  assert.equal(response.status, status, JSON.stringify(error));
  assert(data !== undefined);
  return data;
}

/** The problem of a response that failed with that status. */
function problem({ error, response }: Outcome<unknown>, status: number): Problem {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("Content-Type"), "application/problem+json");
  assert(error !== undefined);
  assert.equal(error.status, status);
  return error;
}

/** The path of a city. */
const at = (city: City) => ({ path: { city_id: city.id } });

async function createsACity(name: string): Promise<City> {
  const created = await client.POST("/v1/cities", {
    body: { name, kind: "city", country: "CN", population: 1000, alternative_names: ["成都"] },
  });
  const city = body(created, 201);
  assert.deepEqual([city.name, city.country, city.population, city.version], [name, "CN", 1000, 1]);
  assert(created.response.headers.get("Location")?.endsWith(`/v1/cities/${city.id}`));

  const bySlug = await client.GET("/v1/cities/{city_id}", { params: { path: { city_id: city.slug } } });
  assert.deepEqual(body(bySlug, 200), city);
  const etag = created.response.headers.get("ETag") ?? assert.fail("no ETag");
  const header = { "If-None-Match": etag };
  const unchanged = await client.GET("/v1/cities/{city_id}", { params: { ...at(city), header }, cache: "no-store" });
  assert.equal(unchanged.response.status, 304);
  return city;
}

async function patchesWithAnExplicitNull(city: City): Promise<City> {
  const cleared = await client.PATCH("/v1/cities/{city_id}", {
    params: at(city),
    headers: { "Content-Type": "application/merge-patch+json" },
    body: { population: null },
  });
  const patched = body(cleared, 200);
  assert.deepEqual([patched.population, patched.country, patched.version], [null, "CN", 2]);
  // The media type that the client sends by default is accepted as well.
  const same = await client.PATCH("/v1/cities/{city_id}", { params: at(city), body: { name: city.name } });
  assert.equal(body(same, 200).version, 2);
  return patched;
}

async function putsBackWhatItGot(city: City): Promise<void> {
  const replaced = await client.PUT("/v1/cities/{city_id}", {
    params: { ...at(city), header: { "If-Match": String(city.version) } },
    body: { ...city, region: "Sichuan" },
  });
  assert.equal(body(replaced, 200).region, "Sichuan");
}

async function pagesToTheEnd(ids: string[]): Promise<void> {
  const query = { sort: "name", order: "desc" } as const;
  const whole = body(await client.GET("/v1/cities", { params: { query: { ...query, limit: 200, count: "true" } } }), 200);
  const found: City[] = [];
  let cursor: string | null = null;
  do {
    const next: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: components["schemas"]["CityPage"] = body(
      await client.GET("/v1/cities", { params: { query: { ...query, ...next, limit: 2 } } }),
      200,
    );
    found.push(...page.data);
    cursor = page.next_cursor;
    assert(cursor === null || page.data.length === 2);
  } while (cursor !== null);
  if (whole.next_cursor === null) {
    assert.deepEqual(found, whole.data);
    assert.equal(found.length, whole.total);
  }
  const unique = new Set(found.map((city) => city.id));
  assert.equal(unique.size, found.length);
  assert(ids.every((id) => unique.has(id)));

  const chosen = { country: ["CN", "GB"], kind: ["city" as const], limit: 200 };
  const filtered = body(await client.GET("/v1/cities", { params: { query: chosen } }), 200);
  assert(filtered.data.every((city) => city.country === "CN" || city.country === "GB"));
}

async function createsAPlan(lead: City, partner: City): Promise<Plan> {
  const created = await client.POST("/v1/plans", {
    body: {
      title: "TypeScript with a generated client",
      kind: "pairing",
      status: "active",
      period: { start: "2019-04", text: "from April 2019" },
      cities: [
        { city_id: lead.id, role: "lead" },
        { city_id: partner.id, role: "partner" },
      ],
      note: "to be cleared",
    },
  });
  const plan = body(created, 201);
  assert.deepEqual(plan.cities.map((city) => [city.name, city.role]), [[lead.name, "lead"], [partner.name, "partner"]]);
  assert.deepEqual([plan.period.start, plan.period.end], ["2019-04", null]);

  const path = { plan_id: plan.id };
  const cleared = body(await client.PATCH("/v1/plans/{plan_id}", { params: { path }, body: { note: null } }), 200);
  assert.deepEqual([cleared.note, cleared.title], [null, plan.title]);
  const query = { city: [lead.slug], city_role: ["lead" as const] };
  const ofLead = body(await client.GET("/v1/plans", { params: { query } }), 200);
  assert.deepEqual(ofLead.data.map((found) => found.id), [plan.id]);
  return plan;
}

async function readsTypedErrors(city: City): Promise<void> {
  const late = { title: "Ends before it starts", kind: "cluster", status: "draft" } as const;
  const period = { start: "2020-01", end: "2019-01" };
  const blank = problem(await client.POST("/v1/plans", { body: { ...late, period, note: " " } }), 422);
  assert.equal(blank.code, "validation_failed");
  assert(blank.errors.some((error) => error.pointer === "/note" && error.code === "pattern"));
  const reversed = problem(await client.POST("/v1/plans", { body: { ...late, period } }), 422);
  assert.deepEqual(reversed.errors.map((error) => [error.pointer, error.code]), [["/period/end", "rule"]]);

  const stale = await client.PATCH("/v1/cities/{city_id}", {
    params: { ...at(city), header: { "If-Match": '"1"' } },
    body: { name: "Late" },
  });
  assert.equal(problem(stale, 412).code, "stale_version");

  const unknown = problem(await client.GET("/v1/cities", { params: { query: { country: ["XX"] } } }), 400);
  assert.deepEqual(unknown.errors.map((error) => error.parameter), ["country"]);

  const stranger = createClient<paths>({ baseUrl: url, headers: { Authorization: "Bearer ucap_nobody" } });
  const refused = await stranger.POST("/v1/cities", { body: { name: "Nobody", kind: "city" } });
  assert.equal(problem(refused, 401).code, "unauthorized");
}

async function deletesInTheRightOrder(plan: Plan, cities: [City, ...City[]]): Promise<void> {
  const held = problem(await client.DELETE("/v1/cities/{city_id}", { params: at(cities[0]) }), 409);
  assert.equal(held.code, "in_use");
  assert.deepEqual(held.related.map((record) => record.id), [plan.id]);

  const params = { path: { plan_id: plan.id } };
  assert.equal((await client.DELETE("/v1/plans/{plan_id}", { params })).response.status, 204);
  for (const city of cities) {
    assert.equal((await client.DELETE("/v1/cities/{city_id}", { params: at(city) })).response.status, 204);
  }
  assert.equal(problem(await client.GET("/v1/plans/{plan_id}", { params }), 404).code, "not_found");
}

const first = await createsACity("TypeScript 0");
const second = await createsACity("TypeScript 1");
const third = await createsACity("TypeScript 2");
const patched = await patchesWithAnExplicitNull(first);
await putsBackWhatItGot(patched);
await pagesToTheEnd([first.id, second.id, third.id]);
const plan = await createsAPlan(patched, second);
await readsTypedErrors(patched);
await deletesInTheRightOrder(plan, [patched, second, third]);
console.log("the TypeScript client made its round trip");
