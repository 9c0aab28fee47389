DROP TABLE city_identifiers;
DROP TABLE cities;
DROP FUNCTION link_city();
