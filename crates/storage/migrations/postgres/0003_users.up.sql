CREATE TABLE users (
    id BIGINT NOT NULL PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT,
    username TEXT,
    language_code TEXT,
    is_premium BOOLEAN NOT NULL,
    language TEXT,
    timezone TEXT,
    referrer_id BIGINT,
    screen_message_id BIGINT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    blocked_at BIGINT,
    banned_at BIGINT
)
-- A person's row changes each time that they come.
WITH (fillfactor = 80);
-- Requests to join a gate channel that wait for approval.
CREATE TABLE join_requests (
    chat_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
);
CREATE INDEX join_requests_by_age ON join_requests (requested_at);
