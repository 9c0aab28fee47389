-- The change log. Triggers write it, so that no write to a table of records can bypass it, including cascades.

-- Transaction ids count the transactions of a server. A backup that is restored on another server brings ids which that server has
-- yet to reach, so ids are stored with an offset, which continue_change_log() raises if necessary.
CREATE FUNCTION transaction_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 0;
COMMENT ON FUNCTION transaction_offset() IS
    'Number that is added to transaction ids in the change log. continue_change_log() replaces the function.';

CREATE TABLE changes (
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint + transaction_offset(),
    at timestamptz NOT NULL DEFAULT now(),
    key_id uuid,
    key_name text NOT NULL,
    operation text NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT changes_pkey PRIMARY KEY (seq),
    CONSTRAINT changes_record_version_key UNIQUE (resource, record_id, version),
    CONSTRAINT changes_operation_known CHECK (operation IN ('create', 'update', 'delete'))
);
COMMENT ON TABLE changes IS
    'The change log: one row for each write to a record, appended in the transaction of the write. Rows are never changed.';
COMMENT ON COLUMN changes.seq IS 'Number of the row, in the order of writing; numbers can be missing.';
COMMENT ON COLUMN changes.transaction_id IS
    'Transaction of the write, with the offset that transaction_offset() had: the change feed waits for transactions that are older and still running.';
COMMENT ON COLUMN changes.at IS 'When the transaction of the write began.';
COMMENT ON COLUMN changes.key_id IS 'The API key of the write; null = the service itself.';
COMMENT ON COLUMN changes.key_name IS 'Name of this key at the time of the write; "ucap" for the service itself.';
COMMENT ON COLUMN changes.operation IS 'create, update or delete.';
COMMENT ON COLUMN changes.resource IS 'Kind of record: plan, city, theme, activity or outcome.';
COMMENT ON COLUMN changes.record_id IS 'Id of the record, which may have been deleted since.';
COMMENT ON COLUMN changes.version IS 'Version of the record after the write; a deletion counts as a version, too.';
COMMENT ON COLUMN changes.body IS 'The whole record as stored by the write; for a deletion, as it was before. Without derived columns.';

-- Bodies that are stored compressed are compressed the faster way, where the server was built with it.
DO $$ BEGIN
    ALTER TABLE changes ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;

CREATE INDEX changes_transaction_id ON changes (transaction_id, seq);
COMMENT ON INDEX changes_transaction_id IS
    'The order of the change feed: by start of the transaction, so that transactions that commit later also come later.';
CREATE INDEX changes_at ON changes USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON INDEX changes_at IS
    'Finds where a range of time begins. The log grows in the order of time, so a summary of every few pages is enough.';

CREATE FUNCTION record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    derived constant text[] := TG_ARGV[1];
BEGIN
    INSERT INTO changes (key_id, key_name, operation, resource, record_id, version, body)
    SELECT
        nullif(current_setting('ucap.key_id', true), '')::uuid,
        coalesce(nullif(current_setting('ucap.key_name', true), ''), 'ucap'),
        CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        TG_ARGV[0],
        id,
        version + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
        to_jsonb(written) - derived
    FROM written;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION record_changes() IS
    'Trigger function: appends all rows that a statement wrote to the change log. Arguments: the kind of record, and an array of the derived columns, which are not part of the record. The trigger names the transition table written. The settings ucap.key_id and ucap.key_name of the transaction name the writer.';

CREATE PROCEDURE log_changes(records regclass, kind text, derived text[]) LANGUAGE plpgsql AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY '{INSERT,UPDATE,DELETE}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER record_changes_after_%s AFTER %s ON %s REFERENCING %s TABLE AS written '
            'FOR EACH STATEMENT EXECUTE FUNCTION record_changes(%L, %L)', lower(operation), operation, records,
            CASE operation WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END, kind, derived);
        EXECUTE format('COMMENT ON TRIGGER record_changes_after_%s ON %s IS %L', lower(operation), records,
            'Appends every write to the change log.');
    END LOOP;
END $$;
COMMENT ON PROCEDURE log_changes(regclass, text, text[]) IS
    'Gives a table of records the triggers that write the change log: one for each operation. Arguments: the table, the kind of record and the derived columns, which are not part of the record.';

CREATE FUNCTION continue_change_log() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    newest bigint := (SELECT max(transaction_id) FROM changes);
    -- The id of the next transaction: no transaction of this server that wrote a visible row has this id or a greater one.
    next bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint + transaction_offset();
BEGIN
    IF newest >= next THEN
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION transaction_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s::bigint',
            transaction_offset() + newest + 1 - next);
    END IF;
END $$;
COMMENT ON FUNCTION continue_change_log() IS
    'Raises transaction_offset() if the change log has transactions that this server has yet to reach, because the log was restored from a backup of another server. Otherwise new changes would sort before the restored ones.';
