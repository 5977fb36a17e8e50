-- Each person's attempts at the challenge of each lottery or contest.
CREATE TABLE challenges (
    user_id BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,
    number BIGINT,
    puzzle TEXT,
    shown_at BIGINT,
    wrong_in_a_row BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    locked_until BIGINT,
    solved_at BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, subject_id)
);
CREATE INDEX challenges_by_age ON challenges (changed_at);
