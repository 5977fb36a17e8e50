//! A new version comes under load: first its schema, then its program, and then the old program leaves.

use crate::world::World;

/// What `qura migrate up` of a version to come does, a transaction each. It only adds.
const NEXT_VERSION: [&str; 4] = [
    "ALTER TABLE users ADD COLUMN nickname TEXT;
     CREATE INDEX users_by_last_sight ON users (last_seen_at);
     INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     VALUES (9001, 'nicknames', TRUE, '\\x00', 1);",
    "ALTER TABLE updates ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
     INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     VALUES (9002, 'weights', TRUE, '\\x00', 1);",
    "ALTER TABLE poller ADD COLUMN polled_at BIGINT;
     ALTER TABLE settings ADD COLUMN note TEXT;
     INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     VALUES (9003, 'notes', TRUE, '\\x00', 1);",
    "CREATE TABLE badges (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
     INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     VALUES (9004, 'badges', TRUE, '\\x00', 1);",
];

#[tokio::test]
async fn a_new_version_replaces_the_old_one_under_load() {
    let w = World::builder().with_books().await;
    let mut old = w.another("old", &["run"]).await;
    w.is_shared_by(1).await;
    let crowd = w.crowd(4_000, 300).await;
    crowd.is_answered_up_to(&w, 600).await;
    for migration in NEXT_VERSION {
        w.sql(migration).await;
    }
    // The old program goes on with what it does not know.
    crowd.is_answered_up_to(&w, 1_800).await;
    let new = w.another("new", &["run"]).await;
    w.is_shared_by(2).await;
    old.stops().await;
    assert_eq!(crowd.is_served(&w, 0).await, 0, "nobody was answered twice");
    w.is_shared_by(1).await;
    w.member("سارة").await;
    w.ends_with([new]).await;
}
