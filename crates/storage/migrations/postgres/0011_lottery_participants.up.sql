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
) PARTITION BY HASH (lottery_id);
CREATE TABLE lottery_participants_0 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE lottery_participants_1 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE lottery_participants_2 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE lottery_participants_3 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE lottery_participants_4 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE lottery_participants_5 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE lottery_participants_6 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE lottery_participants_7 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE lottery_participants_8 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE lottery_participants_9 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE lottery_participants_10 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE lottery_participants_11 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE lottery_participants_12 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE lottery_participants_13 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE lottery_participants_14 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE lottery_participants_15 PARTITION OF lottery_participants
    FOR VALUES WITH (MODULUS 16, REMAINDER 15);
CREATE UNIQUE INDEX lottery_participants_by_ticket ON lottery_participants (lottery_id, ticket);
CREATE INDEX lottery_participants_suspicious ON lottery_participants (lottery_id, ticket) WHERE is_suspicious;
-- Organizers find participants by the usernames that people have now.
CREATE INDEX users_by_username ON users (LOWER(username)) WHERE username IS NOT NULL;
