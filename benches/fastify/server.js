// The same service as somebody who knows Fastify and pg would write it: a pool, named (prepared) statements, schemas.
'use strict';

const cluster = require('node:cluster');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const fastify = require('fastify');
const pg = require('pg');
const QueryStream = require('pg-query-stream');
const schemas = require('./schemas');

// Times as they come, with microseconds; dates stay texts.
pg.types.setTypeParser(1184, (text) => `${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
pg.types.setTypeParser(20, Number);

const PLAN = `plans.id, plans.version, plans.created_at, plans.updated_at, plans.slug, plans.title, plans.programme, plans.kind, plans.status,
  plans.period, plans.objectives, plans.challenges, plans.cities, plans.themes, plans.sdgs, plans.urban_agenda, plans.contacts, plans.sources,
  plans.relations, plans.note`;
const ACTIVITY = `id, version, created_at, updated_at, plan_id, title, description, kind, mode, status, date, cities, organisations, theme_ids,
  outputs, position, note`;
const CITY = `id, slug, name, alternative_names, kind, country, region, population, area_km2::float8 AS area_km2, latitude, longitude, identifiers`;
// The search with a headline as the database makes it.
const SEARCH = fs.readFileSync(path.join(__dirname, 'search.sql'), 'utf8').replace(
  "$1::text AS asked",
  "ts_headline('bench.english', shown.text, plainto_tsquery('bench.english', $1), 'StartSel=<mark>, StopSel=</mark>, MaxWords=35') AS snippet");
const JSONB = new Set(['period', 'cities', 'themes', 'sdgs', 'urban_agenda', 'contacts', 'sources', 'relations']);
const BATCH = 500;

const pool = new pg.Pool({ host: process.env.PGHOST, user: process.env.PGUSER, database: process.env.PGDATABASE, max: 8 });

const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;
const byId = (found) => new Map(found.map((row) => [row.id, row]));

// Names of records by id; nothing is asked where there is nothing to name.
async function names(cities, themes, plans) {
  const named = (name, text, ids) => (ids.size ? rows(name, text, [[...ids]]) : []);
  const found = await Promise.all([
    named('cities', 'SELECT id, slug, name, country FROM cities WHERE id = ANY($1)', cities),
    named('themes', 'SELECT id, slug, name FROM themes WHERE id = ANY($1)', themes),
    named('plans', 'SELECT id, slug, title FROM plans WHERE id = ANY($1)', plans),
  ]);
  return found.map(byId);
}

const cityReference = (cities, id) => {
  const city = cities.get(id);
  return { city_id: id, slug: city.slug, name: city.name, country: city.country };
};

// Plans with the names of all that they lead to.
async function shown(plans) {
  const ids = [new Set(), new Set(), new Set()];
  for (const plan of plans) {
    plan.cities.forEach((city) => ids[0].add(city.city_id));
    plan.themes.forEach((theme) => {
      ids[1].add(theme.theme_id);
      theme.focus.forEach((focus) => focus.city_ids.forEach((id) => ids[0].add(id)));
    });
    plan.relations.forEach((relation) => ids[2].add(relation.plan_id));
  }
  const [cities, themes, related] = await names(...ids);
  for (const plan of plans) {
    plan.cities = plan.cities.map((city) => ({ ...cityReference(cities, city.city_id), role: city.role, as_stated: city.as_stated }));
    plan.themes = plan.themes.map((theme) => ({
      ...theme,
      slug: themes.get(theme.theme_id).slug,
      name: themes.get(theme.theme_id).name,
      focus: theme.focus.map((focus) => ({ ...focus, cities: focus.city_ids.map((id) => cityReference(cities, id)) })),
    }));
    plan.relations = plan.relations.map((one) => ({ ...one, slug: related.get(one.plan_id).slug, title: related.get(one.plan_id).title }));
  }
  return plans;
}

function uuid7() {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

async function document(id) {
  const [[plan], activities, outcomes] = await Promise.all([
    rows('plan', `SELECT ${PLAN} FROM plans WHERE id = $1`, [id]),
    rows('activities', `SELECT ${ACTIVITY} FROM activities WHERE plan_id = $1 ORDER BY position, id`, [id]),
    rows('outcomes', `SELECT heading, description, kind, status, due, cities, organisations, indicators, note, theme_id FROM outcomes
      WHERE plan_id = $1 ORDER BY position, id`, [id]),
  ]);
  if (!plan) return null;
  const cityIds = new Set(plan.cities.map((city) => city.city_id));
  plan.themes.forEach((theme) => theme.focus.forEach((focus) => focus.city_ids.forEach((id) => cityIds.add(id))));
  for (const part of [...activities, ...outcomes]) {
    part.cities.forEach((city) => cityIds.add(city.city_id));
    part.organisations.forEach((one) => one.city_id && cityIds.add(one.city_id));
  }
  const [cities, themes, related] = (await Promise.all([
    rows('whole-cities', `SELECT ${CITY} FROM cities WHERE id = ANY($1)`, [[...cityIds]]),
    rows('whole-themes', 'SELECT id, slug, name, description, aliases, sdgs, urban_agenda FROM themes WHERE id = ANY($1)',
      [plan.themes.map((theme) => theme.theme_id)]),
    plan.relations.length ? rows('plans', 'SELECT id, slug, title FROM plans WHERE id = ANY($1)', [plan.relations.map((one) => one.plan_id)]) : [],
  ])).map(byId);
  const links = (part) => ({
    ...part,
    cities: part.cities.map((city) => ({ city: cities.get(city.city_id).slug, role: city.role })),
    organisations: part.organisations.map((one) => ({ ...one, city: one.city_id ? cities.get(one.city_id).slug : null })),
  });
  return {
    plan: {
      ...plan,
      cities: plan.cities.map((city) => ({ city: cities.get(city.city_id).slug, role: city.role, as_stated: city.as_stated })),
      themes: plan.themes.map((theme) => ({
        theme: themes.get(theme.theme_id).slug,
        label: theme.label,
        focus: theme.focus.map((focus) => ({ text: focus.text, cities: focus.city_ids.map((id) => cities.get(id).slug) })),
      })),
      relations: plan.relations.map((one) => ({ plan: related.get(one.plan_id).slug, kind: one.kind })),
    },
    cities: [...cityIds].map((id) => cities.get(id)),
    themes: plan.themes.map((theme) => themes.get(theme.theme_id)),
    activities: activities.map((one) => ({ ...links(one), themes: one.theme_ids.map((id) => themes.get(id).slug) })),
    outcomes: outcomes.map((one) => ({ ...links(one), theme: one.theme_id ? themes.get(one.theme_id).slug : null })),
  };
}

async function* lines() {
  const client = await pool.connect();
  try {
    const stream = client.query(new QueryStream(`SELECT ${ACTIVITY} FROM activities ORDER BY id`, [], { batchSize: BATCH }));
    let batch = [];
    for await (const row of stream) {
      batch.push(row);
      if (batch.length === BATCH) {
        yield await written(batch);
        batch = [];
      }
    }
    if (batch.length) yield await written(batch);
  } finally {
    client.release();
  }
}

async function written(batch) {
  const cityIds = new Set(batch.flatMap((one) => [...one.cities, ...one.organisations].map((link) => link.city_id).filter(Boolean)));
  const [cities, themes, plans] = await names(cityIds, new Set(batch.flatMap((one) => one.theme_ids)), new Set(batch.map((one) => one.plan_id)));
  let out = '';
  for (const one of batch) {
    const plan = plans.get(one.plan_id);
    one.cities = one.cities.map((city) => ({ ...cityReference(cities, city.city_id), role: city.role }));
    for (const organisation of one.organisations) {
      const city = cities.get(organisation.city_id);
      organisation.city_slug = city ? city.slug : null;
      organisation.city_name = city ? city.name : null;
    }
    one.plan_slug = plan.slug;
    one.plan_title = plan.title;
    one.themes = one.theme_ids.map((id) => ({ theme_id: id, slug: themes.get(id).slug, name: themes.get(id).name }));
    out += `${JSON.stringify(one)}\n`;
  }
  return out;
}

function server() {
  const app = fastify({ logger: false });
  const pageSchema = { type: 'object', properties: { limit: { type: 'integer', default: 50 }, country: { type: 'string' }, q: { type: 'string' } } };

  app.get('/v1/plans/:id', { schema: { response: { 200: schemas.plan } } }, async (request, reply) => {
    const found = await rows('plan', `SELECT ${PLAN} FROM plans WHERE id = $1`, [request.params.id]);
    return found.length ? (await shown(found))[0] : reply.code(404).send();
  });

  app.get('/v1/plans', { schema: { querystring: pageSchema, response: { 200: schemas.page(schemas.plan) } } }, async (request) => {
    const { limit, country, after, after_id: afterId } = request.query;
    let found;
    if (country) {
      found = await rows('by-country', `SELECT ${PLAN} FROM plans WHERE id IN (SELECT plan_id FROM plan_cities JOIN cities ON cities.id = city_id
        WHERE country = $2) ORDER BY period_start_descending DESC, id DESC LIMIT $1`, [limit + 1, country]);
    } else if (after) {
      found = await rows('next-page', `SELECT ${PLAN} FROM plans WHERE (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $1`,
        [limit + 1, after, afterId]);
    } else {
      found = await rows('first-page', `SELECT ${PLAN} FROM plans ORDER BY created_at, id LIMIT $1`, [limit + 1]);
    }
    const data = await shown(found.slice(0, limit));
    const last = data[data.length - 1];
    return { data, next_cursor: found.length > limit ? `${last.created_at},${last.id}` : null };
  });

  app.post('/v1/plans', { schema: { body: schemas.newPlan, response: { 201: schemas.plan } } }, async (request, reply) => {
    const columns = Object.keys(request.body);
    // pg writes arrays as arrays of PostgreSQL; what goes into jsonb has to be a text.
    const values = columns.map((name) => (JSONB.has(name) ? JSON.stringify(request.body[name]) : request.body[name]));
    const places = columns.map((_, place) => `$${place + 2}`).join(', ');
    const text = `INSERT INTO plain.plans (id, ${columns.join(', ')}) VALUES ($1, ${places}) RETURNING ${PLAN}`;
    const found = await rows(`insert-${columns.join('-')}`.slice(0, 60), text, [uuid7(), ...values]);
    reply.code(201);
    return (await shown(found))[0];
  });

  app.get('/v1/plans/:id/summary', { schema: { response: { 200: schemas.document } } }, async (request, reply) => {
    const found = await document(request.params.id);
    return found ?? reply.code(404).send();
  });

  app.get('/v1/search', { schema: { querystring: pageSchema, response: { 200: schemas.page(schemas.hit) } } }, async (request) => {
    const { q, limit } = request.query;
    const found = await rows('search', SEARCH, [q, limit + 1]);
    const data = found.slice(0, limit);
    return { data, next_cursor: found.length > limit ? `${data[limit - 1].rank},${data[limit - 1].id}` : null };
  });

  app.get('/v1/exports/activities.ndjson', (request, reply) => reply.type('application/x-ndjson').send(Readable.from(lines(), { objectMode: false })));

  return app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(process.env.WORKERS); worker += 1) cluster.fork();
  cluster.on('exit', () => process.exit(1));
  process.on('SIGTERM', () => process.exit(0));
} else {
  server();
}
