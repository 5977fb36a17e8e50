//! The database is slow: what cannot be handled stays with Telegram, and what is urgent overtakes.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::slow_path::SlowPath;
use crate::world::World;

/// Of each packet to the database and back, so that a transaction takes half a second.
const DELAY: Duration = Duration::from_millis(50);

/// More than a program with such a database can take.
const PEOPLE: usize = 3_000;
const A_SECOND: u32 = 200;

/// `POLLING_BACKLOG` here, so that a story is enough to fill it.
const BACKLOG: u64 = 600;
/// The largest batch, `POLLING_LIMIT`.
const BATCH: u64 = 100;

/// Telegram drops a payment that has no answer by then (Bot API, `answerPreCheckoutQuery`).
const IN_TIME: Duration = Duration::from_secs(10);

/// The program needs 40 MiB, unoptimized.
const MOST_MEMORY_KIB: u64 = 96 * 1024;

/// How many updates wait in the log.
async fn in_the_log(w: &World) -> u64 {
    let rows: Vec<(i64,)> = w.database.rows("SELECT COUNT(*) FROM updates WHERE state <> 'dead'").await;
    rows[0].0 as u64
}

/// How many updates wait with Telegram.
async fn with_telegram(w: &World) -> u64 {
    w.control.get("/stats").await["bots"][0]["pending"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_database_slows_the_poller_and_a_payment_overtakes_the_crowd() {
    let mut w = World::builder().with_books().await;
    let database = w.setting("DATABASE_URL").parse().unwrap();
    let path = SlowPath::to(&database).await;
    let launch = w.launch.clone().with("DATABASE_URL", path.instead_of(&database));
    w.launch = launch.with("POLLING_BACKLOG", BACKLOG.to_string()).with("BOT_CONCURRENCY", "64");
    let program = w.another("only", &["run"]).await;
    w.control.wait("polled", &[]).await.unwrap();
    let sara = w.member("سارة").await;

    path.takes(DELAY);
    let crowd = w.crowd(PEOPLE, A_SECOND).await;
    let longest_log = Cell::new(0);
    let log = async || {
        let waiting = in_the_log(&w).await;
        longest_log.set(longest_log.get().max(waiting));
        waiting
    };
    w.comes_true("the log fills", async || log().await >= BACKLOG / 2).await;
    let ([sent, _], asked) = (crowd.progress(&w).await, Instant::now());
    assert_eq!(sara.pays(50).await["ok"], false, "the payment was never answered");
    let (took, [_, answered]) = (asked.elapsed(), crowd.progress(&w).await);
    assert!(took < IN_TIME, "the payment waited for {took:?}");
    assert!(answered + BATCH < sent, "it overtook nobody: {answered} of the {sent} before it were served");

    w.comes_true("the log is full", async || log().await >= BACKLOG).await;
    let at_first = with_telegram(&w).await;
    w.comes_true("everyone has come", async || {
        log().await;
        crowd.progress(&w).await[0] == PEOPLE as u64
    })
    .await;
    let at_last = with_telegram(&w).await;
    assert!(at_last > at_first + BACKLOG, "the poller goes on fetching: {at_first}, then {at_last}");
    let memory = program.memory_kib("VmHWM");
    assert!(memory < MOST_MEMORY_KIB, "{memory} KiB");

    path.takes(Duration::ZERO);
    assert_eq!(crowd.is_served(&w, 0).await, 0, "nobody was answered twice");
    let longest = longest_log.get();
    assert!(longest < BACKLOG + BATCH, "{longest} waited in the log");
    eprintln!(
        "a payment took {took:?}, past {} people; {longest} updates waited in the log, {at_last} with Telegram; {} MiB",
        sent - answered,
        memory / 1024
    );
    w.ends_with([program]).await;
}
