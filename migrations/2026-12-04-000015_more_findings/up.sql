-- A pairing need not name its lead, and more findings. Two of the new ones compare a plan with other plans, so that the findings of a
-- plan can change although nobody writes it; one depends on the current day. refresh_findings takes care of both.

-- A pairing whose source does not say who leads has only partners.
ALTER TABLE plans DROP CONSTRAINT plans_lead_by_kind;
ALTER TABLE plans ADD CONSTRAINT plans_lead_by_kind CHECK (
    jsonb_array_length(jsonb_path_query_array(cities, '$[*] ? (@.role == "lead")')) <= CASE kind WHEN 'pairing' THEN 1 ELSE 0 END);
COMMENT ON COLUMN plans.kind IS 'pairing (at most one lead city) or cluster (no lead city).';

-- Texts of the source

CREATE FUNCTION date_text_finding(stated text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN stated ~ '(1[89]|2[0-9])[0-9]{2}|[〇零一二三四五六七八九]{4}年|[''’][0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}' THEN 'date_text_only' ELSE 'date_without_year' END
$$;
COMMENT ON FUNCTION date_text_finding(text) IS 'Code of the finding about a date that is only given as text: whether or not the text names a year.';

CREATE FUNCTION is_figure(stated text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT stated ~ '[0-9٠-٩۰-۹०-९０-９一二三四五六七八九十百千万亿]'
$$;
COMMENT ON FUNCTION is_figure(text) IS 'Whether the text contains a digit, unlike N/A and other ways to say that there is no figure.';

-- What is not plainly one number is null: it is not compared, because a wrong reading would find contradictions that do not exist.
CREATE FUNCTION stated_number(stated text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        -- Millions have decimals, such as 2.68 million.
        WHEN part[1] IS NOT NULL THEN replace(part[1], ',', '.')::numeric * 1000000
        -- Three digits behind each separator are thousands, such as 1.277 or 2 682 500; up to two digits behind the last one are decimals.
        WHEN part[2] IS NOT NULL THEN (regexp_replace(part[2], '[^0-9]', '', 'g') || coalesce('.' || part[3], ''))::numeric
    END
    FROM regexp_match(stated,
        '^[^0-9]*(?:([0-9]+(?:[.,][0-9]+)?) *(?:m|mn|mio|mill?|million|millions)\M|([0-9]{1,3}(?:[.,’'' \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))?(?![0-9]))[^0-9]*$',
        'i') AS part
    WHERE stated !~* 'thousand|tsd|lakh|crore|billion|\mk\M|[千万亿]'
$$;
COMMENT ON FUNCTION stated_number(text) IS 'The number that a text of a source states; null if it is not plainly one number.';

CREATE FUNCTION stated_population(city jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT stated_number(city -> 'as_stated' ->> 'population')
$$;
COMMENT ON FUNCTION stated_population(jsonb) IS 'The population that the source of a plan states for a city of the plan; null if it states no plain number.';

CREATE FUNCTION stated_area(city jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT stated_number(regexp_replace(stated, 'km *(2|²|\^2)', 'km', 'gi'))
    FROM (SELECT city -> 'as_stated' ->> 'area' AS stated) AS given
    -- Numbers with other units, such as hectares or square miles, are not compared.
    WHERE stated ~* 'km|square kilomet|sq\.? kilomet' OR stated !~ '[[:alpha:]]'
$$;
COMMENT ON FUNCTION stated_area(jsonb) IS 'The area in square kilometres that the source of a plan states for a city of the plan; null if it states no plain number.';

CREATE FUNCTION contradict(one numeric, other numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(one, other) > 1.25 * least(one, other) AND one IS NOT NULL AND other IS NOT NULL
$$;
COMMENT ON FUNCTION contradict(numeric, numeric) IS 'Whether two figures differ by more than a quarter of the smaller one: more than the years between two plans explain.';

CREATE FUNCTION latest_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (now() AT TIME ZONE 'UTC' + interval '14 hours')::date
$$;
COMMENT ON FUNCTION latest_today() IS 'The current day where it begins first (UTC+14): a day after it is in the future everywhere.';

CREATE TABLE stated_figures (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    population numeric,
    area numeric,
    CONSTRAINT stated_figures_pkey PRIMARY KEY (plan_id, city_id)
);
CREATE INDEX stated_figures_city_id ON stated_figures (city_id);
COMMENT ON TABLE stated_figures IS
    'Lookup table: the numbers that sources of plans state for their cities, for those that state any. Maintained by mark_findings_stale.';
COMMENT ON COLUMN stated_figures.plan_id IS 'The plan.';
COMMENT ON COLUMN stated_figures.city_id IS 'A cooperating city.';
COMMENT ON COLUMN stated_figures.population IS 'Population as stated, as a number.';
COMMENT ON COLUMN stated_figures.area IS 'Area as stated, in square kilometres.';
INSERT INTO stated_figures (plan_id, city_id, population, area)
SELECT id, (item ->> 'city_id')::uuid, stated_population(item), stated_area(item)
FROM plans CROSS JOIN LATERAL jsonb_array_elements(cities) AS item
WHERE num_nonnulls(stated_population(item), stated_area(item)) > 0;

DROP VIEW plan_findings;

-- One or more branches for each code. One of them, held_in_future, depends on the current day.
CREATE VIEW plan_findings (plan_id, code, section, place, pointer, subject) AS
SELECT id, 'plan_without_period', 0, 0, '/plan/period', title
FROM plans
WHERE num_nulls(period ->> 'start', period ->> 'end', period ->> 'text') = 3
UNION ALL
SELECT id, date_text_finding(period ->> 'text'), 0, 0, '/plan/period', period ->> 'text'
FROM plans
WHERE period ->> 'text' IS NOT NULL AND num_nulls(period ->> 'start', period ->> 'end') = 2
UNION ALL
SELECT plan_id, date_text_finding(date ->> 'text'), 2, place, '/activities/' || place || '/date', title
FROM numbered_activities
WHERE date ->> 'text' IS NOT NULL AND num_nulls(date ->> 'start', date ->> 'end') = 2
UNION ALL
SELECT plan_id, date_text_finding(due ->> 'text'), 3, place, '/outcomes/' || place || '/due', description
FROM numbered_outcomes
WHERE due ->> 'text' IS NOT NULL AND num_nulls(due ->> 'start', due ->> 'end') = 2
UNION ALL
SELECT activity.plan_id, 'activity_outside_period', 2, activity.place, '/activities/' || activity.place || '/date', activity.title
FROM numbered_activities AS activity
JOIN plans ON plans.id = activity.plan_id
WHERE activity.first_day > plans.last_day OR activity.last_day < plans.first_day
UNION ALL
SELECT activity.plan_id, 'duplicate_activity', 2, activity.place, '/activities/' || activity.place, activity.title
FROM (
    SELECT plan_id, title, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place,
        row_number() OVER (PARTITION BY plan_id, folded_title, date - 'text' ORDER BY position, id) AS occurrence
    FROM activities) AS activity
WHERE activity.occurrence > 1
UNION ALL
SELECT activity.plan_id, 'planned_in_completed_plan', 2, activity.place, '/activities/' || activity.place || '/status', activity.title
FROM numbered_activities AS activity
JOIN plans ON plans.id = activity.plan_id
WHERE plans.status = 'completed' AND activity.status = 'planned'
UNION ALL
SELECT activity.plan_id, 'city_not_partner', 2, activity.place, '/activities/' || activity.place || '/cities/' || entry.place - 1,
    (SELECT name FROM cities WHERE id = (entry.item ->> 'city_id')::uuid)
FROM numbered_activities AS activity
CROSS JOIN LATERAL jsonb_array_elements(activity.cities) WITH ORDINALITY AS entry (item, place)
WHERE NOT EXISTS (
    SELECT FROM plan_cities WHERE plan_cities.plan_id = activity.plan_id AND plan_cities.city_id = (entry.item ->> 'city_id')::uuid)
UNION ALL
SELECT outcome.plan_id, 'city_not_partner', 3, outcome.place, '/outcomes/' || outcome.place || '/cities/' || entry.place - 1,
    (SELECT name FROM cities WHERE id = (entry.item ->> 'city_id')::uuid)
FROM numbered_outcomes AS outcome
CROSS JOIN LATERAL jsonb_array_elements(outcome.cities) WITH ORDINALITY AS entry (item, place)
WHERE NOT EXISTS (
    SELECT FROM plan_cities WHERE plan_cities.plan_id = outcome.plan_id AND plan_cities.city_id = (entry.item ->> 'city_id')::uuid)
UNION ALL
SELECT plan_id, 'heading_without_theme', 3, place, '/outcomes/' || place || '/heading', heading
FROM numbered_outcomes
WHERE heading IS NOT NULL AND theme_id IS NULL
UNION ALL
SELECT plans.id, 'theme_without_focus', 0, 0, '/plan/themes/' || entry.place - 1 || '/focus', coalesce(entry.item ->> 'label', (SELECT name FROM themes WHERE id = (entry.item ->> 'theme_id')::uuid))
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.themes) WITH ORDINALITY AS entry (item, place)
WHERE entry.item -> 'focus' = '[]'
UNION ALL
SELECT plan_id, 'partner_without_country', 1, place, '/cities/' || place || '/country', name
FROM numbered_plan_cities
WHERE country IS NULL
UNION ALL
SELECT plan_id, 'implausible_density', 1, place, '/cities/' || place || '/population', name
FROM numbered_plan_cities
WHERE population / area_km2 NOT BETWEEN 1 AND 50000
UNION ALL
SELECT plan_id, 'figure_not_reviewed', 0, place, '/plan/cities/' || place || '/as_stated/' || figure.name, numbered_plan_cities.name
FROM numbered_plan_cities
CROSS JOIN LATERAL (VALUES ('population', population::numeric), ('area', area_km2)) AS figure (name, reviewed)
WHERE is_figure(item -> 'as_stated' ->> figure.name) AND figure.reviewed IS NULL
UNION ALL
SELECT id, 'pairing_without_partner', 0, 0, '/plan/cities', title
FROM plans
WHERE kind = 'pairing' AND jsonb_array_length(cities) < 2
UNION ALL
SELECT id, 'pairing_without_activities', 2, 0, '/activities', title
FROM plans
WHERE kind = 'pairing' AND NOT EXISTS (SELECT FROM activities WHERE activities.plan_id = plans.id)
UNION ALL
SELECT id, 'plan_without_contact', 0, 0, '/plan/contacts', title
FROM plans
WHERE contacts = '[]'
UNION ALL
SELECT id, 'lead_not_named', 0, 0, '/plan/cities', title
FROM plans
WHERE kind = 'pairing' AND jsonb_array_length(cities) > 1 AND NOT cities @> '[{"role": "lead"}]'
UNION ALL
SELECT id, 'plan_without_content', 0, 0, '/plan/objectives', title
FROM plans
WHERE objectives = '{}' AND challenges = '{}' AND NOT EXISTS (SELECT FROM outcomes WHERE outcomes.plan_id = plans.id)
UNION ALL
SELECT plan_id, 'held_in_future', 2, place, '/activities/' || place || '/status', title
FROM numbered_activities
WHERE status = 'held' AND first_day > latest_today()
UNION ALL
SELECT plans.id, 'theme_without_use', 0, 0, '/plan/themes/' || entry.place - 1, coalesce(entry.item ->> 'label', (SELECT name FROM themes WHERE id = (entry.item ->> 'theme_id')::uuid))
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.themes) WITH ORDINALITY AS entry (item, place)
CROSS JOIN LATERAL (SELECT (entry.item ->> 'theme_id')::uuid AS id) AS theme
WHERE NOT EXISTS (SELECT FROM activity_themes AS used WHERE used.plan_id = plans.id AND used.theme_id = theme.id)
    AND NOT EXISTS (SELECT FROM outcomes AS used WHERE used.plan_id = plans.id AND used.theme_id = theme.id)
    -- In a plan that relates nothing to its themes, that says nothing about one of them.
    AND (EXISTS (SELECT FROM activity_themes AS used WHERE used.plan_id = plans.id)
        OR EXISTS (SELECT FROM outcomes AS used WHERE used.plan_id = plans.id AND used.theme_id IS NOT NULL))
UNION ALL
SELECT plans.id, 'source_without_title', 0, 0, '/plan/sources/' || entry.place - 1 || '/title', entry.item ->> 'url'
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.sources) WITH ORDINALITY AS entry (item, place)
-- An address as the title says no more than the link.
WHERE entry.item ->> 'url' IS NOT NULL AND coalesce(entry.item ->> 'title', 'http://') ~* '^https?://'
UNION ALL
SELECT activity.plan_id, 'activity_in_other_plan', 2, activity.place, '/activities/' || activity.place, left(activity.title, 120) || ', in ' || other.slug
FROM (
    SELECT plan_id, title, folded_title, first_day, last_day, date ->> 'start' AS start,
        (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place
    FROM activities) AS activity
CROSS JOIN LATERAL (
    SELECT plans.slug
    FROM activities AS same JOIN plans ON plans.id = same.plan_id
    WHERE same.folded_title = activity.folded_title AND same.first_day = activity.first_day AND same.last_day = activity.last_day
        AND same.plan_id <> activity.plan_id
        -- Plans that mirror one another describe the same activities.
        AND NOT EXISTS (
            SELECT FROM plan_relations AS stated WHERE stated.kind = 'mirrors'
                AND ((stated.plan_id = activity.plan_id AND stated.related_plan_id = same.plan_id)
                    OR (stated.plan_id = same.plan_id AND stated.related_plan_id = activity.plan_id)))
    ORDER BY plans.slug LIMIT 1) AS other
-- A title and a year alone do not make two activities the same.
WHERE char_length(activity.start) > 4
UNION ALL
SELECT own.plan_id, 'contradicting_figures', 0, own.place, '/plan/cities/' || own.place || '/as_stated/' || figure.name,
    own.name || ', ' || (own.item -> 'as_stated' ->> figure.name) || '; ' || other.stated || ' in ' || other.slug
FROM numbered_plan_cities AS own
CROSS JOIN LATERAL (
    VALUES ('population', stated_population(own.item)), ('area', stated_area(own.item))) AS figure (name, value)
CROSS JOIN LATERAL (
    SELECT plans.slug, entry.item -> 'as_stated' ->> figure.name AS stated
    FROM stated_figures AS stored JOIN plans ON plans.id = stored.plan_id
    CROSS JOIN LATERAL jsonb_array_elements(plans.cities) AS entry (item)
    WHERE stored.city_id = (own.item ->> 'city_id')::uuid AND stored.plan_id <> own.plan_id
        AND contradict(figure.value, CASE figure.name WHEN 'population' THEN stored.population ELSE stored.area END)
        AND entry.item ->> 'city_id' = own.item ->> 'city_id'
    ORDER BY plans.slug LIMIT 1) AS other
WHERE figure.value IS NOT NULL
UNION ALL
SELECT noted.plan_id, 'source_breaks_off', noted.section, noted.place, noted.pointer, noted.subject
FROM (
    SELECT id AS plan_id, 0 AS section, 0 AS place, '/plan/note' AS pointer, title AS subject, note FROM plans
    UNION ALL
    SELECT plans.id, 0, 0, '/plan/sources/' || entry.place - 1 || '/note', entry.item ->> 'title', entry.item ->> 'note'
    FROM plans CROSS JOIN LATERAL jsonb_array_elements(plans.sources) WITH ORDINALITY AS entry (item, place)
    UNION ALL
    SELECT plan_id, 2, place, '/activities/' || place || '/note', title, note FROM numbered_activities
    UNION ALL
    SELECT plan_id, 3, place, '/outcomes/' || place || '/note', description, note FROM numbered_outcomes
) AS noted
WHERE noted.note ~* '\m(br(eaks?|oke) off|cut off|ends abruptly|truncated|incomplete)\M';
COMMENT ON VIEW plan_findings IS 'What an editor should review in a plan: the definition of all findings, evaluated when it is queried.';
COMMENT ON COLUMN plan_findings.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_findings.code IS 'Code of the finding.';
COMMENT ON COLUMN plan_findings.section IS 'Section of the document, as a sort key: 0 plan, 1 cities, 2 activities, 3 outcomes.';
COMMENT ON COLUMN plan_findings.place IS 'Place within this section, from 0, as a sort key.';
COMMENT ON COLUMN plan_findings.pointer IS 'Where in the document of the plan (JSON Pointer, RFC 6901).';
COMMENT ON COLUMN plan_findings.subject IS 'Title, name or text of the value that the finding is about.';

-- What the findings of plans were when they were last refreshed, as far as other plans depend on it

CREATE TABLE compared_activities (
    plan_id uuid NOT NULL,
    folded_title text COLLATE "C" NOT NULL,
    first_day date NOT NULL,
    CONSTRAINT compared_activities_pkey PRIMARY KEY (plan_id, folded_title, first_day)
);
COMMENT ON TABLE compared_activities IS
    'Activities that were also in other plans when the findings of their plan were last refreshed. If they change, so may the findings of these plans. Maintained by refresh_findings.';
COMMENT ON COLUMN compared_activities.plan_id IS 'The plan; it may have been deleted since.';
COMMENT ON COLUMN compared_activities.folded_title IS 'Title, as in activities.folded_title.';
COMMENT ON COLUMN compared_activities.first_day IS 'First day of the activity.';

CREATE TABLE compared_figures (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    population numeric,
    area numeric,
    CONSTRAINT compared_figures_pkey PRIMARY KEY (plan_id, city_id)
);
COMMENT ON TABLE compared_figures IS
    'The rows of stated_figures when the findings of their plan were last refreshed. If they change, so may the findings of other plans. Maintained by refresh_findings.';
COMMENT ON COLUMN compared_figures.plan_id IS 'The plan; it may have been deleted since.';
COMMENT ON COLUMN compared_figures.city_id IS 'A cooperating city.';
COMMENT ON COLUMN compared_figures.population IS 'Population as stated, as a number.';
COMMENT ON COLUMN compared_figures.area IS 'Area as stated, in square kilometres.';

ALTER TABLE stale_findings ADD COLUMN due timestamptz NOT NULL DEFAULT '-infinity';
COMMENT ON COLUMN stale_findings.due IS 'When the findings become stale: at once after a write, later if a finding ends on a day to come.';

-- This is one statement, so that what it returns and what it stores belong to the same state of the database. What is committed later
-- has marked its own plan as stale.
CREATE FUNCTION compare_with_other_plans(ids uuid[]) RETURNS uuid[] LANGUAGE sql AS $$
    WITH keys AS (
        SELECT folded_title, first_day FROM compared_activities WHERE plan_id = ANY (ids)
        UNION
        SELECT own.folded_title, own.first_day FROM activities AS own
        WHERE own.plan_id = ANY (ids) AND char_length(own.date ->> 'start') > 4
            AND EXISTS (SELECT FROM activities AS same WHERE same.folded_title = own.folded_title AND same.first_day = own.first_day AND same.plan_id <> own.plan_id)
    ), named AS (
        SELECT activities.plan_id, keys.folded_title, keys.first_day
        FROM keys CROSS JOIN LATERAL (
            SELECT DISTINCT plan_id FROM activities WHERE folded_title = keys.folded_title AND first_day = keys.first_day) AS activities
    ), forgotten AS (
        DELETE FROM compared_activities AS stored USING keys
        WHERE stored.folded_title = keys.folded_title AND stored.first_day = keys.first_day AND stored.plan_id = ANY (ids)
            AND NOT EXISTS (SELECT FROM named WHERE (named.plan_id, named.folded_title, named.first_day) = (stored.plan_id, stored.folded_title, stored.first_day))
    ), remembered AS (
        INSERT INTO compared_activities (plan_id, folded_title, first_day) SELECT plan_id, folded_title, first_day FROM named ON CONFLICT DO NOTHING
    ), changed AS (
        SELECT coalesce(now.plan_id, before.plan_id) AS plan_id, coalesce(now.city_id, before.city_id) AS city_id, now.population, now.area
        FROM (SELECT * FROM stated_figures WHERE plan_id = ANY (ids)) AS now
        FULL JOIN (SELECT * FROM compared_figures WHERE plan_id = ANY (ids)) AS before ON before.plan_id = now.plan_id AND before.city_id = now.city_id
        WHERE (now.population, now.area) IS DISTINCT FROM (before.population, before.area)
    ), dropped AS (
        DELETE FROM compared_figures AS stored USING changed
        WHERE (stored.plan_id, stored.city_id) = (changed.plan_id, changed.city_id) AND num_nonnulls(changed.population, changed.area) = 0
    ), kept AS (
        INSERT INTO compared_figures (plan_id, city_id, population, area)
        SELECT plan_id, city_id, population, area FROM changed WHERE num_nonnulls(population, area) > 0
        ON CONFLICT ON CONSTRAINT compared_figures_pkey DO UPDATE SET population = EXCLUDED.population, area = EXCLUDED.area
    )
    SELECT array_agg(plan_id) FROM (
        SELECT unnest(ids) AS plan_id
        UNION SELECT plan_id FROM named
        UNION SELECT other.plan_id
        FROM changed JOIN stated_figures AS other ON other.city_id = changed.city_id
        WHERE contradict(changed.population, other.population) OR contradict(changed.area, other.area)
            -- It may have contradicted what changed.
            OR EXISTS (SELECT FROM plan_finding_codes AS had WHERE had.plan_id = other.plan_id AND had.code = 'contradicting_figures')) AS affected
$$;
COMMENT ON FUNCTION compare_with_other_plans(uuid[]) IS
    'These plans and all others whose findings depend on what changed in them since their findings were last refreshed. Stores what they are compared by now.';

CREATE OR REPLACE FUNCTION refresh_findings(at_most integer) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids uuid[];
    affected uuid[];
BEGIN
    -- Only one refresh at a time, because a refresh that read earlier must not write later.
    PERFORM pg_advisory_xact_lock(20261125, 1024);
    WITH refreshed AS (
        DELETE FROM stale_findings
        WHERE plan_id IN (SELECT DISTINCT plan_id FROM stale_findings WHERE due <= now() ORDER BY plan_id LIMIT at_most) RETURNING plan_id)
    SELECT array_agg(DISTINCT plan_id) INTO ids FROM refreshed;
    affected := compare_with_other_plans(ids);
    DELETE FROM plan_finding_codes WHERE plan_id = ANY (affected);
    INSERT INTO plan_finding_codes (plan_id, code)
    SELECT plan.id, found.code
    FROM unnest(affected) AS plan (id)
    CROSS JOIN LATERAL (SELECT DISTINCT code FROM plan_findings WHERE plan_id = plan.id) AS found;
    DELETE FROM stale_findings WHERE plan_id = ANY (affected) AND due > now();
    INSERT INTO stale_findings (plan_id, due)
    SELECT plan_id, (min(first_day)::timestamp - interval '14 hours') AT TIME ZONE 'UTC'
    FROM activities
    WHERE plan_id = ANY (affected) AND status = 'held' AND first_day > latest_today()
    GROUP BY plan_id;
    RETURN coalesce(cardinality(ids), 0);
END $$;

CREATE OR REPLACE FUNCTION mark_findings_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'plans' THEN
        INSERT INTO stale_findings (plan_id) SELECT id FROM written;
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM stated_figures WHERE plan_id IN (SELECT id FROM written);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO stated_figures (plan_id, city_id, population, area)
            SELECT plan_id, city_id, population, area
            FROM (
                SELECT id AS plan_id, (item ->> 'city_id')::uuid AS city_id, stated_population(item) AS population, stated_area(item) AS area
                FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item) AS figures
            WHERE num_nonnulls(population, area) > 0;
        END IF;
    ELSE
        INSERT INTO stale_findings (plan_id) SELECT DISTINCT plan_id FROM written;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION mark_findings_stale() IS
    'Trigger function: marks the findings of the plans of all written rows as stale, and maintains stated_figures. The trigger names the transition table written.';

INSERT INTO stale_findings (plan_id) SELECT id FROM plans;
