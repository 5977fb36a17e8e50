-- Wizards: where each person is, until they finish or it expires.
CREATE TABLE sessions (
    user_id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
