DROP TABLE activity_themes;
DROP TABLE activity_organisations;
DROP TABLE activity_cities;
DROP TABLE activities;
DROP FUNCTION maintain_activity_links();
