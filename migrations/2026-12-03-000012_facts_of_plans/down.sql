-- What the old model cannot hold would be lost, so this fails as long as a record has a value that only the new one has.
DROP TRIGGER maintain_topics_after_delete ON plans;
DROP TRIGGER maintain_topics_after_update ON plans;
DROP TRIGGER maintain_topics_after_insert ON plans;
DROP FUNCTION maintain_plan_topics();
DROP TABLE plan_topics;
DROP TABLE topics;
DROP INDEX plans_language;
ALTER TABLE plans ALTER COLUMN status SET NOT NULL, DROP COLUMN language, DROP COLUMN topics;
ALTER TABLE outcomes ALTER COLUMN kind SET NOT NULL, ALTER COLUMN status SET NOT NULL;
ALTER TABLE activities DROP CONSTRAINT activities_kind_known,
    ADD CONSTRAINT activities_kind_known CHECK (kind IN ('mission', 'meeting', 'conference', 'webinar', 'workshop', 'coaching',
        'exhibition', 'agreement', 'pilot_project', 'publication', 'other'));
ALTER TABLE cities DROP CONSTRAINT cities_kind_known,
    ADD CONSTRAINT cities_kind_known CHECK (kind IN ('city', 'metropolitan_area', 'region', 'district', 'county', 'other'));
COMMENT ON COLUMN plans.status IS 'draft, active, completed or cancelled.';
COMMENT ON COLUMN outcomes.kind IS 'result, benefit or output.';
COMMENT ON COLUMN outcomes.status IS 'How certain it is: interest, possible, planned, agreed, in_progress, achieved or dropped.';
COMMENT ON COLUMN cities.kind IS 'city, metropolitan_area, region, district, county or other.';
COMMENT ON COLUMN activities.kind IS
    'mission, meeting, conference, webinar, workshop, coaching, exhibition, agreement, pilot_project, publication or other.';
COMMENT ON COLUMN plans.sdgs IS 'Sustainable Development Goals: [{goal, target, label}]; label is the wording of the source.';
COMMENT ON COLUMN plans.urban_agenda IS 'Partnerships of the Urban Agenda: [{partnership, label}]; label is the wording of the source.';
COMMENT ON COLUMN plans.sources IS 'Where the record comes from: [{title, url, language, retrieved_on, note}].';
