CREATE TABLE lotteries (
    id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    organizer_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    pause_reason TEXT,
    template TEXT NOT NULL,
    settings TEXT NOT NULL,
    -- What the settings say, for those who wait for the time.
    publish_at BIGINT,
    draw_at BIGINT,
    message_id BIGINT,
    draw_mode BIGINT,
    commitment TEXT,
    reopens_id BIGINT,
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX lotteries_by_code ON lotteries (code);
CREATE INDEX lotteries_by_organizer ON lotteries (organizer_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX lotteries_by_chat ON lotteries (chat_id, state);
CREATE INDEX lotteries_to_publish ON lotteries (publish_at) WHERE state = 'scheduled';
CREATE INDEX lotteries_to_draw ON lotteries (draw_at) WHERE state = 'open';
CREATE INDEX lotteries_deleted ON lotteries (deleted_at) WHERE deleted_at IS NOT NULL;
-- What the draw rests on, away from what is read for screens.
CREATE TABLE draw_secrets (
    lottery_id BIGINT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    salt_key TEXT NOT NULL
);
-- The row that every join locks: whether anyone may join, the last ticket, how many are registered,
-- and which number the post shows.
CREATE TABLE lottery_counters (
    lottery_id BIGINT NOT NULL PRIMARY KEY,
    entrance TEXT NOT NULL DEFAULT 'closed',
    tickets BIGINT NOT NULL DEFAULT 0,
    participants BIGINT NOT NULL DEFAULT 0,
    milestone BIGINT NOT NULL DEFAULT 0,
    has_post BOOLEAN NOT NULL DEFAULT FALSE,
    shown BIGINT NOT NULL DEFAULT 0,
    shown_at BIGINT NOT NULL DEFAULT 0
)
-- The row changes with each group of joins.
WITH (fillfactor = 50);
CREATE INDEX lottery_counters_dirty ON lottery_counters (shown_at, lottery_id)
    WHERE has_post AND shown <> participants;
