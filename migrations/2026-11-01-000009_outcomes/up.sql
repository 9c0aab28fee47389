CREATE TABLE outcomes (
    id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    plan_id uuid NOT NULL,
    theme_id uuid,
    heading text,
    description text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    due jsonb NOT NULL,
    cities jsonb NOT NULL,
    organisations jsonb NOT NULL,
    indicators jsonb NOT NULL,
    position integer NOT NULL,
    note text,
    first_day date GENERATED ALWAYS AS (partial_date_earliest(coalesce(due ->> 'start', due ->> 'end'))) STORED,
    last_day date GENERATED ALWAYS AS (partial_date_latest(coalesce(due ->> 'end', due ->> 'start'))) STORED,
    due_ascending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(coalesce(due ->> 'start', due ->> 'end')), make_date(9999, 12, 31))) STORED,
    due_descending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(coalesce(due ->> 'start', due ->> 'end')), make_date(1, 1, 1))) STORED,
    CONSTRAINT outcomes_pkey PRIMARY KEY (id),
    CONSTRAINT outcomes_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT outcomes_plan_theme_fkey FOREIGN KEY (plan_id, theme_id) REFERENCES plan_themes (plan_id, theme_id),
    CONSTRAINT outcomes_kind_known CHECK (kind IN ('result', 'benefit', 'output')),
    CONSTRAINT outcomes_status_known CHECK (status IN ('interest', 'possible', 'planned', 'agreed', 'in_progress', 'achieved', 'dropped')),
    CONSTRAINT outcomes_due_ordered CHECK (partial_date_earliest(due ->> 'start') <= partial_date_latest(due ->> 'end')),
    CONSTRAINT outcomes_position_not_negative CHECK (position >= 0)
);
CREATE INDEX outcomes_created_at ON outcomes (created_at, id);
CREATE INDEX outcomes_updated_at ON outcomes (updated_at, id);
CREATE INDEX outcomes_position ON outcomes (position, id);
CREATE INDEX outcomes_due_ascending ON outcomes (due_ascending, id);
CREATE INDEX outcomes_due_descending ON outcomes (due_descending, id);
CREATE INDEX outcomes_plan_id ON outcomes (plan_id, position, id);
CREATE INDEX outcomes_plan_theme ON outcomes (plan_id, theme_id);
CREATE INDEX outcomes_theme_id ON outcomes (theme_id, id);
COMMENT ON TABLE outcomes IS 'Expected or achieved results and benefits of a plan.';
COMMENT ON COLUMN outcomes.id IS 'UUIDv7 of the record.';
COMMENT ON COLUMN outcomes.version IS 'Counts the writes that changed the record, from 1.';
COMMENT ON COLUMN outcomes.created_at IS 'When the record was made.';
COMMENT ON COLUMN outcomes.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN outcomes.plan_id IS 'The plan that it belongs to.';
COMMENT ON COLUMN outcomes.theme_id IS 'Theme of the plan that it serves; null = none.';
COMMENT ON COLUMN outcomes.heading IS 'Heading in the source, which often differs from the theme.';
COMMENT ON COLUMN outcomes.description IS 'What is expected or was achieved.';
COMMENT ON COLUMN outcomes.kind IS 'result, benefit or output.';
COMMENT ON COLUMN outcomes.status IS 'How firm it is, from interest to achieved or dropped.';
COMMENT ON COLUMN outcomes.due IS 'When it is due: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN outcomes.cities IS 'Cities involved: [{city_id, role}].';
COMMENT ON COLUMN outcomes.organisations IS 'Organisations involved: [{name, acronym, kind, role, city_id}].';
COMMENT ON COLUMN outcomes.indicators IS 'How it is measured: [{name, unit, baseline, target, actual}].';
COMMENT ON COLUMN outcomes.position IS 'Order within the plan, from 0.';
COMMENT ON COLUMN outcomes.note IS 'Remark of an editor.';
COMMENT ON COLUMN outcomes.first_day IS 'First day on which it can be due; null = undated.';
COMMENT ON COLUMN outcomes.last_day IS 'Last day on which it can be due; null = undated.';
COMMENT ON COLUMN outcomes.due_ascending IS 'Sort key: first day, undated after all others.';
COMMENT ON COLUMN outcomes.due_descending IS 'Sort key for descending order: first day, undated after all others.';

CREATE TABLE outcome_cities (
    outcome_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT outcome_cities_pkey PRIMARY KEY (outcome_id, city_id, role),
    CONSTRAINT outcome_cities_outcome_id_fkey FOREIGN KEY (outcome_id) REFERENCES outcomes (id) ON DELETE CASCADE,
    CONSTRAINT outcome_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT outcome_cities_role_known CHECK (role IN ('beneficiary', 'funder', 'implementer', 'partner', 'mentioned'))
);
CREATE INDEX outcome_cities_city_id ON outcome_cities (city_id, outcome_id);
COMMENT ON TABLE outcome_cities IS 'outcomes.cities as rows. Kept by a trigger.';
COMMENT ON COLUMN outcome_cities.outcome_id IS 'The outcome.';
COMMENT ON COLUMN outcome_cities.city_id IS 'A city involved.';
COMMENT ON COLUMN outcome_cities.role IS 'Its part: beneficiary, funder, implementer, partner or mentioned.';

CREATE TABLE outcome_organisations (
    outcome_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    acronym text,
    city_id uuid,
    CONSTRAINT outcome_organisations_pkey PRIMARY KEY (outcome_id, position),
    CONSTRAINT outcome_organisations_outcome_id_fkey FOREIGN KEY (outcome_id) REFERENCES outcomes (id) ON DELETE CASCADE,
    CONSTRAINT outcome_organisations_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX outcome_organisations_name ON outcome_organisations (lower(name), outcome_id);
CREATE INDEX outcome_organisations_acronym ON outcome_organisations (lower(acronym), outcome_id);
CREATE INDEX outcome_organisations_city_id ON outcome_organisations (city_id);
COMMENT ON TABLE outcome_organisations IS 'outcomes.organisations as rows. Kept by a trigger.';
COMMENT ON COLUMN outcome_organisations.outcome_id IS 'The outcome.';
COMMENT ON COLUMN outcome_organisations.position IS 'Place in the list, from 1.';
COMMENT ON COLUMN outcome_organisations.name IS 'Name of the organisation.';
COMMENT ON COLUMN outcome_organisations.acronym IS 'Its acronym.';
COMMENT ON COLUMN outcome_organisations.city_id IS 'City of its seat.';

CREATE FUNCTION link_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.cities = OLD.cities AND NEW.organisations = OLD.organisations THEN RETURN NULL; END IF;
        DELETE FROM outcome_cities WHERE outcome_id = NEW.id;
        DELETE FROM outcome_organisations WHERE outcome_id = NEW.id;
    END IF;
    INSERT INTO outcome_cities (outcome_id, city_id, role)
    SELECT NEW.id, (item ->> 'city_id')::uuid, item ->> 'role' FROM jsonb_array_elements(NEW.cities) AS item;
    INSERT INTO outcome_organisations (outcome_id, position, name, acronym, city_id)
    SELECT NEW.id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
    FROM jsonb_array_elements(NEW.organisations) WITH ORDINALITY AS entry (item, place);
    RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT OR UPDATE ON outcomes FOR EACH ROW EXECUTE FUNCTION link_outcome();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON outcomes FOR EACH ROW
    EXECUTE FUNCTION record_change('outcome', '{first_day,last_day,due_ascending,due_descending}');
