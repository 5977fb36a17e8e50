CREATE TABLE lottery_participants (
    lottery_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    ticket BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'registered',
    joined_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    challenge TEXT,
    signals BIGINT NOT NULL DEFAULT 0,
    is_suspicious BOOLEAN NOT NULL DEFAULT FALSE,
    excluded_by BIGINT,
    reason TEXT,
    PRIMARY KEY (lottery_id, user_id)
);
CREATE UNIQUE INDEX lottery_participants_by_ticket ON lottery_participants (lottery_id, ticket);
CREATE INDEX lottery_participants_suspicious ON lottery_participants (lottery_id, ticket) WHERE is_suspicious;
-- Organizers find participants by the usernames that people have now.
CREATE INDEX users_by_username ON users (LOWER(username)) WHERE username IS NOT NULL;
