//! A program that sleeps through its leases, as a stopped virtual machine does: once awake, it is too late
//! for everything that it had in hand.

use std::collections::BTreeSet;
use std::time::Duration;

use qura_i18n::Msg;

use crate::world::{ChannelPlan, World};

/// The other one has everything.
async fn is_taken_over(w: &World, sleeper: &str) {
    w.comes_true("the other one has everything", async || {
        let holders: BTreeSet<String> = w.holders().into_values().chain(w.poller()).collect();
        holders.len() == 1 && !holders.contains(sleeper)
    })
    .await;
}

/// Telegram had handed a batch to the sleeper already; the next one to poll gets it as well.
#[tokio::test]
async fn a_batch_that_reached_a_sleeping_poller_is_stored_by_its_successor_only() {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    let mut w = World::builder().gate(plan).gate_off().operator("خالد").with_books().await;
    // Both have asked for updates; the older question is refused.
    w.expected.tolerated.push("terminated by other getUpdates request");
    // When it falls asleep in the middle of a transaction.
    w.expected.tolerated.push("idle-in-transaction timeout");
    // A press waits for the successor, which on a busy machine is there too late for it.
    w.expected.tolerated.push("query is too old");
    let [mut first, second] = w.two().await;
    let khalid = w.operator();
    khalid.says("/admin").await;
    khalid.sees(Msg::AdminTitle).await;
    khalid.presses("الاشتراك الإجباري").await.is_quiet();
    khalid.sees(Msg::AdminGateOff { count: 1 }).await;
    w.settles().await;

    let sleeper = w.poller().unwrap();
    let people = [w.person_of(&sleeper).await, w.person("ليلى").await, w.person("منى").await];
    first.hears("STOP");
    for person in &people {
        person.starts().await;
    }
    khalid.presses("تفعيل").await.is_quiet();
    is_taken_over(&w, &sleeper).await;
    khalid.sees(Msg::AdminGateOn { count: 1 }).await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;

    first.hears("CONT");
    first.logs("another poller").await;
    w.is_shared_by(2).await;
    w.settles().await;
    for person in &people {
        assert_eq!(person.chat().await.len(), 1, "{}", person.name());
    }
    let switched = w.database.audit().await.into_iter().filter(|row| row.actor_id == Some(khalid.id()));
    assert_eq!(switched.count(), 1);
    let stored = w.books("stored").await;
    assert!(stored.windows(2).all(|pair| pair[0] < pair[1]), "an update was stored twice: {stored:?}");
    w.ends_with([first, second]).await;
}

#[tokio::test]
async fn a_crowd_notices_nothing_when_a_program_freezes_and_wakes_up() {
    let mut w = World::builder().with_books().await;
    w.expected.tolerated.push("terminated by other getUpdates request");
    // When it froze in the middle of a transaction, or while it waited for a connection.
    w.expected.tolerated.push("idle-in-transaction timeout");
    w.expected.tolerated.push("pool timed out while waiting for an open connection");
    let [mut first, second] = w.two().await;
    let sleeper = w.poller().unwrap();
    let crowd = w.crowd(5_000, 350).await;
    crowd.is_answered_up_to(&w, 1_000).await;
    first.hears("STOP");
    is_taken_over(&w, &sleeper).await;
    // In the middle of its successor's work.
    crowd.is_answered_up_to(&w, 2_500).await;
    first.hears("CONT");
    w.is_shared_by(2).await;
    let repeats = crowd.is_served(&w, 1).await;
    eprintln!("{repeats} of 5000 menus were sent again after a freeze");
    assert_ne!(w.poller(), Some(sleeper), "its turn is over");
    // It works again, with the others.
    tokio::time::timeout(Duration::from_secs(30), w.member("سارة")).await.unwrap();
    w.ends_with([first, second]).await;
}
