-- An activity can belong to another activity of its plan, such as a workshop to the mission during which it took place. One to which
-- others belong belongs to none itself, so there are two levels and no circles. A foreign key holds all of this: it leads to the
-- activity with that id, in the same plan, that has no parent.

ALTER TABLE activities
    ADD COLUMN parent_id uuid,
    ADD COLUMN is_child boolean NOT NULL GENERATED ALWAYS AS (parent_id IS NOT NULL) STORED,
    ADD COLUMN parent_is_child boolean GENERATED ALWAYS AS (CASE WHEN parent_id IS NOT NULL THEN false END) STORED;
COMMENT ON COLUMN activities.parent_id IS
    'The activity of the same plan to which it belongs, which belongs to none itself; null = it belongs to none.';
COMMENT ON COLUMN activities.is_child IS 'True if it belongs to another activity. Derived by the database.';
COMMENT ON COLUMN activities.parent_is_child IS
    'The value that is_child of the parent must have: always false; null = no parent. Derived by the database.';

CREATE UNIQUE INDEX activities_parents ON activities (plan_id, id, is_child);
COMMENT ON INDEX activities_parents IS 'What activities_parent_fkey refers to.';
CREATE INDEX activities_parent_id ON activities (parent_id, position, id);
COMMENT ON INDEX activities_parent_id IS 'The activities that belong to another one, in their order.';
-- Deferrable, because a whole plan is written in one transaction, in which activities are updated before others are created.
ALTER TABLE activities ADD CONSTRAINT activities_parent_fkey FOREIGN KEY (plan_id, parent_id, parent_is_child)
    REFERENCES activities (plan_id, id, is_child) DEFERRABLE INITIALLY IMMEDIATE;

-- log_changes() names the triggers in lower case of the locale, which is not the same everywhere.
DO $$
DECLARE
    logging record;
BEGIN
    FOR logging IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'activities'::regclass AND tgfoid = 'record_changes'::regproc LOOP
        EXECUTE format('DROP TRIGGER %I ON activities', logging.tgname);
    END LOOP;
END $$;
CALL log_changes('activities', 'activity',
    '{search,folded_title,first_day,last_day,date_ascending,date_descending,is_child,parent_is_child}');
