CREATE TABLE plans (
    id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    slug text NOT NULL,
    title text NOT NULL,
    programme text,
    kind text NOT NULL,
    status text NOT NULL,
    period jsonb NOT NULL,
    objectives text[] NOT NULL,
    challenges text[] NOT NULL,
    cities jsonb NOT NULL,
    themes jsonb NOT NULL,
    sdgs jsonb NOT NULL,
    urban_agenda jsonb NOT NULL,
    contacts jsonb NOT NULL,
    sources jsonb NOT NULL,
    relations jsonb NOT NULL,
    note text,
    first_day date,
    last_day date,
    period_start_ascending date NOT NULL,
    period_start_descending date NOT NULL,
    folded_title text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (id),
    CONSTRAINT plans_slug_key UNIQUE (slug),
    CONSTRAINT plans_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
    CONSTRAINT plans_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT plans_kind_known CHECK (kind IN ('pairing', 'cluster')),
    CONSTRAINT plans_status_known CHECK (status IN ('draft', 'active', 'completed', 'cancelled')),
    CONSTRAINT plans_period_ordered CHECK (first_day <= last_day),
    CONSTRAINT plans_lead_by_kind CHECK (
        jsonb_array_length(jsonb_path_query_array(cities, '$[*] ? (@.role == "lead")')) = CASE kind WHEN 'pairing' THEN 1 ELSE 0 END)
);
COMMENT ON TABLE plans IS 'Urban Cooperation Action Plans. Their activities and outcomes are in separate tables.';
COMMENT ON COLUMN plans.id IS 'UUIDv7 of the record, assigned by the service.';
COMMENT ON COLUMN plans.version IS 'Version of the record: 1 when it is created, one more with each write that changes it.';
COMMENT ON COLUMN plans.created_at IS 'When the record was created.';
COMMENT ON COLUMN plans.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN plans.slug IS 'Readable identifier for URLs; never changes.';
COMMENT ON COLUMN plans.title IS 'Title of the plan.';
COMMENT ON COLUMN plans.programme IS 'Programme under which the plan was agreed, e.g. IUC Asia.';
COMMENT ON COLUMN plans.kind IS 'pairing (one lead city) or cluster (no lead city).';
COMMENT ON COLUMN plans.status IS 'draft, active, completed or cancelled.';
COMMENT ON COLUMN plans.period IS 'Period of cooperation: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN plans.objectives IS 'Main objectives, in the order of the source.';
COMMENT ON COLUMN plans.challenges IS 'Key challenges, in the order of the source.';
COMMENT ON COLUMN plans.cities IS 'Cooperating cities: [{city_id, role, as_stated}]; as_stated is the wording of the source.';
COMMENT ON COLUMN plans.themes IS 'Cooperation themes: [{theme_id, label, focus}]; label is the wording of the source.';
COMMENT ON COLUMN plans.sdgs IS 'Sustainable Development Goals: [{goal, target, label}]; label is the wording of the source.';
COMMENT ON COLUMN plans.urban_agenda IS 'Partnerships of the Urban Agenda: [{partnership, label}]; label is the wording of the source.';
COMMENT ON COLUMN plans.contacts IS 'Contacts: [{organisation, name, email, url, purpose}].';
COMMENT ON COLUMN plans.sources IS 'Where the record comes from: [{title, url, language, retrieved_on, note}].';
COMMENT ON COLUMN plans.relations IS 'Related plans: [{plan_id, kind}].';
COMMENT ON COLUMN plans.note IS 'Remark of an editor.';
COMMENT ON COLUMN plans.first_day IS 'First day of the period; 0001-01-01 if only its end is known, null if there is no period. Derived by the program.';
COMMENT ON COLUMN plans.last_day IS 'Last day of the period; 9999-12-31 if only its start is known, null if there is no period. Derived by the program.';
COMMENT ON COLUMN plans.period_start_ascending IS 'Sort key for ascending order: start of the period, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN plans.period_start_descending IS 'Sort key for descending order: start of the period, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN plans.folded_title IS 'Title in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.';
COMMENT ON COLUMN plans.search IS 'Words for the full-text search, each with how much it weighs in the record. Derived by the program.';

CREATE INDEX plans_slug_stem ON plans (regexp_replace(slug, '-[0-9]+$', ''));
COMMENT ON INDEX plans_slug_stem IS 'The slug without the number at its end, to find the next free number.';
-- One index for each sort key of the list; the id breaks ties.
CREATE INDEX plans_created_at ON plans (created_at, id);
CREATE INDEX plans_updated_at ON plans (updated_at, id);
CREATE INDEX plans_title ON plans (folded_title, id);
CREATE INDEX plans_period_start_ascending ON plans (period_start_ascending, id, last_day);
COMMENT ON INDEX plans_period_start_ascending IS
    'A sort key. last_day is in the index so that plans that ended too early are skipped without reading their rows.';
CREATE INDEX plans_period_start_descending ON plans (period_start_descending, id, last_day);
COMMENT ON INDEX plans_period_start_descending IS
    'A sort key. last_day is in the index so that plans that ended too early are skipped without reading their rows.';
-- Date filters match by overlap; each end of the period has its own index.
CREATE INDEX plans_first_day ON plans (first_day);
CREATE INDEX plans_last_day ON plans (last_day);
CREATE INDEX plans_programme ON plans (programme);
CREATE INDEX plans_search ON plans USING gin (search);
-- The planner decides by the frequency of a word whether to start from the words or from the sort key.
ALTER TABLE plans ALTER COLUMN search SET STATISTICS 500;

-- Link tables

CREATE TABLE plan_cities (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT plan_cities_pkey PRIMARY KEY (plan_id, city_id),
    CONSTRAINT plan_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT plan_cities_role_known CHECK (role IN ('lead', 'partner'))
);
CREATE INDEX plan_cities_city_id ON plan_cities (city_id, role, plan_id);
COMMENT ON INDEX plan_cities_city_id IS 'The plans of a city, with or without a given role: filters ask for both.';
-- Some cities are named by very many plans and most by few: the planner needs to know which.
ALTER TABLE plan_cities ALTER COLUMN city_id SET STATISTICS 1000;
CREATE STATISTICS plan_cities_city_role (mcv) ON city_id, role FROM plan_cities;
COMMENT ON STATISTICS plan_cities_city_role IS 'How often each pair of city and role occurs: the planner cannot derive it from the two columns.';
ALTER STATISTICS plan_cities_city_role SET STATISTICS 5000;
COMMENT ON TABLE plan_cities IS
    'Link table: plans.cities, one row each. Filters read it, and its foreign key keeps cities in use from being deleted. Maintained by triggers.';
COMMENT ON COLUMN plan_cities.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_cities.city_id IS 'A cooperating city.';
COMMENT ON COLUMN plan_cities.role IS 'lead or partner.';

CREATE TABLE plan_themes (
    plan_id uuid NOT NULL,
    theme_id uuid NOT NULL,
    CONSTRAINT plan_themes_pkey PRIMARY KEY (plan_id, theme_id),
    CONSTRAINT plan_themes_theme_id_fkey FOREIGN KEY (theme_id) REFERENCES themes (id)
);
CREATE INDEX plan_themes_theme_id ON plan_themes (theme_id, plan_id);
ALTER TABLE plan_themes ALTER COLUMN theme_id SET STATISTICS 1000;
COMMENT ON TABLE plan_themes IS
    'Link table: plans.themes, one row each. The themes of activities and outcomes refer to it. Maintained by triggers.';
COMMENT ON COLUMN plan_themes.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_themes.theme_id IS 'A theme of the plan.';

CREATE TABLE plan_focus_cities (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    CONSTRAINT plan_focus_cities_pkey PRIMARY KEY (plan_id, city_id),
    CONSTRAINT plan_focus_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX plan_focus_cities_city_id ON plan_focus_cities (city_id, plan_id);
COMMENT ON TABLE plan_focus_cities IS
    'Link table: the cities named in plans.themes[].focus[].city_ids, each once. Maintained by triggers.';
COMMENT ON COLUMN plan_focus_cities.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_focus_cities.city_id IS 'A city named in one of its key focus statements.';

CREATE TABLE plan_sdgs (
    plan_id uuid NOT NULL,
    goal integer NOT NULL,
    CONSTRAINT plan_sdgs_pkey PRIMARY KEY (plan_id, goal),
    CONSTRAINT plan_sdgs_goal_range CHECK (goal BETWEEN 1 AND 17)
);
CREATE INDEX plan_sdgs_goal ON plan_sdgs (goal, plan_id);
COMMENT ON TABLE plan_sdgs IS 'Link table: the goals of plans.sdgs, each once. Maintained by triggers.';
COMMENT ON COLUMN plan_sdgs.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_sdgs.goal IS 'Number of the Sustainable Development Goal, 1 to 17.';

CREATE TABLE plan_urban_agenda (
    plan_id uuid NOT NULL,
    partnership text NOT NULL,
    CONSTRAINT plan_urban_agenda_pkey PRIMARY KEY (plan_id, partnership),
    CONSTRAINT plan_urban_agenda_partnership_fkey FOREIGN KEY (partnership) REFERENCES urban_agenda_partnerships (slug)
);
CREATE INDEX plan_urban_agenda_partnership ON plan_urban_agenda (partnership, plan_id);
COMMENT ON TABLE plan_urban_agenda IS 'Link table: plans.urban_agenda, one row each. Maintained by triggers.';
COMMENT ON COLUMN plan_urban_agenda.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_urban_agenda.partnership IS 'Slug of the partnership.';

CREATE TABLE plan_relations (
    plan_id uuid NOT NULL,
    related_plan_id uuid NOT NULL,
    kind text NOT NULL,
    CONSTRAINT plan_relations_pkey PRIMARY KEY (plan_id, related_plan_id, kind),
    CONSTRAINT plan_relations_related_plan_id_fkey FOREIGN KEY (related_plan_id) REFERENCES plans (id),
    CONSTRAINT plan_relations_kind_known CHECK (kind IN ('mirrors', 'member_of', 'continues')),
    CONSTRAINT plan_relations_not_itself CHECK (plan_id <> related_plan_id)
);
CREATE INDEX plan_relations_related_plan_id ON plan_relations (related_plan_id);
COMMENT ON TABLE plan_relations IS 'Link table: plans.relations, one row each. Maintained by triggers.';
COMMENT ON COLUMN plan_relations.plan_id IS 'The plan that states the relation.';
COMMENT ON COLUMN plan_relations.related_plan_id IS 'The related plan.';
COMMENT ON COLUMN plan_relations.kind IS 'mirrors, member_of or continues.';

CREATE TABLE plan_countries (
    plan_id uuid NOT NULL,
    country text NOT NULL,
    period_start_ascending date NOT NULL,
    period_start_descending date NOT NULL,
    CONSTRAINT plan_countries_pkey PRIMARY KEY (plan_id, country)
);
CREATE INDEX plan_countries_period_start_ascending ON plan_countries (country, period_start_ascending, plan_id);
CREATE INDEX plan_countries_period_start_descending ON plan_countries (country, period_start_descending, plan_id);
COMMENT ON TABLE plan_countries IS
    'Lookup table: the countries of the cooperating cities of each plan, with the sort keys of the plan, so that a page of the plans of a country is read from an index. Maintained by triggers.';
COMMENT ON COLUMN plan_countries.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_countries.country IS 'ISO 3166-1 alpha-2 code of one or more of its cities.';
COMMENT ON COLUMN plan_countries.period_start_ascending IS 'Copy of plans.period_start_ascending.';
COMMENT ON COLUMN plan_countries.period_start_descending IS 'Copy of plans.period_start_descending.';

-- Triggers

CREATE FUNCTION refresh_plan_countries(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Two transactions that write the rows of one plan, one through the plan and one through a city, must run one after the
    -- other, so that the second sees the changes of the first. The plans share 1 024 locks: one lock for each plan could exhaust the
    -- lock memory of the server. All transactions take them in the same order.
    PERFORM pg_advisory_xact_lock(20261125, place)
    FROM (SELECT DISTINCT hashtext(id::text) & 1023 AS place FROM unnest(ids) AS id ORDER BY place) AS places;
    -- Waits for a transaction that deletes one of the plans.
    PERFORM FROM plans WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE;
    DELETE FROM plan_countries WHERE plan_id = ANY (ids);
    INSERT INTO plan_countries (plan_id, country, period_start_ascending, period_start_descending)
    SELECT DISTINCT plans.id, cities.country, plans.period_start_ascending, plans.period_start_descending
    FROM plans JOIN plan_cities ON plan_cities.plan_id = plans.id JOIN cities ON cities.id = plan_cities.city_id
    WHERE plans.id = ANY (ids) AND cities.country IS NOT NULL;
END $$;
COMMENT ON FUNCTION refresh_plan_countries(uuid[]) IS 'Replaces the rows of these plans in plan_countries.';

CREATE FUNCTION insert_plan_links() RETURNS trigger LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION insert_plan_links() IS
    'Trigger function: writes the rows of created plans in plan_cities, plan_countries, plan_themes, plan_focus_cities, plan_sdgs, plan_urban_agenda and plan_relations.';

CREATE FUNCTION update_plan_links() RETURNS trigger LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION update_plan_links() IS 'Trigger function: writes the rows of the link tables, and of plan_countries, that changed with the plans.';

CREATE FUNCTION delete_plan_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids constant uuid[] := ARRAY(SELECT id FROM written);
BEGIN
    -- The foreign key of activities has deleted them, but their triggers fire only after this one: PostgreSQL queues what a
    -- cascade fires behind what the deletion of the plan fires. These rows refer to those of plan_themes.
    DELETE FROM activity_themes WHERE plan_id = ANY (ids);
    DELETE FROM plan_cities WHERE plan_id = ANY (ids);
    DELETE FROM plan_countries WHERE plan_id = ANY (ids);
    DELETE FROM plan_themes WHERE plan_id = ANY (ids);
    DELETE FROM plan_focus_cities WHERE plan_id = ANY (ids);
    DELETE FROM plan_sdgs WHERE plan_id = ANY (ids);
    DELETE FROM plan_urban_agenda WHERE plan_id = ANY (ids);
    DELETE FROM plan_relations WHERE plan_id = ANY (ids);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION delete_plan_links() IS 'Trigger function: deletes the rows of deleted plans in the link tables and in plan_countries.';

CREATE FUNCTION maintain_countries_of_city() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids constant uuid[] := ARRAY(
        SELECT id FROM written JOIN replaced USING (id) WHERE written.country IS DISTINCT FROM replaced.country);
BEGIN
    IF ids <> '{}' THEN
        PERFORM refresh_plan_countries(ARRAY(SELECT DISTINCT plan_id FROM plan_cities WHERE city_id = ANY (ids)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_countries_of_city() IS
    'Trigger function: writes the rows of the plans of cities that moved to another country in plan_countries.';

-- Triggers of one table fire in the order of their names: migrations/README.md explains why in this order.
CREATE TRIGGER maintain_links_after_insert AFTER INSERT ON plans REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION insert_plan_links();
COMMENT ON TRIGGER maintain_links_after_insert ON plans IS 'Maintains the link tables and the countries of created plans.';
CREATE TRIGGER maintain_links_after_update AFTER UPDATE ON plans REFERENCING OLD TABLE AS replaced NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION update_plan_links();
COMMENT ON TRIGGER maintain_links_after_update ON plans IS 'Maintains the link tables and the countries of changed plans.';
CREATE TRIGGER maintain_links_after_delete AFTER DELETE ON plans REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION delete_plan_links();
COMMENT ON TRIGGER maintain_links_after_delete ON plans IS 'Maintains the link tables and the countries of deleted plans.';
CREATE TRIGGER maintain_plan_countries AFTER UPDATE ON cities REFERENCING OLD TABLE AS replaced NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION maintain_countries_of_city();
COMMENT ON TRIGGER maintain_plan_countries ON cities IS 'Maintains plan_countries when the country of a city changes.';
CALL log_changes('plans', 'plan', '{search,folded_title,first_day,last_day,period_start_ascending,period_start_descending}');
