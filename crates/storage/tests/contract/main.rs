//! The contract of the repositories: each story is told to SQLite and to PostgreSQL.
//!
//! PostgreSQL is the one of `TEST_DATABASE_URL` (`scripts/services.sh run cargo test -p qura-storage`);
//! without it that half is skipped.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

/// Makes two tests of each story, `sqlite::<story>` and `postgres::<story>`. A story that is not in
/// the list is dead code, which the compiler tells.
macro_rules! on_both_databases {
    ($($story:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { crate::database::on_sqlite(super::$story).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { crate::database::on_postgres(super::$story).await; })+
        }
    };
}

/// Calls a repository in a unit of work of its own: `committed!(db, sessions().delete(user))`.
macro_rules! committed {
    ($db:expr, $($call:tt)+) => {{
        let mut tx = $db.begin().await.unwrap();
        let answer = tx.$($call)+.await.unwrap();
        tx.commit().await.unwrap();
        answer
    }};
}

/// Calls a repository on a reading connection: `read!(db, users().count())`.
macro_rules! read {
    ($db:expr, $($call:tt)+) => { $db.read().await.unwrap().$($call)+.await.unwrap() };
}

mod alerts;
mod audit;
mod challenges;
mod channels;
mod database;
mod draws;
mod hostile;
mod jobs;
mod join_requests;
mod limited_acts;
mod lotteries;
mod lottery_conditions;
mod lottery_counters;
mod membership_events;
mod migrations;
mod opening;
mod outbox;
mod participant_lists;
mod participants;
mod schedules;
mod sessions;
mod settings;
mod units_of_work;
mod updates;
mod users;
mod watching;
mod winners;
