CREATE TABLE urban_agenda_partnerships (
    slug text NOT NULL,
    title text NOT NULL,
    since integer NOT NULL,
    CONSTRAINT urban_agenda_partnerships_pkey PRIMARY KEY (slug)
);
COMMENT ON TABLE urban_agenda_partnerships IS 'Thematic partnerships of the Urban Agenda for the EU; loaded from the vocabulary that the service ships.';
COMMENT ON COLUMN urban_agenda_partnerships.slug IS 'Name of the partnership in references.';
COMMENT ON COLUMN urban_agenda_partnerships.title IS 'English title.';
COMMENT ON COLUMN urban_agenda_partnerships.since IS 'Year in which the partnership began.';
