-- What the old model cannot hold would be lost, so this fails as long as a plan is related to one that the registry does not hold.
ALTER TABLE plan_relations ADD CONSTRAINT plan_relations_held CHECK (related_plan_id IS NOT NULL);
CREATE OR REPLACE FUNCTION insert_plan_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A transaction that moves a city to another country and one that adds the city to a plan must see each other: this lock
    -- makes one of them wait.
    PERFORM FROM cities WHERE id = ANY (ARRAY(
        SELECT (item ->> 'city_id')::uuid FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item)) ORDER BY id FOR SHARE;
    INSERT INTO plan_cities (plan_id, city_id, role)
    SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item;
    INSERT INTO plan_countries (plan_id, country, period_start_ascending, period_start_descending)
    SELECT DISTINCT id, city.country, period_start_ascending, period_start_descending
    FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item
    -- OFFSET 0 keeps this a lookup by id, however many plans the statement wrote that this one was planned for.
    CROSS JOIN LATERAL (SELECT country FROM cities WHERE cities.id = (item ->> 'city_id')::uuid OFFSET 0) AS city
    WHERE city.country IS NOT NULL;
    INSERT INTO plan_themes (plan_id, theme_id)
    SELECT id, (item ->> 'theme_id')::uuid FROM written CROSS JOIN LATERAL jsonb_array_elements(themes) AS item;
    INSERT INTO plan_focus_cities (plan_id, city_id)
    SELECT DISTINCT id, (city #>> '{}')::uuid
    FROM written CROSS JOIN LATERAL jsonb_path_query(themes, '$[*].focus[*].city_ids[*]') AS city;
    INSERT INTO plan_sdgs (plan_id, goal)
    SELECT DISTINCT id, (item ->> 'goal')::integer FROM written CROSS JOIN LATERAL jsonb_array_elements(sdgs) AS item;
    INSERT INTO plan_urban_agenda (plan_id, partnership)
    SELECT id, item ->> 'partnership' FROM written CROSS JOIN LATERAL jsonb_array_elements(urban_agenda) AS item;
    INSERT INTO plan_relations (plan_id, related_plan_id, kind)
    SELECT id, (item ->> 'plan_id')::uuid, item ->> 'kind' FROM written CROSS JOIN LATERAL jsonb_array_elements(relations) AS item;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION update_plan_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
BEGIN
    -- A document changes one plan with each write, so this is done for one after the other; lists that stay are not written.
    FOR changed IN
        SELECT written.*, written.cities <> replaced.cities AS has_other_cities, written.themes <> replaced.themes AS has_other_themes,
            written.sdgs <> replaced.sdgs AS has_other_sdgs, written.urban_agenda <> replaced.urban_agenda AS has_other_partnerships,
            written.relations <> replaced.relations AS has_other_relations, written.period <> replaced.period AS has_other_period
        FROM written JOIN replaced USING (id) ORDER BY id
    LOOP
        IF changed.has_other_cities THEN
            DELETE FROM plan_cities WHERE plan_id = changed.id;
            INSERT INTO plan_cities (plan_id, city_id, role)
            SELECT changed.id, (item ->> 'city_id')::uuid, item ->> 'role' FROM jsonb_array_elements(changed.cities) AS item;
        END IF;
        IF changed.has_other_themes THEN
            -- Themes that stay are kept, because the themes of activities and outcomes refer to them.
            DELETE FROM plan_themes WHERE plan_id = changed.id
                AND theme_id NOT IN (SELECT (item ->> 'theme_id')::uuid FROM jsonb_array_elements(changed.themes) AS item);
            INSERT INTO plan_themes (plan_id, theme_id)
            SELECT changed.id, (item ->> 'theme_id')::uuid FROM jsonb_array_elements(changed.themes) AS item
            ON CONFLICT ON CONSTRAINT plan_themes_pkey DO NOTHING;
            IF (SELECT count(*) FROM plan_themes WHERE plan_id = changed.id) <> jsonb_array_length(changed.themes) THEN
                RAISE unique_violation USING
                    MESSAGE = 'a plan names a theme twice', SCHEMA = 'public', TABLE = 'plan_themes', CONSTRAINT = 'plan_themes_pkey';
            END IF;
            DELETE FROM plan_focus_cities WHERE plan_id = changed.id;
            INSERT INTO plan_focus_cities (plan_id, city_id)
            SELECT DISTINCT changed.id, (city #>> '{}')::uuid
            FROM jsonb_path_query(changed.themes, '$[*].focus[*].city_ids[*]') AS city;
        END IF;
        IF changed.has_other_sdgs THEN
            DELETE FROM plan_sdgs WHERE plan_id = changed.id;
            INSERT INTO plan_sdgs (plan_id, goal)
            SELECT DISTINCT changed.id, (item ->> 'goal')::integer FROM jsonb_array_elements(changed.sdgs) AS item;
        END IF;
        IF changed.has_other_partnerships THEN
            DELETE FROM plan_urban_agenda WHERE plan_id = changed.id;
            INSERT INTO plan_urban_agenda (plan_id, partnership)
            SELECT changed.id, item ->> 'partnership' FROM jsonb_array_elements(changed.urban_agenda) AS item;
        END IF;
        IF changed.has_other_relations THEN
            DELETE FROM plan_relations WHERE plan_id = changed.id;
            INSERT INTO plan_relations (plan_id, related_plan_id, kind)
            SELECT changed.id, (item ->> 'plan_id')::uuid, item ->> 'kind' FROM jsonb_array_elements(changed.relations) AS item;
        END IF;
        IF changed.has_other_cities OR changed.has_other_period THEN
            -- As for created plans: waits for a transaction that moves one of the cities to another country.
            PERFORM FROM cities WHERE id IN (SELECT (item ->> 'city_id')::uuid FROM jsonb_array_elements(changed.cities) AS item)
                ORDER BY id FOR SHARE;
            PERFORM refresh_plan_countries(ARRAY[changed.id]);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

DROP INDEX plan_relations_kind;
DROP INDEX plan_relations_related_plan_id;
ALTER TABLE plan_relations
    DROP CONSTRAINT plan_relations_held,
    DROP CONSTRAINT plan_relations_plan_kind_key,
    DROP CONSTRAINT plan_relations_pkey,
    DROP COLUMN position,
    ALTER COLUMN related_plan_id SET NOT NULL,
    ADD CONSTRAINT plan_relations_pkey PRIMARY KEY (plan_id, related_plan_id, kind);
CREATE INDEX plan_relations_related_plan_id ON plan_relations (related_plan_id);
COMMENT ON COLUMN plan_relations.related_plan_id IS 'The related plan.';
COMMENT ON COLUMN plans.relations IS 'Related plans: [{plan_id, kind}].';
