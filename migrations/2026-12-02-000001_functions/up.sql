-- Functions that the columns, constraints and indexes of the tables use. All are immutable, because generated columns and
-- indexes may use no others.

-- Partial dates

CREATE FUNCTION partial_date_earliest(value text) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN make_date(
        substr(value, 1, 4)::integer,
        coalesce(nullif(substr(value, 6, 2), ''), '1')::integer,
        coalesce(nullif(substr(value, 9, 2), ''), '1')::integer);
COMMENT ON FUNCTION partial_date_earliest(text) IS
    'First day that a partial date can mean. A partial date is a year, a month or a day (ISO 8601 with reduced precision): 2019, 2019-04, 2019-11-20.';

CREATE FUNCTION partial_date_latest(value text) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE length(value)
        WHEN 4 THEN make_date(value::integer, 12, 31)
        WHEN 7 THEN (partial_date_earliest(value) + interval '1 month' - interval '1 day')::date
        ELSE partial_date_earliest(value)
    END;
COMMENT ON FUNCTION partial_date_latest(text) IS 'Last day that a partial date can mean.';

-- Documents

CREATE FUNCTION members_are_distinct(list jsonb, member text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT count(*) = count(DISTINCT item -> member) FROM jsonb_array_elements(list) AS item);
COMMENT ON FUNCTION members_are_distinct(jsonb, text) IS
    'True if no two objects of the array have the same value in the member of that name.';

-- Full-text search, with nothing but what PostgreSQL itself ships. Texts are folded before they are indexed, and search terms
-- before they are looked up: no accents, no case, and each character of a script without word breaks is a word of its own.

CREATE FUNCTION search_fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
        replace(replace(replace(
            translate(
                lower(normalize(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'), NFKC)),
                'øØłŁđĐħĦıœŒæÆþÞðς'
                    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ'
                    'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ',
                'oollddhhiœœææþþdσ'
                    'абвгдежзийклмнопрстуфхцчшщъыьэюя'
                    'αβγδεζηθικλμνξοπρστυφχψω'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') END;
COMMENT ON FUNCTION search_fold(text) IS
    'The text without accents and in lower case. The result does not depend on the locale of the database.';

CREATE FUNCTION search_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
        regexp_replace(search_fold(value), '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])', ' \1 ', 'g') END;
COMMENT ON FUNCTION search_words(text) IS
    'The folded text, with spaces around each character of the scripts that have no word breaks, such as Chinese and Thai.';

CREATE FUNCTION search_list(list text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(list, ' . ');
COMMENT ON FUNCTION search_list(text[]) IS
    'The texts of an array as one text. array_to_string itself is not immutable, so no generated column may use it.';

CREATE FUNCTION search_vector(value text, weight "char") RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A tsvector holds at most 1 MiB, and a record may have more text than that: three parts of this length always fit,
    -- whatever their script.
    RETURN setweight(to_tsvector('english', left(coalesce(search_words(left(value, 40000)), ''), 40000)), weight);
COMMENT ON FUNCTION search_vector(text, "char") IS
    'The words of the first 40 000 characters of a text, each with the given weight (A to D).';

-- Characters of scripts without word breaks are looked up as a phrase, in the order in which they were written.
CREATE FUNCTION search_query(value text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN websearch_to_tsquery('english', search_words(regexp_replace(value,
        '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+)', ' "\1" ', 'g')));
COMMENT ON FUNCTION search_query(text) IS
    'The search terms of a user as a query: words, "phrases", -exclusions, and the operator or.';
