-- Partial dates (ISO 8601 reduced precision: 2019, 2019-04, 2019-11-20) as ranges of days, and small
-- helpers that check constraints on documents need. All immutable, so that generated columns may use them.

CREATE FUNCTION partial_date_earliest(value text) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN make_date(
        substr(value, 1, 4)::integer,
        coalesce(nullif(substr(value, 6, 2), ''), '1')::integer,
        coalesce(nullif(substr(value, 9, 2), ''), '1')::integer);
COMMENT ON FUNCTION partial_date_earliest(text) IS 'First day that a partial date can mean.';

CREATE FUNCTION partial_date_latest(value text) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE length(value)
        WHEN 4 THEN make_date(value::integer, 12, 31)
        WHEN 7 THEN (partial_date_earliest(value) + interval '1 month' - interval '1 day')::date
        ELSE partial_date_earliest(value)
    END;
COMMENT ON FUNCTION partial_date_latest(text) IS 'Last day that a partial date can mean.';

CREATE FUNCTION members_are_distinct(list jsonb, member text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT count(*) = count(DISTINCT item -> member) FROM jsonb_array_elements(list) AS item);
COMMENT ON FUNCTION members_are_distinct(jsonb, text) IS 'True if no two objects of the array have an equal value of the member.';
