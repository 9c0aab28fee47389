DROP TABLE theme_urban_agenda;
DROP TABLE themes;
DROP FUNCTION maintain_theme_links();
