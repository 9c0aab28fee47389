// What is sent, as JSON schemas: Fastify makes serialisers of them, and a validator of the plan that comes in.
'use strict';

const string = { type: 'string' };
const optional = { type: ['string', 'null'] };
const integer = { type: 'integer' };
const number = { type: ['number', 'null'] };
const list = (items) => ({ type: 'array', items });
const object = (properties) => ({ type: 'object', properties });

const period = object({ start: optional, end: optional, text: optional });
const asStated = object({ name: optional, region: optional, country: optional, population: optional, area: optional });
const sdg = object({ goal: integer, target: optional, label: optional });
const partnership = object({ partnership: string, label: optional });
const contact = object({ organisation: optional, name: optional, email: optional, url: optional, purpose: optional });
const source = object({ title: string, url: optional, language: optional, retrieved_on: optional, note: optional });

const cityReference = { city_id: string, slug: string, name: string, country: optional };
const planTexts = {
  slug: string, title: string, programme: optional, kind: string, status: string, period, objectives: list(string), challenges: list(string),
  sdgs: list(sdg), urban_agenda: list(partnership), contacts: list(contact), sources: list(source), note: optional,
};

const plan = object({
  id: string, version: integer, created_at: string, updated_at: string, ...planTexts,
  cities: list(object({ ...cityReference, role: string, as_stated: asStated })),
  themes: list(object({
    theme_id: string, slug: string, name: string, label: optional,
    focus: list(object({ text: string, city_ids: list(string), cities: list(object(cityReference)) })),
  })),
  relations: list(object({ plan_id: string, slug: string, title: string, kind: string })),
});
const page = (item) => object({ data: list(item), next_cursor: optional });
const hit = object({ kind: string, id: string, slug: optional, title: string, snippet: string, rank: { type: 'number' } });

const documentCities = list(object({ city: string, role: string }));
const documentOrganisations = list(object({ name: string, acronym: optional, kind: optional, role: optional, city: optional }));
const document = object({
  plan: object({
    ...planTexts,
    cities: list(object({ city: string, role: string, as_stated: asStated })),
    themes: list(object({ theme: string, label: optional, focus: list(object({ text: string, cities: list(string) })) })),
    relations: list(object({ plan: string, kind: string })),
  }),
  cities: list(object({
    slug: string, name: string, alternative_names: list(string), kind: string, country: optional, region: optional, population: number,
    area_km2: number, latitude: number, longitude: number, identifiers: list(object({ scheme: string, value: string })),
  })),
  themes: list(object({ slug: string, name: string, description: optional, aliases: list(string), sdgs: list(integer), urban_agenda: list(string) })),
  activities: list(object({
    title: string, description: optional, kind: string, mode: optional, status: string, date: period, cities: documentCities,
    organisations: documentOrganisations, outputs: list(string), note: optional, themes: list(string),
  })),
  outcomes: list(object({
    heading: optional, description: string, kind: string, status: string, due: period, cities: documentCities, organisations: documentOrganisations,
    indicators: list(object({ name: string, unit: optional, baseline: number, target: number, actual: number })), note: optional, theme: optional,
  })),
});

const uuid = { type: 'string', format: 'uuid' };
const newPlan = {
  type: 'object',
  additionalProperties: false,
  required: ['slug', 'title', 'kind', 'status'],
  properties: {
    ...planTexts,
    slug: { type: 'string', maxLength: 200, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    title: { type: 'string', minLength: 1, maxLength: 300 },
    kind: { enum: ['pairing', 'cluster'] },
    status: { enum: ['draft', 'active', 'completed', 'cancelled'] },
    cities: list(object({ city_id: uuid, role: { enum: ['lead', 'partner'] }, as_stated: asStated })),
    themes: list(object({ theme_id: uuid, label: optional, focus: list(object({ text: { type: 'string', maxLength: 2000 }, city_ids: list(uuid) })) })),
    relations: list(object({ plan_id: uuid, kind: { enum: ['mirrors', 'member_of', 'continues'] } })),
  },
};

module.exports = { plan, page, hit, document, newPlan };
