-- The second half of what keeps filtered and sorted lists fast when there is much in them.

-- The same findings as before; the records that an entry names are looked up one by one, which costs less for one plan.
CREATE OR REPLACE VIEW placed_plan_cities AS
SELECT plans.id AS plan_id, (entry.place - 1)::integer AS place, entry.item, city.name, city.country, city.population, city.area_km2
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.cities) WITH ORDINALITY AS entry (item, place)
CROSS JOIN LATERAL (
    SELECT name, country, population, area_km2 FROM cities WHERE id = (entry.item ->> 'city_id')::uuid OFFSET 0) AS city;

-- One branch for each code. What is found is a matter of what is stored alone, never of the day on which somebody looks.
CREATE OR REPLACE VIEW plan_findings (plan_id, code, section, place, pointer, subject) AS
SELECT id, 'plan_without_period', 0, 0, '/plan/period', title
FROM plans
WHERE num_nulls(period ->> 'start', period ->> 'end', period ->> 'text') = 3
UNION ALL
SELECT id, 'date_text_only', 0, 0, '/plan/period', period ->> 'text'
FROM plans
WHERE period ->> 'text' IS NOT NULL AND num_nulls(period ->> 'start', period ->> 'end') = 2
UNION ALL
SELECT plan_id, 'date_text_only', 2, place, '/activities/' || place || '/date', title
FROM placed_activities
WHERE date ->> 'text' IS NOT NULL AND num_nulls(date ->> 'start', date ->> 'end') = 2
UNION ALL
SELECT plan_id, 'date_text_only', 3, place, '/outcomes/' || place || '/due', description
FROM placed_outcomes
WHERE due ->> 'text' IS NOT NULL AND num_nulls(due ->> 'start', due ->> 'end') = 2
UNION ALL
SELECT activity.plan_id, 'activity_outside_period', 2, activity.place, '/activities/' || activity.place || '/date', activity.title
FROM placed_activities AS activity
JOIN plans ON plans.id = activity.plan_id
WHERE activity.first_day > plans.last_day OR activity.last_day < plans.first_day
UNION ALL
SELECT activity.plan_id, 'duplicate_activity', 2, activity.place, '/activities/' || activity.place, activity.title
FROM (
    SELECT plan_id, title, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place,
        row_number() OVER (PARTITION BY plan_id, lower(title), date - 'text' ORDER BY position, id) AS occurrence
    FROM activities) AS activity
WHERE activity.occurrence > 1
UNION ALL
SELECT activity.plan_id, 'planned_in_completed_plan', 2, activity.place, '/activities/' || activity.place || '/status', activity.title
FROM placed_activities AS activity
JOIN plans ON plans.id = activity.plan_id
WHERE plans.status = 'completed' AND activity.status = 'planned'
UNION ALL
SELECT activity.plan_id, 'city_not_partner', 2, activity.place, '/activities/' || activity.place || '/cities/' || entry.place - 1,
    (SELECT name FROM cities WHERE id = (entry.item ->> 'city_id')::uuid)
FROM placed_activities AS activity
CROSS JOIN LATERAL jsonb_array_elements(activity.cities) WITH ORDINALITY AS entry (item, place)
WHERE NOT EXISTS (
    SELECT FROM plan_cities WHERE plan_cities.plan_id = activity.plan_id AND plan_cities.city_id = (entry.item ->> 'city_id')::uuid)
UNION ALL
SELECT outcome.plan_id, 'city_not_partner', 3, outcome.place, '/outcomes/' || outcome.place || '/cities/' || entry.place - 1,
    (SELECT name FROM cities WHERE id = (entry.item ->> 'city_id')::uuid)
FROM placed_outcomes AS outcome
CROSS JOIN LATERAL jsonb_array_elements(outcome.cities) WITH ORDINALITY AS entry (item, place)
WHERE NOT EXISTS (
    SELECT FROM plan_cities WHERE plan_cities.plan_id = outcome.plan_id AND plan_cities.city_id = (entry.item ->> 'city_id')::uuid)
UNION ALL
SELECT plan_id, 'heading_without_theme', 3, place, '/outcomes/' || place || '/heading', heading
FROM placed_outcomes
WHERE heading IS NOT NULL AND theme_id IS NULL
UNION ALL
SELECT plans.id, 'theme_without_focus', 0, 0, '/plan/themes/' || entry.place - 1 || '/focus', coalesce(entry.item ->> 'label', (SELECT name FROM themes WHERE id = (entry.item ->> 'theme_id')::uuid))
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.themes) WITH ORDINALITY AS entry (item, place)
WHERE entry.item -> 'focus' = '[]'
UNION ALL
SELECT plan_id, 'partner_without_country', 1, place, '/cities/' || place || '/country', name
FROM placed_plan_cities
WHERE country IS NULL
UNION ALL
SELECT plan_id, 'implausible_density', 1, place, '/cities/' || place || '/population', name
FROM placed_plan_cities
WHERE population / area_km2 NOT BETWEEN 1 AND 50000
UNION ALL
SELECT plan_id, 'figure_not_reviewed', 0, place, '/plan/cities/' || place || '/as_stated/' || figure.name, placed_plan_cities.name
FROM placed_plan_cities
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
    SELECT plan_id, 2, place, '/activities/' || place || '/note', title, note FROM placed_activities
    UNION ALL
    SELECT plan_id, 3, place, '/outcomes/' || place || '/note', description, note FROM placed_outcomes
) AS noted
WHERE noted.note ~* '\m(br(eaks?|oke) off|cut off|ends abruptly|truncated|incomplete)\M';

-- Which plans have which findings, as far as that is settled. Whoever writes says which plans it has to be settled for again, and
-- whoever asks settles it first: a write pays for a row, not for all the rules.
CREATE TABLE plan_finding_codes (
    plan_id uuid NOT NULL,
    code text NOT NULL,
    CONSTRAINT plan_finding_codes_pkey PRIMARY KEY (plan_id, code)
);
CREATE INDEX plan_finding_codes_code ON plan_finding_codes (code, plan_id);
COMMENT ON TABLE plan_finding_codes IS 'What plan_findings says of each plan, but for the plans in unsettled_plans.';
COMMENT ON COLUMN plan_finding_codes.plan_id IS 'The plan; it may be gone.';
COMMENT ON COLUMN plan_finding_codes.code IS 'What was found.';
-- A row for each write: it goes only when what that write stored is seen.
CREATE TABLE unsettled_plans (
    plan_id uuid NOT NULL,
    write bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT unsettled_plans_pkey PRIMARY KEY (plan_id, write)
);
COMMENT ON TABLE unsettled_plans IS 'Plans that something was written of since their findings were settled.';
COMMENT ON COLUMN unsettled_plans.plan_id IS 'The plan; it may be gone.';
COMMENT ON COLUMN unsettled_plans.write IS 'Number of the write.';

CREATE FUNCTION settle_findings(most integer) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids uuid[];
BEGIN
    -- One after another: who looked earlier must not write later.
    PERFORM pg_advisory_xact_lock(20261125, 1024);
    WITH settled AS (
        DELETE FROM unsettled_plans WHERE plan_id IN (SELECT DISTINCT plan_id FROM unsettled_plans ORDER BY plan_id LIMIT most) RETURNING plan_id)
    SELECT array_agg(DISTINCT plan_id) INTO ids FROM settled;
    DELETE FROM plan_finding_codes WHERE plan_id = ANY (ids);
    INSERT INTO plan_finding_codes (plan_id, code)
    SELECT plan.id, found.code
    FROM unnest(ids) AS plan (id)
    CROSS JOIN LATERAL (SELECT DISTINCT code FROM plan_findings WHERE plan_id = plan.id) AS found;
    RETURN coalesce(cardinality(ids), 0);
END $$;
COMMENT ON FUNCTION settle_findings(integer) IS 'Settles the findings of no more than that many plans; says of how many.';

CREATE FUNCTION unsettle_plans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'plans' THEN
        INSERT INTO unsettled_plans (plan_id) SELECT id FROM written;
    ELSE
        INSERT INTO unsettled_plans (plan_id) SELECT DISTINCT plan_id FROM written;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION unsettle_plans_of_city() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsettled_plans (plan_id) SELECT plan_id FROM plan_cities WHERE city_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER unsettle_inserted AFTER INSERT ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_updated AFTER UPDATE ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_deleted AFTER DELETE ON plans REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_inserted AFTER INSERT ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_updated AFTER UPDATE ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_left AFTER UPDATE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_deleted AFTER DELETE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_inserted AFTER INSERT ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_updated AFTER UPDATE ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_left AFTER UPDATE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_deleted AFTER DELETE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION unsettle_plans();
CREATE TRIGGER unsettle_plans AFTER UPDATE ON cities FOR EACH ROW
    WHEN ((NEW.country, NEW.population, NEW.area_km2) IS DISTINCT FROM (OLD.country, OLD.population, OLD.area_km2))
    EXECUTE FUNCTION unsettle_plans_of_city();
INSERT INTO plan_finding_codes (plan_id, code) SELECT DISTINCT plan_id, code FROM plan_findings;

-- What a city does in a record is looked for as often as the city alone.
DROP INDEX plan_cities_city_id, activity_cities_city_id, outcome_cities_city_id;
CREATE INDEX plan_cities_city_id ON plan_cities (city_id, role, plan_id);
CREATE INDEX activity_cities_city_id ON activity_cities (city_id, role, activity_id);
CREATE INDEX outcome_cities_city_id ON outcome_cities (city_id, role, outcome_id);

-- In the order of first days, what ended too early is passed over without a look at its row.
DROP INDEX plans_period_start_ascending, plans_period_start_descending, activities_date_ascending, activities_date_descending,
    outcomes_due_ascending, outcomes_due_descending;
CREATE INDEX plans_period_start_ascending ON plans (period_start_ascending, id, last_day);
CREATE INDEX plans_period_start_descending ON plans (period_start_descending, id, last_day);
CREATE INDEX activities_date_ascending ON activities (date_ascending, id, last_day);
CREATE INDEX activities_date_descending ON activities (date_descending, id, last_day);
CREATE INDEX outcomes_due_ascending ON outcomes (due_ascending, id, last_day);
CREATE INDEX outcomes_due_descending ON outcomes (due_descending, id, last_day);

-- The longest stretch of days says how early something can have begun that ended on or after a day.
CREATE INDEX activities_days ON activities ((last_day - first_day));
CREATE INDEX outcomes_days ON outcomes ((last_day - first_day));

-- How rare a word is decides how to look for it.
ALTER TABLE plans ALTER COLUMN search SET STATISTICS 500;
ALTER TABLE activities ALTER COLUMN search SET STATISTICS 500;
ALTER TABLE outcomes ALTER COLUMN search SET STATISTICS 500;

-- There are as many pairs of a city and its part as to be worth a look at most of them.
ALTER STATISTICS plan_cities_parts SET STATISTICS 5000;
ALTER STATISTICS activity_cities_parts SET STATISTICS 5000;
ALTER STATISTICS outcome_cities_parts SET STATISTICS 5000;
