-- Functions that constraints and queries use.

-- Documents

CREATE FUNCTION members_are_distinct(list jsonb, member text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT count(*) = count(DISTINCT item -> member) FROM jsonb_array_elements(list) AS item);
COMMENT ON FUNCTION members_are_distinct(jsonb, text) IS
    'True if no two objects of the array have the same value in the member of that name.';

-- Excerpts of the full-text search

CREATE FUNCTION search_texts(list jsonb, path jsonpath) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT item #>> '{}' FROM jsonb_path_query(list, path) AS item);
COMMENT ON FUNCTION search_texts(jsonb, jsonpath) IS 'The texts in a JSON value that a path leads to, for excerpts.';
