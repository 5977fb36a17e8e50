CREATE TABLE audit_logs (
    created_at BIGINT NOT NULL,
    id BIGINT NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
-- Takes what no partition of its own month takes.
CREATE TABLE audit_logs_rest PARTITION OF audit_logs DEFAULT;
CREATE INDEX audit_logs_by_actor ON audit_logs (actor_id, created_at);
CREATE INDEX audit_logs_by_subject ON audit_logs (subject, created_at);
