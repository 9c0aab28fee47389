DROP FUNCTION search_texts(jsonb, jsonpath);
DROP FUNCTION members_are_distinct(jsonb, text);
