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
    first_day date,
    last_day date,
    due_ascending date NOT NULL,
    due_descending date NOT NULL,
    folded_heading text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    CONSTRAINT outcomes_pkey PRIMARY KEY (id),
    CONSTRAINT outcomes_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    -- Deferrable, because a whole plan is written in one transaction, in which a theme may be removed from the plan before the
    -- outcomes that served it change.
    CONSTRAINT outcomes_plan_theme_fkey FOREIGN KEY (plan_id, theme_id) REFERENCES plan_themes (plan_id, theme_id)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT outcomes_kind_known CHECK (kind IN ('result', 'benefit', 'output')),
    CONSTRAINT outcomes_status_known CHECK (status IN ('interest', 'possible', 'planned', 'agreed', 'in_progress', 'achieved', 'dropped')),
    CONSTRAINT outcomes_due_ordered CHECK (first_day <= last_day),
    CONSTRAINT outcomes_position_not_negative CHECK (position >= 0)
);
COMMENT ON TABLE outcomes IS 'Expected or achieved results and benefits of a plan.';
COMMENT ON COLUMN outcomes.id IS 'UUIDv7 of the record, assigned by the service.';
COMMENT ON COLUMN outcomes.version IS 'Version of the record: 1 when it is created, one more with each write that changes it.';
COMMENT ON COLUMN outcomes.created_at IS 'When the record was created.';
COMMENT ON COLUMN outcomes.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN outcomes.plan_id IS 'The plan of the outcome.';
COMMENT ON COLUMN outcomes.theme_id IS 'Theme of the plan that the outcome serves; null = none.';
COMMENT ON COLUMN outcomes.heading IS 'Heading in the source, which often differs from the name of the theme.';
COMMENT ON COLUMN outcomes.description IS 'What is expected or was achieved.';
COMMENT ON COLUMN outcomes.kind IS 'result, benefit or output.';
COMMENT ON COLUMN outcomes.status IS 'How certain it is: interest, possible, planned, agreed, in_progress, achieved or dropped.';
COMMENT ON COLUMN outcomes.due IS 'When it is due: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN outcomes.cities IS 'Cities involved: [{city_id, role}].';
COMMENT ON COLUMN outcomes.organisations IS 'Organisations involved: [{name, acronym, kind, role, city_id}].';
COMMENT ON COLUMN outcomes.indicators IS 'How it is measured: [{name, unit, baseline, target, actual}].';
COMMENT ON COLUMN outcomes.position IS 'Order within the plan, from 0; need not be consecutive.';
COMMENT ON COLUMN outcomes.note IS 'Remark of an editor.';
COMMENT ON COLUMN outcomes.first_day IS 'First day that the due date can mean; null = undated. Derived by the program.';
COMMENT ON COLUMN outcomes.last_day IS 'Last day that the due date can mean; null = undated. Derived by the program.';
COMMENT ON COLUMN outcomes.due_ascending IS 'Sort key for ascending order: first day, with undated ones last. Derived by the program.';
COMMENT ON COLUMN outcomes.due_descending IS 'Sort key for descending order: first day, with undated ones last. Derived by the program.';
COMMENT ON COLUMN outcomes.folded_heading IS 'Heading in lower case, without accents and marks, by which it is sorted and compared; empty if there is none. Derived by the program.';
COMMENT ON COLUMN outcomes.search IS 'Words for the full-text search, each with how much it weighs in the record. Derived by the program.';

-- One index for each sort key of the list; the id breaks ties.
CREATE INDEX outcomes_created_at ON outcomes (created_at, id);
CREATE INDEX outcomes_updated_at ON outcomes (updated_at, id);
CREATE INDEX outcomes_position ON outcomes (position, id);
CREATE INDEX outcomes_due_ascending ON outcomes (due_ascending, id, last_day);
COMMENT ON INDEX outcomes_due_ascending IS
    'A sort key. last_day is in the index so that outcomes that were due too early are skipped without reading their rows.';
CREATE INDEX outcomes_due_descending ON outcomes (due_descending, id, last_day);
COMMENT ON INDEX outcomes_due_descending IS
    'A sort key. last_day is in the index so that outcomes that were due too early are skipped without reading their rows.';
CREATE INDEX outcomes_plan_id ON outcomes (plan_id, position, id);
COMMENT ON INDEX outcomes_plan_id IS 'The outcomes of a plan, in their order.';
CREATE INDEX outcomes_plan_theme ON outcomes (plan_id, theme_id);
COMMENT ON INDEX outcomes_plan_theme IS 'For the foreign key: finds the outcomes that serve a theme when it is removed from the plan.';
CREATE INDEX outcomes_theme_id ON outcomes (theme_id, id);
-- Date filters match by overlap; each end has its own index.
CREATE INDEX outcomes_first_day ON outcomes (first_day);
CREATE INDEX outcomes_last_day ON outcomes (last_day);
CREATE INDEX outcomes_duration ON outcomes ((last_day - first_day));
COMMENT ON INDEX outcomes_duration IS
    'Duration in days. Its maximum bounds how early a due date can begin that ends on or after a given day.';
-- Filters by values that few records have.
CREATE INDEX outcomes_kind ON outcomes (kind, status);
CREATE INDEX outcomes_status ON outcomes (status);
CREATE INDEX outcomes_search ON outcomes USING gin (search);
CREATE STATISTICS outcomes_kind_status (mcv) ON kind, status FROM outcomes;
COMMENT ON STATISTICS outcomes_kind_status IS
    'How often each pair of kind and status occurs: the planner cannot derive it from the two columns.';
-- The planner decides by the frequency of a word whether to start from the words or from the sort key.
ALTER TABLE outcomes ALTER COLUMN search SET STATISTICS 500;

-- Link tables

CREATE TABLE outcome_cities (
    outcome_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT outcome_cities_pkey PRIMARY KEY (outcome_id, city_id, role),
    CONSTRAINT outcome_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT outcome_cities_role_known CHECK (role IN ('beneficiary', 'funder', 'implementer', 'partner', 'mentioned'))
);
CREATE INDEX outcome_cities_city_id ON outcome_cities (city_id, role, outcome_id);
COMMENT ON INDEX outcome_cities_city_id IS 'The outcomes of a city, with or without a given role: filters ask for both.';
-- Some cities are named by very many outcomes and most by few: the planner needs to know which.
ALTER TABLE outcome_cities ALTER COLUMN city_id SET STATISTICS 1000;
CREATE STATISTICS outcome_cities_city_role (mcv) ON city_id, role FROM outcome_cities;
COMMENT ON STATISTICS outcome_cities_city_role IS
    'How often each pair of city and role occurs: the planner cannot derive it from the two columns.';
ALTER STATISTICS outcome_cities_city_role SET STATISTICS 5000;
COMMENT ON TABLE outcome_cities IS 'Link table: outcomes.cities, one row each. Maintained by triggers.';
COMMENT ON COLUMN outcome_cities.outcome_id IS 'The outcome.';
COMMENT ON COLUMN outcome_cities.city_id IS 'A city involved.';
COMMENT ON COLUMN outcome_cities.role IS 'beneficiary, funder, implementer, partner or mentioned.';

CREATE TABLE outcome_organisations (
    outcome_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    acronym text,
    city_id uuid,
    CONSTRAINT outcome_organisations_pkey PRIMARY KEY (outcome_id, position),
    CONSTRAINT outcome_organisations_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX outcome_organisations_city_id ON outcome_organisations (city_id);
COMMENT ON TABLE outcome_organisations IS 'Link table: outcomes.organisations, one row each. Maintained by triggers.';
COMMENT ON COLUMN outcome_organisations.outcome_id IS 'The outcome.';
COMMENT ON COLUMN outcome_organisations.position IS 'Place in the list, from 1.';
COMMENT ON COLUMN outcome_organisations.name IS 'Name of the organisation.';
COMMENT ON COLUMN outcome_organisations.acronym IS 'Acronym of the organisation; null = none stated.';
COMMENT ON COLUMN outcome_organisations.city_id IS 'City of its seat; null = not stated.';

-- Triggers

CREATE FUNCTION maintain_outcome_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];     -- the outcomes whose rows are replaced
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(
            SELECT id FROM written JOIN replaced USING (id)
            WHERE (written.cities, written.organisations)
                <> (replaced.cities, replaced.organisations));
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id FROM written);
    END IF;
    IF ids <> '{}' THEN
        DELETE FROM outcome_cities WHERE outcome_id = ANY (ids);
        DELETE FROM outcome_organisations WHERE outcome_id = ANY (ids);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ids <> '{}' THEN
        INSERT INTO outcome_cities (outcome_id, city_id, role)
        SELECT id, (item ->> 'city_id')::uuid, item ->> 'role'
        FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item
        WHERE ids IS NULL OR id = ANY (ids);
        INSERT INTO outcome_organisations (outcome_id, position, name, acronym, city_id)
        SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
        FROM written CROSS JOIN LATERAL jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place)
        WHERE ids IS NULL OR id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_outcome_links() IS
    'Trigger function: writes the rows of all written outcomes in outcome_cities and outcome_organisations.';

CREATE TRIGGER maintain_links_after_insert AFTER INSERT ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_outcome_links();
COMMENT ON TRIGGER maintain_links_after_insert ON outcomes IS 'Maintains the link tables of created outcomes.';
CREATE TRIGGER maintain_links_after_update AFTER UPDATE ON outcomes REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_outcome_links();
COMMENT ON TRIGGER maintain_links_after_update ON outcomes IS 'Maintains the link tables of changed outcomes.';
CREATE TRIGGER maintain_links_after_delete AFTER DELETE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_outcome_links();
COMMENT ON TRIGGER maintain_links_after_delete ON outcomes IS 'Maintains the link tables of deleted outcomes.';
CALL log_changes('outcomes', 'outcome', '{search,folded_heading,first_day,last_day,due_ascending,due_descending}');
