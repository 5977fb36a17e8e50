-- Who waits for the proof of their ticket in a draw.
CREATE TABLE draw_openings (
    lottery_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (lottery_id, user_id)
);
-- How far a draw is: the candidates that were decided together, from this place in the order, as JSON.
CREATE TABLE draw_walks (
    lottery_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    candidates TEXT NOT NULL,
    PRIMARY KEY (lottery_id, number)
);
