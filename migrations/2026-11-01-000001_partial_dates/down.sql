DROP FUNCTION members_are_distinct(jsonb, text);
DROP FUNCTION partial_date_latest(text);
DROP FUNCTION partial_date_earliest(text);
