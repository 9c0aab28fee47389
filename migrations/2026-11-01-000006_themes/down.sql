DROP TABLE theme_urban_agenda;
DROP TABLE themes;
DROP FUNCTION link_theme();
