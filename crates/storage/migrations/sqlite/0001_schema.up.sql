-- The lowest number of migrations that a program must know to work with this database.
-- A migration that takes something away raises it to its own number.
CREATE TABLE schema_support (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    min_program BIGINT NOT NULL
);
INSERT INTO schema_support (id, min_program) VALUES (1, 1);
