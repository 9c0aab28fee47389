CREATE TABLE activities (
    id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    plan_id uuid NOT NULL,
    title text NOT NULL,
    description text,
    kind text NOT NULL,
    mode text,
    status text NOT NULL,
    date jsonb NOT NULL,
    cities jsonb NOT NULL,
    organisations jsonb NOT NULL,
    theme_ids uuid[] NOT NULL,
    outputs text[] NOT NULL,
    position integer NOT NULL,
    note text,
    first_day date,
    last_day date,
    date_ascending date NOT NULL,
    date_descending date NOT NULL,
    folded_title text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    CONSTRAINT activities_pkey PRIMARY KEY (id),
    CONSTRAINT activities_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT activities_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT activities_kind_known CHECK (kind IN ('mission', 'meeting', 'conference', 'webinar', 'workshop', 'coaching',
        'exhibition', 'agreement', 'pilot_project', 'publication', 'other')),
    CONSTRAINT activities_mode_known CHECK (mode IN ('in_person', 'online', 'hybrid')),
    CONSTRAINT activities_status_known CHECK (status IN ('planned', 'held', 'postponed', 'cancelled')),
    CONSTRAINT activities_date_ordered CHECK (first_day <= last_day),
    CONSTRAINT activities_position_not_negative CHECK (position >= 0)
);
COMMENT ON TABLE activities IS 'Activities that took place or are planned under a plan.';
COMMENT ON COLUMN activities.id IS 'UUIDv7 of the record, assigned by the service.';
COMMENT ON COLUMN activities.version IS 'Version of the record: 1 when it is created, one more with each write that changes it.';
COMMENT ON COLUMN activities.created_at IS 'When the record was created.';
COMMENT ON COLUMN activities.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN activities.plan_id IS 'The plan of the activity.';
COMMENT ON COLUMN activities.title IS 'What the activity is, in one line.';
COMMENT ON COLUMN activities.description IS 'What happened or will happen.';
COMMENT ON COLUMN activities.kind IS
    'mission, meeting, conference, webinar, workshop, coaching, exhibition, agreement, pilot_project, publication or other.';
COMMENT ON COLUMN activities.mode IS 'in_person, online or hybrid; null = not stated.';
COMMENT ON COLUMN activities.status IS 'planned, held, postponed or cancelled.';
COMMENT ON COLUMN activities.date IS 'When: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN activities.cities IS 'Cities involved: [{city_id, role}].';
COMMENT ON COLUMN activities.organisations IS 'Organisations involved: [{name, acronym, kind, role, city_id}].';
COMMENT ON COLUMN activities.theme_ids IS 'Themes of the plan that the activity serves.';
COMMENT ON COLUMN activities.outputs IS 'Key outputs, in the order of the source.';
COMMENT ON COLUMN activities.position IS 'Order within the plan, from 0; need not be consecutive.';
COMMENT ON COLUMN activities.note IS 'Remark of an editor.';
COMMENT ON COLUMN activities.first_day IS 'First day that the date can mean; null = undated. Derived by the program.';
COMMENT ON COLUMN activities.last_day IS 'Last day that the date can mean; null = undated. Derived by the program.';
COMMENT ON COLUMN activities.date_ascending IS 'Sort key for ascending order: first day, with undated ones last. Derived by the program.';
COMMENT ON COLUMN activities.date_descending IS 'Sort key for descending order: first day, with undated ones last. Derived by the program.';
COMMENT ON COLUMN activities.folded_title IS 'Title in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.';
COMMENT ON COLUMN activities.search IS 'Words for the full-text search, each with how much it weighs in the record. Derived by the program.';

-- One index for each sort key of the list; the id breaks ties.
CREATE INDEX activities_created_at ON activities (created_at, id);
CREATE INDEX activities_updated_at ON activities (updated_at, id);
CREATE INDEX activities_title ON activities (folded_title, id);
CREATE INDEX activities_position ON activities (position, id);
CREATE INDEX activities_date_ascending ON activities (date_ascending, id, last_day);
COMMENT ON INDEX activities_date_ascending IS
    'A sort key. last_day is in the index so that activities that ended too early are skipped without reading their rows.';
CREATE INDEX activities_date_descending ON activities (date_descending, id, last_day);
COMMENT ON INDEX activities_date_descending IS
    'A sort key. last_day is in the index so that activities that ended too early are skipped without reading their rows.';
CREATE INDEX activities_plan_id ON activities (plan_id, position, id);
COMMENT ON INDEX activities_plan_id IS 'The activities of a plan, in their order.';
-- Date filters match by overlap; each end has its own index.
CREATE INDEX activities_first_day ON activities (first_day);
CREATE INDEX activities_last_day ON activities (last_day);
CREATE INDEX activities_duration ON activities ((last_day - first_day));
COMMENT ON INDEX activities_duration IS
    'Duration in days. Its maximum bounds how early an activity can have begun that ended on or after a given day.';
-- Filters by values that few records have.
CREATE INDEX activities_kind ON activities (kind, status);
CREATE INDEX activities_status ON activities (status);
CREATE INDEX activities_mode ON activities (mode);
CREATE INDEX activities_search ON activities USING gin (search);
CREATE STATISTICS activities_kind_mode_status (mcv) ON kind, mode, status FROM activities;
COMMENT ON STATISTICS activities_kind_mode_status IS
    'How often each combination of kind, mode and status occurs: the planner cannot derive it from the three columns.';
-- The planner decides by the frequency of a word whether to start from the words or from the sort key.
ALTER TABLE activities ALTER COLUMN search SET STATISTICS 500;

-- Link tables

CREATE TABLE activity_cities (
    activity_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT activity_cities_pkey PRIMARY KEY (activity_id, city_id, role),
    CONSTRAINT activity_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT activity_cities_role_known CHECK (role IN ('host', 'venue', 'visitor', 'participant', 'mentioned'))
);
CREATE INDEX activity_cities_city_id ON activity_cities (city_id, role, activity_id);
COMMENT ON INDEX activity_cities_city_id IS 'The activities of a city, with or without a given role: filters ask for both.';
-- Some cities are named by very many activities and most by few: the planner needs to know which.
ALTER TABLE activity_cities ALTER COLUMN city_id SET STATISTICS 1000;
CREATE STATISTICS activity_cities_city_role (mcv) ON city_id, role FROM activity_cities;
COMMENT ON STATISTICS activity_cities_city_role IS
    'How often each pair of city and role occurs: the planner cannot derive it from the two columns.';
ALTER STATISTICS activity_cities_city_role SET STATISTICS 5000;
COMMENT ON TABLE activity_cities IS 'Link table: activities.cities, one row each. Maintained by triggers.';
COMMENT ON COLUMN activity_cities.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_cities.city_id IS 'A city involved.';
COMMENT ON COLUMN activity_cities.role IS 'host, venue, visitor, participant or mentioned.';

CREATE TABLE activity_organisations (
    activity_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    acronym text,
    city_id uuid,
    CONSTRAINT activity_organisations_pkey PRIMARY KEY (activity_id, position),
    CONSTRAINT activity_organisations_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX activity_organisations_city_id ON activity_organisations (city_id);
COMMENT ON TABLE activity_organisations IS 'Link table: activities.organisations, one row each. Maintained by triggers.';
COMMENT ON COLUMN activity_organisations.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_organisations.position IS 'Place in the list, from 1.';
COMMENT ON COLUMN activity_organisations.name IS 'Name of the organisation.';
COMMENT ON COLUMN activity_organisations.acronym IS 'Acronym of the organisation; null = none stated.';
COMMENT ON COLUMN activity_organisations.city_id IS 'City of its seat; null = not stated.';

CREATE TABLE activity_themes (
    activity_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    theme_id uuid NOT NULL,
    CONSTRAINT activity_themes_pkey PRIMARY KEY (activity_id, theme_id),
    -- Deferrable, because a whole plan is written in one transaction, in which a theme may be removed from the plan before the
    -- activities that served it change.
    CONSTRAINT activity_themes_plan_theme_fkey FOREIGN KEY (plan_id, theme_id) REFERENCES plan_themes (plan_id, theme_id)
        DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX activity_themes_plan_theme ON activity_themes (plan_id, theme_id);
CREATE INDEX activity_themes_theme_id ON activity_themes (theme_id, activity_id);
ALTER TABLE activity_themes ALTER COLUMN theme_id SET STATISTICS 1000;
COMMENT ON TABLE activity_themes IS
    'Link table: activities.theme_ids, one row each. Its foreign key makes each a theme of the plan. Maintained by triggers.';
COMMENT ON COLUMN activity_themes.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_themes.plan_id IS 'The plan of the activity.';
COMMENT ON COLUMN activity_themes.theme_id IS 'A theme of this plan.';

-- Triggers

CREATE FUNCTION maintain_activity_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];     -- the activities whose rows are replaced
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(
            SELECT id FROM written JOIN replaced USING (id)
            WHERE (written.plan_id, written.cities, written.organisations, written.theme_ids)
                <> (replaced.plan_id, replaced.cities, replaced.organisations, replaced.theme_ids));
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id FROM written);
    END IF;
    IF ids <> '{}' THEN
        DELETE FROM activity_cities WHERE activity_id = ANY (ids);
        DELETE FROM activity_organisations WHERE activity_id = ANY (ids);
        DELETE FROM activity_themes WHERE activity_id = ANY (ids);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ids <> '{}' THEN
        INSERT INTO activity_cities (activity_id, city_id, role)
        SELECT id, (item ->> 'city_id')::uuid, item ->> 'role'
        FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item
        WHERE ids IS NULL OR id = ANY (ids);
        INSERT INTO activity_organisations (activity_id, position, name, acronym, city_id)
        SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
        FROM written CROSS JOIN LATERAL jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place)
        WHERE ids IS NULL OR id = ANY (ids);
        INSERT INTO activity_themes (activity_id, plan_id, theme_id)
        SELECT id, plan_id, unnest(theme_ids) FROM written WHERE ids IS NULL OR id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_activity_links() IS
    'Trigger function: writes the rows of all written activities in activity_cities, activity_organisations and activity_themes.';

CREATE TRIGGER maintain_links_after_insert AFTER INSERT ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_activity_links();
COMMENT ON TRIGGER maintain_links_after_insert ON activities IS 'Maintains the link tables of created activities.';
CREATE TRIGGER maintain_links_after_update AFTER UPDATE ON activities REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_activity_links();
COMMENT ON TRIGGER maintain_links_after_update ON activities IS 'Maintains the link tables of changed activities.';
CREATE TRIGGER maintain_links_after_delete AFTER DELETE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_activity_links();
COMMENT ON TRIGGER maintain_links_after_delete ON activities IS 'Maintains the link tables of deleted activities.';
CALL log_changes('activities', 'activity', '{search,folded_title,first_day,last_day,date_ascending,date_descending}');
