DROP TABLE limited_acts;
