DROP FUNCTION continue_change_log();
DROP PROCEDURE log_changes(regclass, text, text[]);
DROP FUNCTION record_changes();
DROP TABLE changes;
DROP FUNCTION transaction_offset();
