-- Words that are spelled differently are found by their trigrams, if the extension pg_trgm is installed on the server and the user
-- of the service may create it. Without the extension the search still works, but only finds words that are spelled as given.

CREATE FUNCTION enable_trigrams() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS cities_name_trigrams ON cities USING gin (folded_name gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS themes_name_trigrams ON themes USING gin (folded_name gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS plans_title_trigrams ON plans USING gin (folded_title gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS activities_title_trigrams ON activities USING gin (folded_title gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS outcomes_heading_trigrams ON outcomes USING gin (folded_heading gin_trgm_ops);
    RETURN true;
EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported OR undefined_object OR invalid_schema_name THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION enable_trigrams() IS
    'Creates the extension pg_trgm and the indexes of the trigram search unless they exist; false if the server does not allow it. The service calls it each time it migrates.';

-- Trigrams find names that are a little like a term, many of them by chance; few of these are what the term was meant to be.
CREATE FUNCTION search_is_misspelling(name text, term text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    word text;
    meant text;
    allowed integer;
    before integer[];   -- the row of the table before the last one
    above integer[];
    distances integer[];
    is_found boolean;
BEGIN
    FOREACH word IN ARRAY string_to_array(term, ' ') LOOP
        allowed := CASE WHEN length(word) < 3 THEN 0 WHEN length(word) < 6 THEN 1 ELSE 2 END;
        is_found := false;
        FOREACH meant IN ARRAY string_to_array(name, ' ') LOOP
            CONTINUE WHEN is_found OR abs(length(word) - length(meant)) > allowed;
            above := ARRAY(SELECT generate_series(0, length(meant)));
            FOR i IN 1 .. length(word) LOOP
                distances := ARRAY[i];
                FOR j IN 1 .. length(meant) LOOP
                    distances[j + 1] := least(above[j + 1] + 1, distances[j] + 1,
                        above[j] + CASE WHEN substr(word, i, 1) = substr(meant, j, 1) THEN 0 ELSE 1 END,
                        CASE WHEN i > 1 AND j > 1 AND substr(word, i, 1) = substr(meant, j - 1, 1) AND substr(word, i - 1, 1) = substr(meant, j, 1)
                            THEN before[j - 1] + 1 END);
                END LOOP;
                before := above;
                above := distances;
            END LOOP;
            is_found := above[length(meant) + 1] <= allowed;
        END LOOP;
        IF NOT is_found THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;
COMMENT ON FUNCTION search_is_misspelling(text, text) IS
    'True if each word of the term becomes a word of the name by one change of a letter (two from six letters on): a letter too many, missing or another one, or two letters exchanged. Both texts are folded.';
