DROP FUNCTION continue_change_log();
DROP FUNCTION record_change();
DROP TABLE changes;
DROP FUNCTION transaction_offset();
