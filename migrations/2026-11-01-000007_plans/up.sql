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
    first_day date GENERATED ALWAYS AS (CASE WHEN coalesce(period ->> 'start', period ->> 'end') IS NOT NULL
        THEN coalesce(partial_date_earliest(period ->> 'start'), make_date(1, 1, 1)) END) STORED,
    last_day date GENERATED ALWAYS AS (CASE WHEN coalesce(period ->> 'start', period ->> 'end') IS NOT NULL
        THEN coalesce(partial_date_latest(period ->> 'end'), make_date(9999, 12, 31)) END) STORED,
    period_start_ascending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(period ->> 'start'), make_date(9999, 12, 31))) STORED,
    period_start_descending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(period ->> 'start'), make_date(1, 1, 1))) STORED,
    CONSTRAINT plans_pkey PRIMARY KEY (id),
    CONSTRAINT plans_slug_key UNIQUE (slug),
    CONSTRAINT plans_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
    CONSTRAINT plans_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT plans_kind_known CHECK (kind IN ('pairing', 'cluster')),
    CONSTRAINT plans_status_known CHECK (status IN ('draft', 'active', 'completed', 'cancelled')),
    CONSTRAINT plans_period_ordered CHECK (partial_date_earliest(period ->> 'start') <= partial_date_latest(period ->> 'end')),
    CONSTRAINT plans_lead_by_kind CHECK (
        jsonb_array_length(jsonb_path_query_array(cities, '$[*] ? (@.role == "lead")')) = CASE kind WHEN 'pairing' THEN 1 ELSE 0 END),
    CONSTRAINT plans_cities_distinct CHECK (members_are_distinct(cities, 'city_id')),
    CONSTRAINT plans_themes_distinct CHECK (members_are_distinct(themes, 'theme_id'))
);
-- A slug without its number, to find the next free one.
CREATE INDEX plans_slug_stem ON plans (regexp_replace(slug, '-[0-9]+$', ''));
CREATE INDEX plans_created_at ON plans (created_at, id);
CREATE INDEX plans_updated_at ON plans (updated_at, id);
CREATE INDEX plans_title ON plans (title COLLATE "C", id);
CREATE INDEX plans_period_start_ascending ON plans (period_start_ascending, id);
CREATE INDEX plans_period_start_descending ON plans (period_start_descending, id);
COMMENT ON TABLE plans IS 'Urban Cooperation Action Plans: the head of the form. Activities and outcomes are tables of their own.';
COMMENT ON COLUMN plans.id IS 'UUIDv7 of the record.';
COMMENT ON COLUMN plans.version IS 'Counts the writes that changed the record, from 1.';
COMMENT ON COLUMN plans.created_at IS 'When the record was made.';
COMMENT ON COLUMN plans.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN plans.slug IS 'Readable name in addresses; never changes.';
COMMENT ON COLUMN plans.title IS 'Title of the plan.';
COMMENT ON COLUMN plans.programme IS 'Programme under which it was agreed, e.g. IUC Asia.';
COMMENT ON COLUMN plans.kind IS 'pairing (one lead city) or cluster (none).';
COMMENT ON COLUMN plans.status IS 'draft, active, completed or cancelled.';
COMMENT ON COLUMN plans.period IS 'Period of cooperation: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN plans.objectives IS 'Main objectives, in the order of the form.';
COMMENT ON COLUMN plans.challenges IS 'Key challenges, in the order of the form.';
COMMENT ON COLUMN plans.cities IS 'Who cooperates: [{city_id, role, as_stated}], as_stated being the wording of the form.';
COMMENT ON COLUMN plans.themes IS 'Cooperation themes: [{theme_id, label, focus}].';
COMMENT ON COLUMN plans.sdgs IS 'Sustainable Development Goals: [{goal, target, label}].';
COMMENT ON COLUMN plans.urban_agenda IS 'Urban Agenda partnerships: [{partnership, label}].';
COMMENT ON COLUMN plans.contacts IS 'Whom to ask: [{organisation, name, email, url, purpose}].';
COMMENT ON COLUMN plans.sources IS 'Where the record comes from: [{title, url, language, retrieved_on, note}].';
COMMENT ON COLUMN plans.relations IS 'Other plans: [{plan_id, kind}].';
COMMENT ON COLUMN plans.note IS 'Remark of an editor.';
COMMENT ON COLUMN plans.first_day IS 'First day of the period; open to the past if only its end is known; null = no period.';
COMMENT ON COLUMN plans.last_day IS 'Last day of the period; open to the future if only its start is known; null = no period.';
COMMENT ON COLUMN plans.period_start_ascending IS 'Sort key: start of the period, unknown after all others.';
COMMENT ON COLUMN plans.period_start_descending IS 'Sort key for descending order: start of the period, unknown after all others.';

CREATE TABLE plan_cities (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT plan_cities_pkey PRIMARY KEY (plan_id, city_id),
    CONSTRAINT plan_cities_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT plan_cities_role_known CHECK (role IN ('lead', 'partner'))
);
CREATE INDEX plan_cities_city_id ON plan_cities (city_id, plan_id);
COMMENT ON TABLE plan_cities IS 'plans.cities as rows: what filters search and deletions ask. Kept by a trigger.';
COMMENT ON COLUMN plan_cities.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_cities.city_id IS 'A city that cooperates in it.';
COMMENT ON COLUMN plan_cities.role IS 'lead or partner.';

CREATE TABLE plan_themes (
    plan_id uuid NOT NULL,
    theme_id uuid NOT NULL,
    CONSTRAINT plan_themes_pkey PRIMARY KEY (plan_id, theme_id),
    CONSTRAINT plan_themes_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_themes_theme_id_fkey FOREIGN KEY (theme_id) REFERENCES themes (id)
);
CREATE INDEX plan_themes_theme_id ON plan_themes (theme_id, plan_id);
COMMENT ON TABLE plan_themes IS 'plans.themes as rows; what the themes of activities and outcomes refer to. Kept by a trigger.';
COMMENT ON COLUMN plan_themes.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_themes.theme_id IS 'A theme of it.';

CREATE TABLE plan_focus_cities (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    CONSTRAINT plan_focus_cities_pkey PRIMARY KEY (plan_id, city_id),
    CONSTRAINT plan_focus_cities_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_focus_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX plan_focus_cities_city_id ON plan_focus_cities (city_id, plan_id);
COMMENT ON TABLE plan_focus_cities IS 'The cities named in plans.themes[].focus[], as rows. Kept by a trigger.';
COMMENT ON COLUMN plan_focus_cities.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_focus_cities.city_id IS 'A city named in one of its key focus statements.';

CREATE TABLE plan_sdgs (
    plan_id uuid NOT NULL,
    goal integer NOT NULL,
    CONSTRAINT plan_sdgs_pkey PRIMARY KEY (plan_id, goal),
    CONSTRAINT plan_sdgs_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_sdgs_goal_range CHECK (goal BETWEEN 1 AND 17)
);
CREATE INDEX plan_sdgs_goal ON plan_sdgs (goal, plan_id);
COMMENT ON TABLE plan_sdgs IS 'The goals of plans.sdgs as rows, each once. Kept by a trigger.';
COMMENT ON COLUMN plan_sdgs.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_sdgs.goal IS 'Number of the Sustainable Development Goal, 1 to 17.';

CREATE TABLE plan_urban_agenda (
    plan_id uuid NOT NULL,
    partnership text NOT NULL,
    CONSTRAINT plan_urban_agenda_pkey PRIMARY KEY (plan_id, partnership),
    CONSTRAINT plan_urban_agenda_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_urban_agenda_partnership_fkey FOREIGN KEY (partnership) REFERENCES urban_agenda_partnerships (slug)
);
CREATE INDEX plan_urban_agenda_partnership ON plan_urban_agenda (partnership, plan_id);
COMMENT ON TABLE plan_urban_agenda IS 'plans.urban_agenda as rows. Kept by a trigger.';
COMMENT ON COLUMN plan_urban_agenda.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_urban_agenda.partnership IS 'The partnership.';

CREATE TABLE plan_relations (
    plan_id uuid NOT NULL,
    related_plan_id uuid NOT NULL,
    kind text NOT NULL,
    CONSTRAINT plan_relations_pkey PRIMARY KEY (plan_id, related_plan_id, kind),
    CONSTRAINT plan_relations_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT plan_relations_related_plan_id_fkey FOREIGN KEY (related_plan_id) REFERENCES plans (id),
    CONSTRAINT plan_relations_kind_known CHECK (kind IN ('mirrors', 'member_of', 'continues')),
    CONSTRAINT plan_relations_not_itself CHECK (plan_id <> related_plan_id)
);
CREATE INDEX plan_relations_related_plan_id ON plan_relations (related_plan_id);
COMMENT ON TABLE plan_relations IS 'plans.relations as rows. Kept by a trigger.';
COMMENT ON COLUMN plan_relations.plan_id IS 'The plan that states the relation.';
COMMENT ON COLUMN plan_relations.related_plan_id IS 'The plan it relates to.';
COMMENT ON COLUMN plan_relations.kind IS 'mirrors, member_of or continues.';

-- Links that stay are left alone: deleting and inserting them again would break what refers to them.
CREATE FUNCTION link_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.cities <> OLD.cities THEN
        DELETE FROM plan_cities WHERE plan_id = NEW.id
            AND city_id NOT IN (SELECT (item ->> 'city_id')::uuid FROM jsonb_array_elements(NEW.cities) AS item);
        INSERT INTO plan_cities (plan_id, city_id, role)
        SELECT NEW.id, (item ->> 'city_id')::uuid, item ->> 'role' FROM jsonb_array_elements(NEW.cities) AS item
        ON CONFLICT ON CONSTRAINT plan_cities_pkey DO UPDATE SET role = excluded.role;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.themes <> OLD.themes THEN
        DELETE FROM plan_themes WHERE plan_id = NEW.id
            AND theme_id NOT IN (SELECT (item ->> 'theme_id')::uuid FROM jsonb_array_elements(NEW.themes) AS item);
        INSERT INTO plan_themes (plan_id, theme_id)
        SELECT NEW.id, (item ->> 'theme_id')::uuid FROM jsonb_array_elements(NEW.themes) AS item
        ON CONFLICT ON CONSTRAINT plan_themes_pkey DO NOTHING;
        DELETE FROM plan_focus_cities WHERE plan_id = NEW.id;
        INSERT INTO plan_focus_cities (plan_id, city_id)
        SELECT DISTINCT NEW.id, (city #>> '{}')::uuid FROM jsonb_path_query(NEW.themes, '$[*].focus[*].city_ids[*]') AS city;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.sdgs <> OLD.sdgs THEN
        DELETE FROM plan_sdgs WHERE plan_id = NEW.id;
        INSERT INTO plan_sdgs (plan_id, goal)
        SELECT DISTINCT NEW.id, (item ->> 'goal')::integer FROM jsonb_array_elements(NEW.sdgs) AS item;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.urban_agenda <> OLD.urban_agenda THEN
        DELETE FROM plan_urban_agenda WHERE plan_id = NEW.id;
        INSERT INTO plan_urban_agenda (plan_id, partnership)
        SELECT NEW.id, item ->> 'partnership' FROM jsonb_array_elements(NEW.urban_agenda) AS item;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.relations <> OLD.relations THEN
        DELETE FROM plan_relations WHERE plan_id = NEW.id;
        INSERT INTO plan_relations (plan_id, related_plan_id, kind)
        SELECT NEW.id, (item ->> 'plan_id')::uuid, item ->> 'kind' FROM jsonb_array_elements(NEW.relations) AS item;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT OR UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION link_plan();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON plans FOR EACH ROW
    EXECUTE FUNCTION record_change('plan', '{first_day,last_day,period_start_ascending,period_start_descending}');
