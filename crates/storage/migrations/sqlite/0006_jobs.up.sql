-- A queued job falls due at run_at; a running one when its lease ends, which is then its run_at.
CREATE TABLE jobs (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts BIGINT NOT NULL DEFAULT 0,
    run_at BIGINT NOT NULL,
    dedupe TEXT,
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at);
CREATE UNIQUE INDEX jobs_dedupe ON jobs (kind, dedupe) WHERE state = 'queued' AND dedupe IS NOT NULL;
-- Which firing of a schedule was already made into a job.
CREATE TABLE schedule_runs (
    schedule TEXT NOT NULL,
    fire_at BIGINT NOT NULL,
    PRIMARY KEY (schedule, fire_at)
);
