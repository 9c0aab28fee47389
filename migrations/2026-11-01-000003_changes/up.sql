-- The change log. Triggers write it, so that no path to a table, a cascade included, can leave it out.

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
COMMENT ON TABLE changes IS 'Every write to a resource, appended in the transaction of the write; rows are never changed.';
COMMENT ON COLUMN changes.seq IS 'Order of writing; gaps are possible.';
COMMENT ON COLUMN changes.transaction_id IS 'Transaction of the write, so that a reader of the log can wait for those still running.';
COMMENT ON COLUMN changes.at IS 'Start of the transaction of the write.';
COMMENT ON COLUMN changes.key_id IS 'The API key that wrote; null = the service itself.';
COMMENT ON COLUMN changes.key_name IS 'Name of that key at the time; "ucap" for the service itself.';
COMMENT ON COLUMN changes.operation IS 'create, update or delete.';
COMMENT ON COLUMN changes.resource IS 'Kind of record: plan, city, theme, activity or outcome.';
COMMENT ON COLUMN changes.record_id IS 'Id of the record.';
COMMENT ON COLUMN changes.version IS 'Version that the write made; a deletion counts as one.';
COMMENT ON COLUMN changes.body IS 'The whole record after the write; for a deletion, before it.';

-- Arguments: the kind of record, and the array of derived columns that are no part of it.
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
COMMENT ON FUNCTION record_change() IS 'Appends the row that a trigger saw to the change log.';
