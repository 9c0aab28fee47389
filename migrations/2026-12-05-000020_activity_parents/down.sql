-- What the old model cannot hold would be lost, so this fails as long as an activity belongs to another.
ALTER TABLE activities ADD CONSTRAINT activities_without_parents CHECK (parent_id IS NULL);
-- log_changes() names the triggers in lower case of the locale, which is not the same everywhere.
DO $$
DECLARE
    logging record;
BEGIN
    FOR logging IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'activities'::regclass AND tgfoid = 'record_changes'::regproc LOOP
        EXECUTE format('DROP TRIGGER %I ON activities', logging.tgname);
    END LOOP;
END $$;
CALL log_changes('activities', 'activity', '{search,folded_title,first_day,last_day,date_ascending,date_descending}');
ALTER TABLE activities DROP CONSTRAINT activities_without_parents, DROP CONSTRAINT activities_parent_fkey;
DROP INDEX activities_parent_id;
DROP INDEX activities_parents;
ALTER TABLE activities DROP COLUMN parent_is_child, DROP COLUMN is_child, DROP COLUMN parent_id;
