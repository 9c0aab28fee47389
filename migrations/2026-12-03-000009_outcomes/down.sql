DROP TABLE outcome_organisations;
DROP TABLE outcome_cities;
DROP TABLE outcomes;
DROP FUNCTION maintain_outcome_links();
