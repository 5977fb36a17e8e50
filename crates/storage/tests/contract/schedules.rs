//! A schedule fires once each time, however many workers look at the clock.

use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    a_firing_happens_once,
    a_worker_that_is_behind_repeats_nothing,
    earlier_firings_are_forgotten,
    of_many_workers_one_fires,
    a_firing_that_was_rolled_back_happens_later,
}

async fn a_firing_happens_once(db: Db) {
    assert!(committed!(db, schedules().fire("purge", at(60))));
    assert!(!committed!(db, schedules().fire("purge", at(60))));
    assert!(committed!(db, schedules().fire("report", at(60))));
    assert!(committed!(db, schedules().fire("purge", at(120))));
    assert!(!committed!(db, schedules().fire("purge", at(120))));
    assert!(!committed!(db, schedules().fire("report", at(60))));
}

async fn a_worker_that_is_behind_repeats_nothing(db: Db) {
    assert!(committed!(db, schedules().fire("purge", at(60))));
    assert!(committed!(db, schedules().fire("purge", at(120))));
    assert!(!committed!(db, schedules().fire("purge", at(60))));
    assert!(committed!(db, schedules().fire("report", at(60))));
}

async fn earlier_firings_are_forgotten(db: Db) {
    for secs in [60, 120, 180] {
        committed!(db, schedules().fire("purge", at(secs)));
    }
    committed!(db, schedules().fire("report", at(60)));
    const SQL: &str = "SELECT schedule, fire_at FROM schedule_runs ORDER BY schedule";
    let rows: Vec<(String, i64)> = match &db {
        Db::Pg { pool, .. } => sqlx::query_as(SQL).fetch_all(pool).await.unwrap(),
        Db::Lite { read, .. } => sqlx::query_as(SQL).fetch_all(read).await.unwrap(),
    };
    assert_eq!(rows, [("purge".to_owned(), at(180).micros()), ("report".to_owned(), at(60).micros())]);
}

async fn of_many_workers_one_fires(db: Db) {
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { committed!(db, schedules().fire("purge", at(60))) })
        })
        .collect();
    let mut fired = 0;
    for task in tasks {
        fired += u32::from(task.await.unwrap());
    }
    assert_eq!(fired, 1);
}

async fn a_firing_that_was_rolled_back_happens_later(db: Db) {
    let mut tx = db.begin().await.unwrap();
    assert!(tx.schedules().fire("purge", at(60)).await.unwrap());
    tx.rollback().await.unwrap();
    assert!(committed!(db, schedules().fire("purge", at(60))));
}
