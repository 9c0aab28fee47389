-- Findings: what an editor should review in a plan. The view plan_findings is their only definition. Filters need to know which
-- plans have which findings without evaluating the view for all plans: plan_finding_codes stores this, and stale_findings lists the
-- plans for which it must be refreshed. A write only marks its plans as stale, so it need not wait for the evaluation; a request
-- that filters by findings refreshes them first.

CREATE VIEW numbered_activities AS
SELECT id, plan_id, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place, position, title, status, date,
    first_day, last_day, cities, note
FROM activities;
COMMENT ON VIEW numbered_activities IS 'Activities with their places, from 0, in the document of their plan.';

CREATE VIEW numbered_outcomes AS
SELECT id, plan_id, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place, theme_id, heading, description, due,
    cities, note
FROM outcomes;
COMMENT ON VIEW numbered_outcomes IS 'Outcomes with their places, from 0, in the document of their plan.';

CREATE VIEW numbered_plan_cities AS
SELECT plans.id AS plan_id, (entry.place - 1)::integer AS place, entry.item, city.name, city.country, city.population, city.area_km2
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.cities) WITH ORDINALITY AS entry (item, place)
-- OFFSET 0 keeps this a lookup by id for each entry; as a join it would cost more for a single plan.
CROSS JOIN LATERAL (
    SELECT name, country, population, area_km2 FROM cities WHERE id = (entry.item ->> 'city_id')::uuid OFFSET 0) AS city;
COMMENT ON VIEW numbered_plan_cities IS
    'The cooperating cities of plans with their places, from 0. They also come first among the cities of the document of the plan.';

-- One or more branches for each code. A finding depends only on stored data, never on the current date.
CREATE VIEW plan_findings (plan_id, code, section, place, pointer, subject) AS
SELECT id, 'plan_without_period', 0, 0, '/plan/period', title
FROM plans
WHERE num_nulls(period ->> 'start', period ->> 'end', period ->> 'text') = 3
UNION ALL
SELECT id, 'date_text_only', 0, 0, '/plan/period', period ->> 'text'
FROM plans
WHERE period ->> 'text' IS NOT NULL AND num_nulls(period ->> 'start', period ->> 'end') = 2
UNION ALL
SELECT plan_id, 'date_text_only', 2, place, '/activities/' || place || '/date', title
FROM numbered_activities
WHERE date ->> 'text' IS NOT NULL AND num_nulls(date ->> 'start', date ->> 'end') = 2
UNION ALL
SELECT plan_id, 'date_text_only', 3, place, '/outcomes/' || place || '/due', description
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
WHERE item -> 'as_stated' ->> figure.name IS NOT NULL AND figure.reviewed IS NULL
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

CREATE TABLE plan_finding_codes (
    plan_id uuid NOT NULL,
    code text NOT NULL,
    CONSTRAINT plan_finding_codes_pkey PRIMARY KEY (plan_id, code)
);
CREATE INDEX plan_finding_codes_code ON plan_finding_codes (code, plan_id);
COMMENT ON TABLE plan_finding_codes IS
    'Lookup table: which plans have which findings. Correct for all plans except those in stale_findings. Maintained by refresh_findings.';
COMMENT ON COLUMN plan_finding_codes.plan_id IS 'The plan; it may have been deleted since.';
COMMENT ON COLUMN plan_finding_codes.code IS 'Code of a finding that the plan has, once or more often.';

CREATE TABLE stale_findings (
    plan_id uuid NOT NULL,
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT stale_findings_pkey PRIMARY KEY (plan_id, seq)
);
COMMENT ON TABLE stale_findings IS
    'Plans whose findings must be refreshed, one row for each write to the plan, its activities, its outcomes or the figures of its cities. A row is deleted only by a refresh that sees what its write stored. Maintained by triggers.';
COMMENT ON COLUMN stale_findings.plan_id IS 'The plan; it may have been deleted since.';
COMMENT ON COLUMN stale_findings.seq IS 'Number of the row, so that each write has its own; numbers can be missing.';

CREATE FUNCTION refresh_findings(at_most integer) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids uuid[];
BEGIN
    -- Only one refresh at a time, because a refresh that read earlier must not write later.
    PERFORM pg_advisory_xact_lock(20261125, 1024);
    WITH refreshed AS (
        DELETE FROM stale_findings WHERE plan_id IN (SELECT DISTINCT plan_id FROM stale_findings ORDER BY plan_id LIMIT at_most) RETURNING plan_id)
    SELECT array_agg(DISTINCT plan_id) INTO ids FROM refreshed;
    DELETE FROM plan_finding_codes WHERE plan_id = ANY (ids);
    INSERT INTO plan_finding_codes (plan_id, code)
    SELECT plan.id, found.code
    FROM unnest(ids) AS plan (id)
    CROSS JOIN LATERAL (SELECT DISTINCT code FROM plan_findings WHERE plan_id = plan.id) AS found;
    RETURN coalesce(cardinality(ids), 0);
END $$;
COMMENT ON FUNCTION refresh_findings(integer) IS
    'Evaluates the findings of at most the given number of stale plans and stores them in plan_finding_codes; returns the number of plans.';

-- Triggers

CREATE FUNCTION mark_findings_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'plans' THEN
        INSERT INTO stale_findings (plan_id) SELECT id FROM written;
    ELSE
        INSERT INTO stale_findings (plan_id) SELECT DISTINCT plan_id FROM written;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION mark_findings_stale() IS
    'Trigger function: marks the findings of the plans of all written rows as stale. The trigger names the transition table written.';

CREATE FUNCTION mark_findings_of_city_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stale_findings (plan_id) SELECT plan_id FROM plan_cities WHERE city_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION mark_findings_of_city_stale() IS 'Trigger function: marks the findings of the plans of a city as stale.';

CREATE TRIGGER stale_findings_after_insert AFTER INSERT ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_insert ON plans IS 'Marks the findings of created plans as stale.';
CREATE TRIGGER stale_findings_after_update AFTER UPDATE ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_update ON plans IS 'Marks the findings of changed plans as stale.';
CREATE TRIGGER stale_findings_after_delete AFTER DELETE ON plans REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_delete ON plans IS 'Marks the findings of deleted plans as stale.';
CREATE TRIGGER stale_findings_after_insert AFTER INSERT ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_insert ON activities IS 'Marks the findings of the plans of created activities as stale.';
CREATE TRIGGER stale_findings_after_update AFTER UPDATE ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_update ON activities IS 'Marks the findings of the plans of changed activities as stale.';
CREATE TRIGGER stale_findings_after_move AFTER UPDATE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_move ON activities IS 'Marks the findings of the plans that changed activities belonged to before as stale.';
CREATE TRIGGER stale_findings_after_delete AFTER DELETE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_delete ON activities IS 'Marks the findings of the plans of deleted activities as stale.';
CREATE TRIGGER stale_findings_after_insert AFTER INSERT ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_insert ON outcomes IS 'Marks the findings of the plans of created outcomes as stale.';
CREATE TRIGGER stale_findings_after_update AFTER UPDATE ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_update ON outcomes IS 'Marks the findings of the plans of changed outcomes as stale.';
CREATE TRIGGER stale_findings_after_move AFTER UPDATE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_move ON outcomes IS 'Marks the findings of the plans that changed outcomes belonged to before as stale.';
CREATE TRIGGER stale_findings_after_delete AFTER DELETE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION mark_findings_stale();
COMMENT ON TRIGGER stale_findings_after_delete ON outcomes IS 'Marks the findings of the plans of deleted outcomes as stale.';
CREATE TRIGGER stale_findings_after_update AFTER UPDATE ON cities FOR EACH ROW
    WHEN ((NEW.country, NEW.population, NEW.area_km2) IS DISTINCT FROM (OLD.country, OLD.population, OLD.area_km2))
    EXECUTE FUNCTION mark_findings_of_city_stale();
COMMENT ON TRIGGER stale_findings_after_update ON cities IS
    'Marks the findings of the plans of a city as stale when a value changes that they depend on.';
