-- Who came and went, and by whose hand. Rows are only added; the newest of a person is what they are.
CREATE TABLE membership_events (
    chat_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (chat_id, user_id, happened_at, seq)
);
CREATE INDEX membership_events_by_age ON membership_events (happened_at);
