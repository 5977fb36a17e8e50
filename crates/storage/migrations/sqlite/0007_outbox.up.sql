-- Messages that must arrive, written with the change that makes them true.
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    notice TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts BIGINT NOT NULL DEFAULT 0,
    send_at BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, send_at);
-- What the operators were told once and need not hear again until it is mended.
CREATE TABLE operator_alerts (
    name TEXT NOT NULL PRIMARY KEY,
    raised_at BIGINT NOT NULL
);
