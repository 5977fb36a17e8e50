//! kill -9: the others take over within the time of a lease.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::LEASE;
use super::fleet::partition_of;
use crate::world::World;
use crate::world::program::Program;

/// The leases of a dead program are gone after [`LEASE`], and the others look every two seconds.
const TAKEN_OVER: Duration = LEASE.saturating_add(Duration::from_secs(2));

/// For a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(3);

/// How long a program takes to answer the first of those who waited, on such a machine.
const CATCHING_UP: Duration = Duration::from_secs(4);

/// A program under this name is killed; others get its partitions in time, and answer whoever waits.
async fn is_replaced(w: &World, program: &mut Program, name: &str) {
    let orphans: BTreeSet<u8> = w
        .holders()
        .into_iter()
        .filter(|(_, holder)| holder == name)
        .map(|(partition, _)| partition)
        .collect();
    assert!(!orphans.is_empty(), "it handled nothing");
    program.is_killed();
    let died = Instant::now();
    // What it had said to Telegram at its death has arrived by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let said = w.control.calls("sendMessage").await.last().unwrap()["id"].as_i64().unwrap();
    w.comes_true("others have its partitions", async || {
        let holders = w.holders();
        orphans.iter().all(|orphan| holders.get(orphan).is_some_and(|holder| holder != name))
    })
    .await;
    let taken = died.elapsed();
    w.comes_true("somebody else answers for the dead program", async || {
        let later = w.control.get(&format!("/calls?after={said}&method=sendMessage&limit=10000")).await;
        let later = later["calls"].as_array().unwrap();
        later.iter().any(|call| orphans.contains(&partition_of(call["chat"].as_i64().unwrap())))
    })
    .await;
    eprintln!("its partitions were taken after {taken:?} and served after {:?}", died.elapsed());
    assert!(taken < TAKEN_OVER + SLACK, "{taken:?}");
    assert!(died.elapsed() < TAKEN_OVER + SLACK + CATCHING_UP, "{:?}", died.elapsed());
}

/// Somebody else than this one polls.
async fn polls_again(w: &World, dead: &str) {
    let died = Instant::now();
    w.comes_true("somebody else has the turn", async || w.poller().is_some_and(|name| name != dead)).await;
    let taken = died.elapsed();
    let polls = async || w.control.get("/stats").await["bots"][0]["polls"].as_u64().unwrap();
    let before = polls().await;
    w.comes_true("Telegram is asked again", async || polls().await > before).await;
    eprintln!("the turn was taken after {taken:?} and Telegram asked after {:?}", died.elapsed());
    assert!(taken < TAKEN_OVER + SLACK, "{taken:?}");
    assert!(died.elapsed() < TAKEN_OVER + SLACK + CATCHING_UP, "{:?}", died.elapsed());
}

#[tokio::test]
async fn a_crowd_loses_nobody_though_the_poller_and_then_a_handler_are_killed() {
    let w = World::builder().with_books().await;
    let [mut first, second] = w.two().await;
    let before: BTreeSet<String> = w.holders().into_values().collect();
    let mut third = w.another("third", &["run", "--roles", "bot"]).await;
    w.is_shared_by(3).await;
    let handler = w.holders().into_values().find(|name| !before.contains(name)).unwrap();
    let poller = w.poller().unwrap();

    let crowd = w.crowd(5_000, 300).await;
    crowd.is_answered_up_to(&w, 800).await;
    tokio::join!(is_replaced(&w, &mut first, &poller), polls_again(&w, &poller));
    crowd.is_answered_up_to(&w, 3_000).await;
    is_replaced(&w, &mut third, &handler).await;
    let repeats = crowd.is_served(&w, 2).await;
    eprintln!("{repeats} of 5000 menus were sent again after two kills");
    w.ends_with([second]).await;
}
