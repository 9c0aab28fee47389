CREATE OR REPLACE FUNCTION record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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

COMMENT ON COLUMN changes.transaction_id IS
    'Transaction of the write, with the offset that transaction_offset() had: the change feed waits for transactions that are older and still running.';
