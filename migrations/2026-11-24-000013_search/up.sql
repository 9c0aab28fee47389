-- Search with nothing but what PostgreSQL itself ships. Words are folded before they are indexed, and so are those that
-- somebody looks for: no accents, no case, and each letter of a script without word breaks for itself.

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
COMMENT ON FUNCTION search_fold(text) IS 'A text without accents and case, whatever the locale of the database.';

CREATE FUNCTION search_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
        regexp_replace(search_fold(value), '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])', ' \1 ', 'g') END;
COMMENT ON FUNCTION search_words(text) IS 'A folded text in which letters of scripts without word breaks stand apart.';

CREATE FUNCTION search_list(list text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(list, ' . ');
COMMENT ON FUNCTION search_list(text[]) IS 'Texts as one.';

CREATE FUNCTION search_vector(value text, weight "char") RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A tsvector has room for 1 MiB, a record for as much text: three parts of this length fit, whatever their letters.
    RETURN setweight(to_tsvector('english', left(coalesce(search_words(left(value, 40000)), ''), 40000)), weight);
COMMENT ON FUNCTION search_vector(text, "char") IS 'The words of a text, or of its first 40 000 letters, with a weight.';

-- Letters of scripts without word breaks are looked for as they follow each other.
CREATE FUNCTION search_query(value text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN websearch_to_tsquery('english', search_words(regexp_replace(value,
        '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+)', ' "\1" ', 'g')));
COMMENT ON FUNCTION search_query(text) IS 'What somebody looks for: words, "phrases", -exclusions, or.';

ALTER TABLE cities ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    search_vector(name, 'A') || search_vector(search_list(alternative_names), 'B') || search_vector(region, 'C')) STORED;
ALTER TABLE themes ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    search_vector(name, 'A') || search_vector(search_list(aliases), 'B') || search_vector(description, 'C')) STORED;
ALTER TABLE plans ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    search_vector(title, 'A')
    || search_vector(search_list(objectives || challenges) || ' . ' || jsonb_path_query_array(themes, '$[*].label')::text
        || jsonb_path_query_array(themes, '$[*].focus[*].text')::text, 'B')
    || search_vector(coalesce(programme, '') || ' . ' || coalesce(note, ''), 'C')) STORED;
ALTER TABLE activities ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    search_vector(title, 'A') || search_vector(coalesce(description, '') || ' . ' || search_list(outputs), 'B')
    || search_vector(jsonb_path_query_array(organisations, '$[*].name')::text || jsonb_path_query_array(organisations, '$[*].acronym')::text
        || coalesce(note, ''), 'C')) STORED;
ALTER TABLE outcomes ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    search_vector(heading, 'A') || search_vector(description, 'B')
    || search_vector(jsonb_path_query_array(organisations, '$[*].name')::text || jsonb_path_query_array(organisations, '$[*].acronym')::text
        || jsonb_path_query_array(indicators, '$[*].name')::text || coalesce(note, ''), 'C')) STORED;
CREATE INDEX cities_search ON cities USING gin (search);
CREATE INDEX themes_search ON themes USING gin (search);
CREATE INDEX plans_search ON plans USING gin (search);
CREATE INDEX activities_search ON activities USING gin (search);
CREATE INDEX outcomes_search ON outcomes USING gin (search);
COMMENT ON COLUMN cities.search IS 'Words to be found by: name, other names, region.';
COMMENT ON COLUMN themes.search IS 'Words to be found by: name, aliases, description.';
COMMENT ON COLUMN plans.search IS 'Words to be found by: title, objectives, challenges, labels and focus of themes, programme, note.';
COMMENT ON COLUMN activities.search IS 'Words to be found by: title, description, outputs, organisations, note.';
COMMENT ON COLUMN outcomes.search IS 'Words to be found by: heading, description, organisations, indicators, note.';

-- What is derived is no part of the record.
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON cities FOR EACH ROW
    EXECUTE FUNCTION record_change('city', '{search,population_ascending,population_descending,area_km2_ascending,area_km2_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON themes FOR EACH ROW
    EXECUTE FUNCTION record_change('theme', '{search}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON plans FOR EACH ROW
    EXECUTE FUNCTION record_change('plan', '{search,first_day,last_day,period_start_ascending,period_start_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON activities FOR EACH ROW
    EXECUTE FUNCTION record_change('activity', '{search,first_day,last_day,date_ascending,date_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON outcomes FOR EACH ROW
    EXECUTE FUNCTION record_change('outcome', '{search,first_day,last_day,due_ascending,due_descending}');

-- Words that are spelled another way are found by their trigrams, where the extension is there and may be made. The service
-- asks again each time it migrates.
CREATE FUNCTION switch_on_trigrams() RETURNS boolean LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION switch_on_trigrams() IS 'Makes the extension and the indexes that search by likeness needs; false if that is not possible here.';
