DROP INDEX themes_aliases;
DROP INDEX themes_name_lower;
DROP INDEX cities_alternative_names;
DROP INDEX cities_name_lower;
ALTER TABLE outcomes ALTER CONSTRAINT outcomes_plan_theme_fkey NOT DEFERRABLE;
ALTER TABLE activity_themes ALTER CONSTRAINT activity_themes_plan_theme_fkey NOT DEFERRABLE;
