-- The change log. Triggers write it, so that no write to a table of records can bypass it, cascades included.

CREATE TABLE changes (
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
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
    'Transaction of the write: the change feed waits for transactions that are older and still running.';
COMMENT ON COLUMN changes.at IS 'When the transaction of the write began.';
COMMENT ON COLUMN changes.key_id IS 'The API key that wrote; null = the service itself.';
COMMENT ON COLUMN changes.key_name IS 'Name of that key at the time of the write; "ucap" for the service itself.';
COMMENT ON COLUMN changes.operation IS 'create, update or delete.';
COMMENT ON COLUMN changes.resource IS 'Kind of record: plan, city, theme, activity or outcome.';
COMMENT ON COLUMN changes.record_id IS 'Id of the record, which may have been deleted since.';
COMMENT ON COLUMN changes.version IS 'Version of the record that the write made; a deletion makes one, too.';
COMMENT ON COLUMN changes.body IS 'The whole record as stored by the write; for a deletion, as it was before. Derived columns are left out.';

CREATE INDEX changes_transaction_id ON changes (transaction_id, seq);
COMMENT ON INDEX changes_transaction_id IS
    'The order of the change feed: by start of the transaction, so that what commits later also comes later.';
CREATE INDEX changes_at ON changes USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON INDEX changes_at IS
    'Finds where a range of time begins. The log grows in the order of time, so a summary of every few pages is enough.';

CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stored jsonb := to_jsonb(coalesce(NEW, OLD)) - TG_ARGV[1]::text[];
BEGIN
    INSERT INTO changes (key_id, key_name, operation, resource, record_id, version, body)
    VALUES (
        nullif(current_setting('ucap.key_id', true), '')::uuid,
        coalesce(nullif(current_setting('ucap.key_name', true), ''), 'ucap'),
        CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        TG_ARGV[0],
        (stored ->> 'id')::uuid,
        (stored ->> 'version')::integer + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
        stored);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION record_change() IS
    'Trigger function: appends the written row to the change log. Arguments: the kind of record, and an array of the derived columns, which are not part of the record. The settings ucap.key_id and ucap.key_name of the transaction say who writes.';
