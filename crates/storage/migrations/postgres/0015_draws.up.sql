-- A draw from the freeze on: what it rests on, and how far it is.
CREATE TABLE draws (
    lottery_id BIGINT NOT NULL PRIMARY KEY,
    tickets BIGINT NOT NULL,
    terms TEXT NOT NULL,
    frozen_at BIGINT NOT NULL,
    root TEXT,
    -- Of the round of the beacon.
    signature TEXT,
    -- The candidates that were decided, as JSON.
    walk TEXT NOT NULL DEFAULT '[]',
    -- What it waits for, as the organizer was told; nothing while it goes on.
    complaint TEXT
);
-- Every freeze that was made, and where it was posted.
CREATE TABLE draw_freezes (
    lottery_id BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    hash TEXT NOT NULL,
    round BIGINT,
    chat_id BIGINT,
    message_id BIGINT,
    posted_at BIGINT,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (lottery_id, attempt)
);
-- The receipt (number 0) and its addenda, to the byte.
CREATE TABLE draw_receipts (
    lottery_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (lottery_id, number)
);
-- Who won, who waits to inherit, and who was passed over or replaced.
CREATE TABLE lottery_winners (
    lottery_id BIGINT NOT NULL,
    ticket BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    place BIGINT NOT NULL,
    -- Until when the win may still pass to an heir.
    hold_until BIGINT,
    confirmed_at BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (lottery_id, ticket)
);
CREATE INDEX lottery_winners_on_hold ON lottery_winners (hold_until) WHERE hold_until IS NOT NULL;
