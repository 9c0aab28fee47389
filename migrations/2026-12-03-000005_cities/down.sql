DROP TABLE city_identifiers;
DROP TABLE cities;
DROP FUNCTION maintain_city_links();
