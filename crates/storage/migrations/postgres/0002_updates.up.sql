-- The update log: what Telegram said, until it is done.
CREATE TABLE updates (
    seq BIGINT NOT NULL PRIMARY KEY,
    partition BIGINT NOT NULL,
    key BIGINT NOT NULL,
    raw TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts BIGINT NOT NULL DEFAULT 0,
    reply TEXT,
    error TEXT,
    received_at BIGINT NOT NULL
)
-- Room on each page for the reply, so that it need not go to another one and into the index again.
WITH (fillfactor = 50);
-- How far each bot has read, and who may go on reading.
CREATE TABLE poller (
    bot_id BIGINT NOT NULL,
    api_url TEXT NOT NULL,
    fence BIGINT NOT NULL,
    last_seq BIGINT,
    PRIMARY KEY (bot_id, api_url)
);
