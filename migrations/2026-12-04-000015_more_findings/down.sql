DELETE FROM stale_findings WHERE due > now();
CREATE OR REPLACE FUNCTION mark_findings_stale() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION refresh_findings(at_most integer) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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

DROP FUNCTION compare_with_other_plans(uuid[]);
ALTER TABLE stale_findings DROP COLUMN due;
DROP TABLE compared_figures, compared_activities;
DROP VIEW plan_findings;
DROP TABLE stated_figures;
DROP FUNCTION latest_today();
DROP FUNCTION contradict(numeric, numeric);
DROP FUNCTION stated_area(jsonb);
DROP FUNCTION stated_population(jsonb);
DROP FUNCTION stated_number(text);
DROP FUNCTION is_figure(text);
DROP FUNCTION date_text_finding(text);

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


-- A pairing without a lead makes this fail, because nobody can say which of its cities leads.
ALTER TABLE plans DROP CONSTRAINT plans_lead_by_kind;
ALTER TABLE plans ADD CONSTRAINT plans_lead_by_kind CHECK (
    jsonb_array_length(jsonb_path_query_array(cities, '$[*] ? (@.role == "lead")')) = CASE kind WHEN 'pairing' THEN 1 ELSE 0 END);
COMMENT ON COLUMN plans.kind IS 'pairing (one lead city) or cluster (no lead city).';
INSERT INTO stale_findings (plan_id) SELECT id FROM plans;
