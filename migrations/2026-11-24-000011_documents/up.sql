-- A whole plan is written in one transaction, in which a theme may leave the plan before what served it does.
ALTER TABLE activity_themes ALTER CONSTRAINT activity_themes_plan_theme_fkey DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE outcomes ALTER CONSTRAINT outcomes_plan_theme_fkey DEFERRABLE INITIALLY IMMEDIATE;

-- Cities and themes of a document are looked for by name.
CREATE INDEX cities_name_lower ON cities (lower(name));
CREATE INDEX cities_alternative_names ON cities USING gin (alternative_names);
CREATE INDEX themes_name_lower ON themes (lower(name));
CREATE INDEX themes_aliases ON themes USING gin (aliases);
