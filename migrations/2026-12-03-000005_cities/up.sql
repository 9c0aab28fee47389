CREATE TABLE cities (
    id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    slug text NOT NULL,
    name text NOT NULL,
    alternative_names text[] NOT NULL,
    kind text NOT NULL,
    country text,
    region text,
    population bigint,
    area_km2 numeric(12, 2),
    latitude double precision,
    longitude double precision,
    identifiers jsonb NOT NULL,
    population_ascending bigint NOT NULL,
    population_descending bigint NOT NULL,
    area_km2_ascending bigint NOT NULL,
    area_km2_descending bigint NOT NULL,
    folded_name text COLLATE "C" NOT NULL,
    search tsvector NOT NULL,
    CONSTRAINT cities_pkey PRIMARY KEY (id),
    CONSTRAINT cities_slug_key UNIQUE (slug),
    CONSTRAINT cities_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 200),
    CONSTRAINT cities_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT cities_kind_known CHECK (kind IN ('city', 'metropolitan_area', 'region', 'district', 'county', 'other')),
    CONSTRAINT cities_country_format CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT cities_population_range CHECK (population BETWEEN 0 AND 100000000),
    CONSTRAINT cities_area_km2_positive CHECK (area_km2 > 0),
    CONSTRAINT cities_latitude_range CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT cities_longitude_range CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT cities_coordinates_paired CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT cities_identifiers_array CHECK (jsonb_typeof(identifiers) = 'array')
);
COMMENT ON TABLE cities IS 'Places that take part in a plan or are named by one.';
COMMENT ON COLUMN cities.id IS 'UUIDv7 of the record, assigned by the service.';
COMMENT ON COLUMN cities.version IS 'Version of the record: 1 when it is created, one more with each write that changes it.';
COMMENT ON COLUMN cities.created_at IS 'When the record was created.';
COMMENT ON COLUMN cities.updated_at IS 'When the record last changed.';
COMMENT ON COLUMN cities.slug IS 'Readable identifier for URLs; never changes.';
COMMENT ON COLUMN cities.name IS 'Name in English or in Latin script; two cities may share one.';
COMMENT ON COLUMN cities.alternative_names IS 'Other spellings and names in other languages, in the order given.';
COMMENT ON COLUMN cities.kind IS 'city, metropolitan_area, region, district, county or other.';
COMMENT ON COLUMN cities.country IS 'ISO 3166-1 alpha-2 code; null = unknown.';
COMMENT ON COLUMN cities.region IS 'Province, state, department or similar, as free text.';
COMMENT ON COLUMN cities.population IS 'Number of inhabitants; null = unknown.';
COMMENT ON COLUMN cities.area_km2 IS 'Area in square kilometres, exact to two decimals; null = unknown.';
COMMENT ON COLUMN cities.latitude IS 'Degrees north, WGS 84; null = unknown.';
COMMENT ON COLUMN cities.longitude IS 'Degrees east, WGS 84; null = unknown.';
COMMENT ON COLUMN cities.identifiers IS 'Identifiers in other registers: [{scheme, value}].';
COMMENT ON COLUMN cities.population_ascending IS 'Sort key for ascending order: population, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN cities.population_descending IS 'Sort key for descending order: population, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN cities.area_km2_ascending IS 'Sort key for ascending order: area in hundredths of a square kilometre, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN cities.area_km2_descending IS 'Sort key for descending order: area in hundredths of a square kilometre, with unknown ones last. Derived by the program.';
COMMENT ON COLUMN cities.folded_name IS 'Name in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.';
COMMENT ON COLUMN cities.search IS 'Words for the full-text search, each with how much it weighs in the record. Derived by the program.';

CREATE INDEX cities_slug_stem ON cities (regexp_replace(slug, '-[0-9]+$', ''));
COMMENT ON INDEX cities_slug_stem IS 'The slug without the number at its end, to find the next free number.';
-- One index for each sort key of the list; the id breaks ties.
CREATE INDEX cities_created_at ON cities (created_at, id);
CREATE INDEX cities_updated_at ON cities (updated_at, id);
CREATE INDEX cities_name ON cities (folded_name, id);
CREATE INDEX cities_population_ascending ON cities (population_ascending, id);
CREATE INDEX cities_population_descending ON cities (population_descending, id);
CREATE INDEX cities_area_km2_ascending ON cities (area_km2_ascending, id);
CREATE INDEX cities_area_km2_descending ON cities (area_km2_descending, id);
CREATE INDEX cities_country ON cities (country, id);
CREATE INDEX cities_search ON cities USING gin (search);
COMMENT ON INDEX cities_search IS 'The full-text search, and finds the cities of an imported document by their names.';

CREATE TABLE city_identifiers (
    city_id uuid NOT NULL,
    scheme text NOT NULL,
    value text NOT NULL,
    CONSTRAINT city_identifiers_pkey PRIMARY KEY (scheme, value)
);
CREATE INDEX city_identifiers_city_id ON city_identifiers (city_id);
COMMENT ON TABLE city_identifiers IS
    'Link table: cities.identifiers, one row each. Makes them unique over all cities, and filters read it. Maintained by triggers.';
COMMENT ON COLUMN city_identifiers.city_id IS 'The city.';
COMMENT ON COLUMN city_identifiers.scheme IS 'The register, such as geonames, wikidata, unlocode or nuts.';
COMMENT ON COLUMN city_identifiers.value IS 'The identifier in this register.';

CREATE FUNCTION maintain_city_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];     -- the cities whose rows are replaced
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(SELECT id FROM written JOIN replaced USING (id) WHERE written.identifiers <> replaced.identifiers);
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id FROM written);
    END IF;
    IF ids <> '{}' THEN
        DELETE FROM city_identifiers WHERE city_id = ANY (ids);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ids <> '{}' THEN
        INSERT INTO city_identifiers (city_id, scheme, value)
        SELECT id, item ->> 'scheme', item ->> 'value'
        FROM written CROSS JOIN LATERAL jsonb_array_elements(identifiers) AS item
        WHERE ids IS NULL OR id = ANY (ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_city_links() IS 'Trigger function: writes the rows of all written cities in city_identifiers.';

CREATE TRIGGER maintain_links_after_insert AFTER INSERT ON cities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_city_links();
COMMENT ON TRIGGER maintain_links_after_insert ON cities IS 'Maintains the link table of created cities.';
CREATE TRIGGER maintain_links_after_update AFTER UPDATE ON cities REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_city_links();
COMMENT ON TRIGGER maintain_links_after_update ON cities IS 'Maintains the link table of changed cities.';
CREATE TRIGGER maintain_links_after_delete AFTER DELETE ON cities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_city_links();
COMMENT ON TRIGGER maintain_links_after_delete ON cities IS 'Maintains the link table of deleted cities.';
CALL log_changes('cities', 'city', '{search,folded_name,population_ascending,population_descending,area_km2_ascending,area_km2_descending}');
