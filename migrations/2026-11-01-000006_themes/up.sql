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
    CONSTRAINT themes_pkey PRIMARY KEY (id),
    CONSTRAINT themes_slug_key UNIQUE (slug),
    CONSTRAINT themes_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
    CONSTRAINT themes_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT themes_sdgs_range CHECK (1 <= ALL (sdgs) AND 17 >= ALL (sdgs))
);
-- A slug without its number, to find the next free one.
CREATE INDEX themes_slug_stem ON themes (regexp_replace(slug, '-[0-9]+$', ''));
CREATE INDEX themes_created_at ON themes (created_at, id);
CREATE INDEX themes_updated_at ON themes (updated_at, id);
CREATE INDEX themes_name ON themes (name COLLATE "C", id);
CREATE INDEX themes_sdgs ON themes USING gin (sdgs);
COMMENT ON TABLE themes IS 'The shared catalogue of cooperation themes.';
COMMENT ON COLUMN themes.id IS 'UUIDv7 of the record.';
COMMENT ON COLUMN themes.version IS 'Counts the writes that changed the record, from 1.';
COMMENT ON COLUMN themes.created_at IS 'When the record was made.';
COMMENT ON COLUMN themes.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN themes.slug IS 'Readable name in addresses; never changes.';
COMMENT ON COLUMN themes.name IS 'Name of the theme.';
COMMENT ON COLUMN themes.description IS 'What belongs to the theme.';
COMMENT ON COLUMN themes.aliases IS 'Other names that plans use for it.';
COMMENT ON COLUMN themes.sdgs IS 'Sustainable Development Goals that it usually serves, by number.';
COMMENT ON COLUMN themes.urban_agenda IS 'Urban Agenda partnerships that it usually serves, by slug.';

CREATE TABLE theme_urban_agenda (
    theme_id uuid NOT NULL,
    partnership text NOT NULL,
    CONSTRAINT theme_urban_agenda_pkey PRIMARY KEY (theme_id, partnership),
    CONSTRAINT theme_urban_agenda_theme_id_fkey FOREIGN KEY (theme_id) REFERENCES themes (id) ON DELETE CASCADE,
    CONSTRAINT theme_urban_agenda_partnership_fkey FOREIGN KEY (partnership) REFERENCES urban_agenda_partnerships (slug)
);
CREATE INDEX theme_urban_agenda_partnership ON theme_urban_agenda (partnership, theme_id);
COMMENT ON TABLE theme_urban_agenda IS 'themes.urban_agenda as rows. Kept by a trigger.';
COMMENT ON COLUMN theme_urban_agenda.theme_id IS 'The theme.';
COMMENT ON COLUMN theme_urban_agenda.partnership IS 'The partnership.';

CREATE FUNCTION link_theme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.urban_agenda = OLD.urban_agenda THEN RETURN NULL; END IF;
        DELETE FROM theme_urban_agenda WHERE theme_id = NEW.id;
    END IF;
    INSERT INTO theme_urban_agenda (theme_id, partnership) SELECT NEW.id, unnest(NEW.urban_agenda);
    RETURN NULL;
END $$;
CREATE TRIGGER link AFTER INSERT OR UPDATE ON themes FOR EACH ROW EXECUTE FUNCTION link_theme();
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON themes FOR EACH ROW
    EXECUTE FUNCTION record_change('theme', '{}');
