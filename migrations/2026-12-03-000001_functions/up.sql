-- Excerpts of the full-text search

CREATE FUNCTION search_texts(list jsonb, path jsonpath) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT item #>> '{}' FROM jsonb_path_query(list, path) AS item);
COMMENT ON FUNCTION search_texts(jsonb, jsonpath) IS 'The texts in a JSON value that a path leads to, for excerpts.';
