DROP TABLE urban_agenda_partnerships;
