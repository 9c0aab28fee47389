-- Activities and outcomes with their places in the document of their plan.
CREATE VIEW placed_activities AS
SELECT id, plan_id, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place, position, title, status, date,
    first_day, last_day, cities, note
FROM activities;
COMMENT ON VIEW placed_activities IS 'Activities with their places, from 0, in the document of their plan.';

CREATE VIEW placed_outcomes AS
SELECT id, plan_id, (row_number() OVER (PARTITION BY plan_id ORDER BY position, id) - 1)::integer AS place, theme_id, heading, description, due,
    cities, note
FROM outcomes;
COMMENT ON VIEW placed_outcomes IS 'Outcomes with their places, from 0, in the document of their plan.';

CREATE VIEW placed_plan_cities AS
SELECT plans.id AS plan_id, (entry.place - 1)::integer AS place, entry.item, cities.name, cities.country, cities.population, cities.area_km2
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.cities) WITH ORDINALITY AS entry (item, place)
JOIN cities ON cities.id = (entry.item ->> 'city_id')::uuid;
COMMENT ON VIEW placed_plan_cities IS 'The cities that cooperate in a plan, with their places, from 0, in it: they come first among the cities of the document, too.';

-- One branch for each code. What is found is a matter of what is stored alone, never of the day on which somebody looks.
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
WHERE activity.first_day > partial_date_latest(plans.period ->> 'end') OR activity.last_day < partial_date_earliest(plans.period ->> 'start')
UNION ALL
SELECT activity.plan_id, 'duplicate_activity', 2, activity.place, '/activities/' || activity.place, activity.title
FROM placed_activities AS activity
WHERE EXISTS (
    SELECT FROM activities AS earlier
    WHERE earlier.plan_id = activity.plan_id AND (earlier.position, earlier.id) < (activity.position, activity.id)
        AND lower(earlier.title) = lower(activity.title) AND earlier.date - 'text' = activity.date - 'text')
UNION ALL
SELECT activity.plan_id, 'planned_in_completed_plan', 2, activity.place, '/activities/' || activity.place || '/status', activity.title
FROM placed_activities AS activity
JOIN plans ON plans.id = activity.plan_id
WHERE plans.status = 'completed' AND activity.status = 'planned'
UNION ALL
SELECT activity.plan_id, 'city_not_partner', 2, activity.place, '/activities/' || activity.place || '/cities/' || entry.place - 1, cities.name
FROM placed_activities AS activity
CROSS JOIN LATERAL jsonb_array_elements(activity.cities) WITH ORDINALITY AS entry (item, place)
JOIN cities ON cities.id = (entry.item ->> 'city_id')::uuid
WHERE NOT EXISTS (SELECT FROM plan_cities WHERE plan_cities.plan_id = activity.plan_id AND plan_cities.city_id = cities.id)
UNION ALL
SELECT outcome.plan_id, 'city_not_partner', 3, outcome.place, '/outcomes/' || outcome.place || '/cities/' || entry.place - 1, cities.name
FROM placed_outcomes AS outcome
CROSS JOIN LATERAL jsonb_array_elements(outcome.cities) WITH ORDINALITY AS entry (item, place)
JOIN cities ON cities.id = (entry.item ->> 'city_id')::uuid
WHERE NOT EXISTS (SELECT FROM plan_cities WHERE plan_cities.plan_id = outcome.plan_id AND plan_cities.city_id = cities.id)
UNION ALL
SELECT plan_id, 'heading_without_theme', 3, place, '/outcomes/' || place || '/heading', heading
FROM placed_outcomes
WHERE heading IS NOT NULL AND theme_id IS NULL
UNION ALL
SELECT plans.id, 'theme_without_focus', 0, 0, '/plan/themes/' || entry.place - 1 || '/focus', coalesce(entry.item ->> 'label', themes.name)
FROM plans
CROSS JOIN LATERAL jsonb_array_elements(plans.themes) WITH ORDINALITY AS entry (item, place)
JOIN themes ON themes.id = (entry.item ->> 'theme_id')::uuid
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
COMMENT ON VIEW plan_findings IS 'What an editor should look at in a plan; the one definition of all findings.';
COMMENT ON COLUMN plan_findings.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_findings.code IS 'What was found.';
COMMENT ON COLUMN plan_findings.section IS 'Part of the document, to sort by: 0 plan, 1 cities, 2 activities, 3 outcomes.';
COMMENT ON COLUMN plan_findings.place IS 'Place in that part, from 0, to sort by.';
COMMENT ON COLUMN plan_findings.pointer IS 'Where in the document of the plan (JSON Pointer, RFC 6901).';
COMMENT ON COLUMN plan_findings.subject IS 'What people know the thing by.';
