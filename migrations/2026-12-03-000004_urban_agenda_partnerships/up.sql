-- The vocabulary that foreign keys refer to. The others (Sustainable Development Goals, countries) exist in the program only.

CREATE TABLE urban_agenda_partnerships (
    slug text NOT NULL,
    title text NOT NULL,
    since integer NOT NULL,
    CONSTRAINT urban_agenda_partnerships_pkey PRIMARY KEY (slug)
);
COMMENT ON TABLE urban_agenda_partnerships IS
    'Thematic partnerships of the Urban Agenda for the EU. The service loads its vocabulary into this table each time it migrates.';
COMMENT ON COLUMN urban_agenda_partnerships.slug IS 'Identifier of the partnership, by which records refer to it.';
COMMENT ON COLUMN urban_agenda_partnerships.title IS 'English title.';
COMMENT ON COLUMN urban_agenda_partnerships.since IS 'Year in which the partnership began.';
