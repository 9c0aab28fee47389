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
    first_day date GENERATED ALWAYS AS (partial_date_earliest(coalesce(date ->> 'start', date ->> 'end'))) STORED,
    last_day date GENERATED ALWAYS AS (partial_date_latest(coalesce(date ->> 'end', date ->> 'start'))) STORED,
    date_ascending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(coalesce(date ->> 'start', date ->> 'end')), make_date(9999, 12, 31))) STORED,
    date_descending date NOT NULL GENERATED ALWAYS AS
        (coalesce(partial_date_earliest(coalesce(date ->> 'start', date ->> 'end')), make_date(1, 1, 1))) STORED,
    CONSTRAINT activities_pkey PRIMARY KEY (id),
    CONSTRAINT activities_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT activities_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT activities_kind_known CHECK (kind IN ('mission', 'meeting', 'conference', 'webinar', 'workshop', 'coaching',
        'exhibition', 'agreement', 'pilot_project', 'publication', 'other')),
    CONSTRAINT activities_mode_known CHECK (mode IN ('in_person', 'online', 'hybrid')),
    CONSTRAINT activities_status_known CHECK (status IN ('planned', 'held', 'postponed', 'cancelled')),
    CONSTRAINT activities_date_ordered CHECK (partial_date_earliest(date ->> 'start') <= partial_date_latest(date ->> 'end')),
    CONSTRAINT activities_position_not_negative CHECK (position >= 0)
);
CREATE INDEX activities_created_at ON activities (created_at, id);
CREATE INDEX activities_updated_at ON activities (updated_at, id);
CREATE INDEX activities_title ON activities (title COLLATE "C", id);
CREATE INDEX activities_position ON activities (position, id);
CREATE INDEX activities_date_ascending ON activities (date_ascending, id);
CREATE INDEX activities_date_descending ON activities (date_descending, id);
CREATE INDEX activities_plan_id ON activities (plan_id, position, id);
COMMENT ON TABLE activities IS 'What was done or is planned under a plan.';
COMMENT ON COLUMN activities.id IS 'UUIDv7 of the record.';
COMMENT ON COLUMN activities.version IS 'Counts the writes that changed the record, from 1.';
COMMENT ON COLUMN activities.created_at IS 'When the record was made.';
COMMENT ON COLUMN activities.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN activities.plan_id IS 'The plan that it belongs to.';
COMMENT ON COLUMN activities.title IS 'What it was, in a line.';
COMMENT ON COLUMN activities.description IS 'What happened or is to happen.';
COMMENT ON COLUMN activities.kind IS 'What sort of activity.';
COMMENT ON COLUMN activities.mode IS 'in_person, online or hybrid; null = not stated.';
COMMENT ON COLUMN activities.status IS 'planned, held, postponed or cancelled.';
COMMENT ON COLUMN activities.date IS 'When: {start, end, text}, partial dates and the wording of the source.';
COMMENT ON COLUMN activities.cities IS 'Cities involved: [{city_id, role}].';
COMMENT ON COLUMN activities.organisations IS 'Organisations involved: [{name, acronym, kind, role, city_id}].';
COMMENT ON COLUMN activities.theme_ids IS 'Themes of the plan that it serves.';
COMMENT ON COLUMN activities.outputs IS 'Key outputs, in the order of the form.';
COMMENT ON COLUMN activities.position IS 'Order within the plan, from 0.';
COMMENT ON COLUMN activities.note IS 'Remark of an editor.';
COMMENT ON COLUMN activities.first_day IS 'First day it can have been; null = undated.';
COMMENT ON COLUMN activities.last_day IS 'Last day it can have been; null = undated.';
COMMENT ON COLUMN activities.date_ascending IS 'Sort key: first day, undated after all others.';
COMMENT ON COLUMN activities.date_descending IS 'Sort key for descending order: first day, undated after all others.';

CREATE TABLE activity_cities (
    activity_id uuid NOT NULL,
    city_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT activity_cities_pkey PRIMARY KEY (activity_id, city_id, role),
    CONSTRAINT activity_cities_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES activities (id) ON DELETE CASCADE,
    CONSTRAINT activity_cities_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT activity_cities_role_known CHECK (role IN ('host', 'venue', 'visitor', 'participant', 'mentioned'))
);
CREATE INDEX activity_cities_city_id ON activity_cities (city_id, activity_id);
COMMENT ON TABLE activity_cities IS 'activities.cities as rows. Kept by a trigger.';
COMMENT ON COLUMN activity_cities.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_cities.city_id IS 'A city involved.';
COMMENT ON COLUMN activity_cities.role IS 'Its part: host, venue, visitor, participant or mentioned.';

CREATE TABLE activity_organisations (
    activity_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    acronym text,
    city_id uuid,
    CONSTRAINT activity_organisations_pkey PRIMARY KEY (activity_id, position),
    CONSTRAINT activity_organisations_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES activities (id) ON DELETE CASCADE,
    CONSTRAINT activity_organisations_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX activity_organisations_name ON activity_organisations (lower(name), activity_id);
CREATE INDEX activity_organisations_acronym ON activity_organisations (lower(acronym), activity_id);
CREATE INDEX activity_organisations_city_id ON activity_organisations (city_id);
COMMENT ON TABLE activity_organisations IS 'activities.organisations as rows. Kept by a trigger.';
COMMENT ON COLUMN activity_organisations.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_organisations.position IS 'Place in the list, from 1.';
COMMENT ON COLUMN activity_organisations.name IS 'Name of the organisation.';
COMMENT ON COLUMN activity_organisations.acronym IS 'Its acronym.';
COMMENT ON COLUMN activity_organisations.city_id IS 'City of its seat.';

CREATE TABLE activity_themes (
    activity_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    theme_id uuid NOT NULL,
    CONSTRAINT activity_themes_pkey PRIMARY KEY (activity_id, theme_id),
    CONSTRAINT activity_themes_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES activities (id) ON DELETE CASCADE,
    -- Without it a deleted plan's themes would be missed before the cascade through activities is here.
    CONSTRAINT activity_themes_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE,
    CONSTRAINT activity_themes_plan_theme_fkey FOREIGN KEY (plan_id, theme_id) REFERENCES plan_themes (plan_id, theme_id)
);
CREATE INDEX activity_themes_plan_theme ON activity_themes (plan_id, theme_id);
CREATE INDEX activity_themes_theme_id ON activity_themes (theme_id, activity_id);
COMMENT ON TABLE activity_themes IS 'activities.theme_ids as rows; each is a theme of the plan. Kept by a trigger.';
COMMENT ON COLUMN activity_themes.activity_id IS 'The activity.';
COMMENT ON COLUMN activity_themes.plan_id IS 'Its plan.';
COMMENT ON COLUMN activity_themes.theme_id IS 'A theme of that plan.';

CREATE FUNCTION link_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.plan_id, NEW.cities, NEW.organisations, NEW.theme_ids)
            IS NOT DISTINCT FROM (OLD.plan_id, OLD.cities, OLD.organisations, OLD.theme_ids) THEN
            RETURN NULL;
        END IF;
        DELETE FROM activity_cities WHERE activity_id = NEW.id;
        DELETE FROM activity_organisations WHERE activity_id = NEW.id;
        DELETE FROM activity_themes WHERE activity_id = NEW.id;
    END IF;
    INSERT INTO activity_cities (activity_id, city_id, role)
    SELECT NEW.id, (item ->> 'city_id')::uuid, item ->> 'role' FROM jsonb_array_elements(NEW.cities) AS item;
    INSERT INTO activity_organisations (activity_id, position, name, acronym, city_id)
    SELECT NEW.id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
    FROM jsonb_array_elements(NEW.organisations) WITH ORDINALITY AS entry (item, place);
    INSERT INTO activity_themes (activity_id, plan_id, theme_id) SELECT NEW.id, NEW.plan_id, unnest(NEW.theme_ids);
    RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT OR UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION link_activity();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON activities FOR EACH ROW
    EXECUTE FUNCTION record_change('activity', '{first_day,last_day,date_ascending,date_descending}');
