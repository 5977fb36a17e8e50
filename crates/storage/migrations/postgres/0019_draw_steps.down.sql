DROP TABLE draw_walks;
DROP TABLE draw_openings;
