-- Facts that the forms state and that had no place: further kinds, values that a form leaves open, topics of the programme, and the
-- language of the plan. The other new facts stand within the jsonb columns and need no column of their own.

ALTER TABLE cities DROP CONSTRAINT cities_kind_known,
    ADD CONSTRAINT cities_kind_known
        CHECK (kind IN ('city', 'municipality', 'metropolitan_area', 'region', 'district', 'county', 'other'));
ALTER TABLE activities DROP CONSTRAINT activities_kind_known,
    ADD CONSTRAINT activities_kind_known CHECK (kind IN ('mission', 'visit', 'meeting', 'conference', 'webinar', 'workshop', 'coaching',
        'exhibition', 'agreement', 'pilot_project', 'publication', 'document', 'other'));
ALTER TABLE outcomes ALTER COLUMN kind DROP NOT NULL, ALTER COLUMN status DROP NOT NULL;
ALTER TABLE plans ALTER COLUMN status DROP NOT NULL,
    ADD COLUMN language text,
    ADD COLUMN topics jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT plans_language_format CHECK (language ~ '^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$');
COMMENT ON COLUMN cities.kind IS 'city, municipality, metropolitan_area, region, district, county or other.';
COMMENT ON COLUMN activities.kind IS
    'mission, visit, meeting, conference, webinar, workshop, coaching, exhibition, agreement, pilot_project, publication, document or other.';
COMMENT ON COLUMN plans.language IS 'Language in which the plan is written, as a BCP 47 tag.';
COMMENT ON COLUMN plans.topics IS
    'Topics of the programme: [{topic, label, basis}]; label is the wording of the source, basis says whether the source states the entry (stated) or an editor assigned it (assigned).';
COMMENT ON COLUMN plans.sdgs IS 'Sustainable Development Goals: [{goal, target, label, basis}]; label and basis as for topics.';
COMMENT ON COLUMN plans.urban_agenda IS 'Partnerships of the Urban Agenda: [{partnership, label, basis}]; label and basis as for topics.';
COMMENT ON COLUMN plans.sources IS
    'Where the record comes from: [{kind, title, url, language, retrieved_on, note}]; kind is summary, full_plan, web_page, agreement or other.';
COMMENT ON COLUMN plans.status IS 'draft, active, completed or cancelled; null if the source does not state it.';
COMMENT ON COLUMN outcomes.kind IS 'result, benefit or output; null if the source does not tell.';
COMMENT ON COLUMN outcomes.status IS
    'interest, possible, planned, agreed, in_progress, achieved or dropped; null if the source does not state it.';
CREATE INDEX plans_language ON plans (language);

CREATE TABLE topics (
    slug text NOT NULL,
    title text NOT NULL,
    CONSTRAINT topics_pkey PRIMARY KEY (slug)
);
COMMENT ON TABLE topics IS
    'Topics under which the programme publishes its plans. The service loads its vocabulary into this table each time it migrates.';
COMMENT ON COLUMN topics.slug IS 'Identifier of the topic, by which plans refer to it.';
COMMENT ON COLUMN topics.title IS 'English title.';

CREATE TABLE plan_topics (
    plan_id uuid NOT NULL,
    topic text NOT NULL,
    CONSTRAINT plan_topics_pkey PRIMARY KEY (plan_id, topic),
    CONSTRAINT plan_topics_topic_fkey FOREIGN KEY (topic) REFERENCES topics (slug)
);
CREATE INDEX plan_topics_topic ON plan_topics (topic, plan_id);
COMMENT ON TABLE plan_topics IS 'Link table: plans.topics, one row each. Maintained by triggers.';
COMMENT ON COLUMN plan_topics.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_topics.topic IS 'Slug of the topic.';

CREATE FUNCTION maintain_plan_topics() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];     -- the plans whose rows are replaced
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(SELECT id FROM written JOIN replaced USING (id) WHERE written.topics <> replaced.topics);
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id FROM written);
    END IF;
    IF ids <> '{}' THEN
        DELETE FROM plan_topics WHERE plan_id = ANY (ids);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ids <> '{}' THEN
        INSERT INTO plan_topics (plan_id, topic)
        SELECT id, item ->> 'topic' FROM written CROSS JOIN LATERAL jsonb_array_elements(topics) AS item
        WHERE ids IS NULL OR id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_plan_topics() IS 'Trigger function: writes the rows of all written plans in plan_topics.';

CREATE TRIGGER maintain_topics_after_insert AFTER INSERT ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_plan_topics();
COMMENT ON TRIGGER maintain_topics_after_insert ON plans IS 'Maintains the topics of created plans.';
CREATE TRIGGER maintain_topics_after_update AFTER UPDATE ON plans REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_plan_topics();
COMMENT ON TRIGGER maintain_topics_after_update ON plans IS 'Maintains the topics of changed plans.';
CREATE TRIGGER maintain_topics_after_delete AFTER DELETE ON plans REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_plan_topics();
COMMENT ON TRIGGER maintain_topics_after_delete ON plans IS 'Maintains the topics of deleted plans.';
