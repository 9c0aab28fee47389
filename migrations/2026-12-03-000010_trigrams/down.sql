DROP FUNCTION search_is_misspelling(text, text);
DROP FUNCTION enable_trigrams();
DROP INDEX IF EXISTS cities_name_trigrams, themes_name_trigrams, plans_title_trigrams, activities_title_trigrams, outcomes_heading_trigrams;
DROP EXTENSION IF EXISTS pg_trgm;
