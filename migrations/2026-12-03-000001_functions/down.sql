DROP FUNCTION search_texts(jsonb, jsonpath);
