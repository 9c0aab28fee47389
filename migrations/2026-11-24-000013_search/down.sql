DROP FUNCTION switch_on_trigrams();
DROP INDEX IF EXISTS cities_name_trigrams, themes_name_trigrams, plans_title_trigrams, activities_title_trigrams, outcomes_heading_trigrams;
DROP EXTENSION IF EXISTS pg_trgm;

CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON cities FOR EACH ROW
    EXECUTE FUNCTION record_change('city', '{population_ascending,population_descending,area_km2_ascending,area_km2_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON themes FOR EACH ROW
    EXECUTE FUNCTION record_change('theme', '{}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON plans FOR EACH ROW
    EXECUTE FUNCTION record_change('plan', '{first_day,last_day,period_start_ascending,period_start_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON activities FOR EACH ROW
    EXECUTE FUNCTION record_change('activity', '{first_day,last_day,date_ascending,date_descending}');
CREATE OR REPLACE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON outcomes FOR EACH ROW
    EXECUTE FUNCTION record_change('outcome', '{first_day,last_day,due_ascending,due_descending}');

ALTER TABLE cities DROP COLUMN search;
ALTER TABLE themes DROP COLUMN search;
ALTER TABLE plans DROP COLUMN search;
ALTER TABLE activities DROP COLUMN search;
ALTER TABLE outcomes DROP COLUMN search;
DROP FUNCTION search_query(text);
DROP FUNCTION search_vector(text, "char");
DROP FUNCTION search_list(text[]);
DROP FUNCTION search_words(text);
DROP FUNCTION search_fold(text);
