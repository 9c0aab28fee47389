DROP FUNCTION record_change();
DROP TABLE changes;
