CREATE TABLE themes (
    id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    slug text NOT NULL,
    name text NOT NULL,
    description text,
    aliases text[] NOT NULL,
    sdgs integer[] NOT NULL,
    urban_agenda text[] NOT NULL,
    folded_name text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    CONSTRAINT themes_pkey PRIMARY KEY (id),
    CONSTRAINT themes_slug_key UNIQUE (slug),
    CONSTRAINT themes_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
    CONSTRAINT themes_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT themes_sdgs_range CHECK (1 <= ALL (sdgs) AND 17 >= ALL (sdgs))
);
COMMENT ON TABLE themes IS 'The shared catalogue of cooperation themes.';
COMMENT ON COLUMN themes.id IS 'UUIDv7 of the record, assigned by the service.';
COMMENT ON COLUMN themes.version IS 'Version of the record: 1 when it is created, one more with each write that changes it.';
COMMENT ON COLUMN themes.created_at IS 'When the record was created.';
COMMENT ON COLUMN themes.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN themes.slug IS 'Readable identifier for URLs; never changes.';
COMMENT ON COLUMN themes.name IS 'Name of the theme.';
COMMENT ON COLUMN themes.description IS 'What belongs to the theme.';
COMMENT ON COLUMN themes.aliases IS 'Other names that plans use for it.';
COMMENT ON COLUMN themes.sdgs IS 'Sustainable Development Goals that the theme usually serves, by number, 1 to 17.';
COMMENT ON COLUMN themes.urban_agenda IS 'Partnerships of the Urban Agenda that the theme usually serves, by slug.';
COMMENT ON COLUMN themes.folded_name IS 'Name in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.';
COMMENT ON COLUMN themes.search IS 'Words for the full-text search, each with how much it weighs in the record. Derived by the program.';

CREATE INDEX themes_slug_stem ON themes (regexp_replace(slug, '-[0-9]+$', ''));
COMMENT ON INDEX themes_slug_stem IS 'The slug without the number at its end, to find the next free number.';
-- One index for each sort key of the list; the id breaks ties.
CREATE INDEX themes_created_at ON themes (created_at, id);
CREATE INDEX themes_updated_at ON themes (updated_at, id);
CREATE INDEX themes_name ON themes (folded_name, id);
CREATE INDEX themes_sdgs ON themes USING gin (sdgs);
CREATE INDEX themes_search ON themes USING gin (search);
COMMENT ON INDEX themes_search IS 'The full-text search, and finds the themes of an imported document by their names.';

CREATE TABLE theme_urban_agenda (
    theme_id uuid NOT NULL,
    partnership text NOT NULL,
    CONSTRAINT theme_urban_agenda_pkey PRIMARY KEY (theme_id, partnership),
    CONSTRAINT theme_urban_agenda_partnership_fkey FOREIGN KEY (partnership) REFERENCES urban_agenda_partnerships (slug)
);
CREATE INDEX theme_urban_agenda_partnership ON theme_urban_agenda (partnership, theme_id);
COMMENT ON TABLE theme_urban_agenda IS 'Link table: themes.urban_agenda, one row each. Maintained by triggers.';
COMMENT ON COLUMN theme_urban_agenda.theme_id IS 'The theme.';
COMMENT ON COLUMN theme_urban_agenda.partnership IS 'Slug of the partnership.';

CREATE FUNCTION maintain_theme_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];     -- the themes whose rows are replaced
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(SELECT id FROM written JOIN replaced USING (id) WHERE written.urban_agenda <> replaced.urban_agenda);
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id FROM written);
    END IF;
    IF ids <> '{}' THEN
        DELETE FROM theme_urban_agenda WHERE theme_id = ANY (ids);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ids <> '{}' THEN
        INSERT INTO theme_urban_agenda (theme_id, partnership)
        SELECT id, unnest(urban_agenda) FROM written WHERE ids IS NULL OR id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_theme_links() IS 'Trigger function: writes the rows of all written themes in theme_urban_agenda.';

CREATE TRIGGER maintain_links_after_insert AFTER INSERT ON themes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_theme_links();
COMMENT ON TRIGGER maintain_links_after_insert ON themes IS 'Maintains the link table of created themes.';
CREATE TRIGGER maintain_links_after_update AFTER UPDATE ON themes REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_theme_links();
COMMENT ON TRIGGER maintain_links_after_update ON themes IS 'Maintains the link table of changed themes.';
CREATE TRIGGER maintain_links_after_delete AFTER DELETE ON themes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_theme_links();
COMMENT ON TRIGGER maintain_links_after_delete ON themes IS 'Maintains the link table of deleted themes.';
CALL log_changes('themes', 'theme', '{search,folded_name}');
