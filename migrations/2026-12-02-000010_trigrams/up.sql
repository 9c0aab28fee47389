-- Words that are spelled differently are found by their trigrams, if the extension pg_trgm is installed on the server and the user
-- of the service may create it. Without the extension the search still works, but only finds words that are spelled as given.

CREATE FUNCTION enable_trigrams() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS cities_name_trigrams ON cities USING gin (search_fold(name) gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS themes_name_trigrams ON themes USING gin (search_fold(name) gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS plans_title_trigrams ON plans USING gin (search_fold(title) gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS activities_title_trigrams ON activities USING gin (search_fold(title) gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS outcomes_heading_trigrams ON outcomes USING gin (search_fold(coalesce(heading, '')) gin_trgm_ops);
    RETURN true;
EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported OR undefined_object OR invalid_schema_name THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION enable_trigrams() IS
    'Creates the extension pg_trgm and the indexes of the trigram search unless they exist; false if the server does not allow it. The service calls it each time it migrates.';
