-- The changes of one record are listed in the order of its versions, also if a transaction that began later wrote an earlier version.
-- Such a change takes the place of the transaction of the previous version, which is never before its own place: so still nothing is
-- inserted among changes that were listed. What is logged already stays where it is, because cursors refer to it.

CREATE OR REPLACE FUNCTION record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    derived constant text[] := TG_ARGV[1];
BEGIN
    INSERT INTO changes (transaction_id, key_id, key_name, operation, resource, record_id, version, body)
    SELECT
        greatest(pg_current_xact_id()::text::bigint + transaction_offset(), CASE
            -- Nothing precedes the first version.
            WHEN version > 1 OR TG_OP = 'DELETE' THEN (
                SELECT previous.transaction_id FROM changes AS previous
                WHERE previous.resource = TG_ARGV[0] AND previous.record_id = written.id
                    AND previous.version = written.version - CASE TG_OP WHEN 'DELETE' THEN 0 ELSE 1 END)
        END),
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
    'Transaction of the write, with the offset that transaction_offset() had, or that of the previous version of the record if it is greater: the change feed waits for transactions that are older and still running.';
