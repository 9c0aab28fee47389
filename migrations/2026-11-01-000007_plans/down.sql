DROP TABLE plan_relations;
DROP TABLE plan_urban_agenda;
DROP TABLE plan_sdgs;
DROP TABLE plan_focus_cities;
DROP TABLE plan_themes;
DROP TABLE plan_cities;
DROP TABLE plans;
DROP FUNCTION link_plan();
