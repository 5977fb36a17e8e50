-- What people may do only so often: a row each time, until it does not count any more.
CREATE TABLE limited_acts (
    user_id BIGINT NOT NULL,
    act TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (user_id, act, done_at, id)
);
