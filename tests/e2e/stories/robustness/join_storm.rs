//! A storm on one post: everyone gets in once, and the post tells the truth within Telegram's limits.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, World};

const FIRST: i64 = 10_000_001;

/// How many press: a short form by default, the whole storm by `make storm`.
fn people(whole: usize) -> usize {
    if std::env::var_os("STORM").is_some() { whole } else { whole / 10 }
}

/// A world with a lottery without a challenge, which no person of the storm has been seen in.
async fn calm() -> (World, Channel, Lottery) {
    let w = World::builder().env("DATABASE_MAX_CONNECTIONS", "8").start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    (w, channel, lottery)
}

/// So many people press the button, each twice, and open the link.
async fn storm(w: &World, lottery: &Lottery, people: usize, rate: u32) -> String {
    let press = json!({
        "chat": lottery.chat, "message": lottery.post, "data": format!("post:join:{}", lottery.code),
        "people": people, "first_id": FIRST, "times": 2, "rate": rate,
    });
    let load = w.control.post("/load/press", press).await["id"].as_i64().unwrap();
    format!("/load/{load}")
}

/// A tenth of the updates comes again, until there are enough participants.
async fn redelivers(w: &World, lottery: &Lottery, people: usize) -> usize {
    let (mut again, mut seen) = (0, 0);
    let deadline = Instant::now() + Duration::from_secs(240);
    while participants(w, lottery).await < people {
        assert!(Instant::now() < deadline, "{} of {people} joined", participants(w, lottery).await);
        let stats = w.control.get("/stats").await;
        let updates = stats["bots"][0]["updates"].as_u64().unwrap() as usize;
        let count = (updates - seen).div_ceil(10);
        seen = updates;
        again += w.control.post("/updates/redeliver", json!({"count": count})).await["redelivered"]
            .as_u64()
            .unwrap() as usize;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    again
}

async fn participants(w: &World, lottery: &Lottery) -> usize {
    let rows: Vec<(i64, i64)> =
        w.database.rows("SELECT lottery_id, participants FROM lottery_counters").await;
    rows.into_iter().find(|(id, _)| *id == lottery.id).map_or(0, |(_, count)| count as usize)
}

/// Waits as long as a storm may take on a machine that has other things to do.
async fn comes_true(w: &World, what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(200);
    while !condition().await {
        let updates = w.control.get("/stats").await["bots"].clone();
        assert!(Instant::now() < deadline, "never came true: {what}: {updates}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Everyone once, and tickets without a gap.
async fn everyone_is_in_once(w: &World, people: usize) {
    let tickets = w.tickets().await;
    let numbers: Vec<i64> = tickets.iter().map(|(ticket, ..)| *ticket).collect();
    assert_eq!(numbers, (1..=people as i64).collect::<Vec<_>>());
    let mut users: Vec<i64> = tickets.iter().map(|(_, user, _)| *user).collect();
    users.sort_unstable();
    assert_eq!(users, (FIRST..FIRST + people as i64).collect::<Vec<_>>());
    assert!(tickets.iter().all(|(.., state)| state == "registered"));
}

/// The times of the post's edits, in milliseconds.
async fn edits(w: &World, lottery: &Lottery) -> Vec<i64> {
    let mut calls: Vec<Value> = w.control.calls("editMessageText").await;
    calls.extend(w.control.calls("editMessageReplyMarkup").await);
    let ours = calls.iter().filter(|call| call["chat"] == lottery.chat);
    let mut times: Vec<i64> = ours.map(|call| call["time_ms"].as_i64().unwrap()).collect();
    times.sort_unstable();
    times
}

async fn no_minute_has_more_than_twenty_edits(w: &World, lottery: &Lottery) {
    let edits = edits(w, lottery).await;
    for (first, from) in edits.iter().enumerate() {
        let within = edits[first..].iter().filter(|at| **at - from < 60_000).count();
        assert!(within <= 20, "{within} edits within a minute: {edits:?}");
    }
}

#[tokio::test]
async fn ten_thousand_press_at_once_and_each_gets_one_ticket() {
    let people = people(10_000);
    let (w, _, lottery) = calm().await;
    // The machine of a test may be slower than the storm; answers are still answers.
    w.control.post("/flood", json!({"mode": "custom", "interactive_window_s": 120})).await;
    let begun = Instant::now();
    let report = storm(&w, &lottery, people, people as u32 / 20).await;
    let again = redelivers(&w, &lottery, people).await;
    let last_join = Instant::now();
    eprintln!("{people} joined after {:?}; {again} updates came again", begun.elapsed());
    let label = qura_i18n::Msg::PostCount { count: people as i64 }.plain(Default::default());
    while w.shown_count(&lottery).await != label {
        assert!(
            last_join.elapsed() < Duration::from_secs(5),
            "the post shows {}",
            w.shown_count(&lottery).await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    eprintln!("the post showed it {:?} after the last join", last_join.elapsed());
    comes_true(&w, "everyone is answered", async || w.control.get(&report).await["done"] == true).await;
    w.settles().await;
    everyone_is_in_once(&w, people).await;
    no_minute_has_more_than_twenty_edits(&w, &lottery).await;
    assert!(again >= people / 10, "{again} updates came again");
    w.ends().await;
}

#[tokio::test]
async fn a_storm_loses_nobody_though_the_program_is_killed_twenty_times() {
    let people = people(3_000);
    const KILLS: usize = 20;
    let seed = match std::env::var("QURA_TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::from(std::process::id()),
    };
    eprintln!("QURA_TEST_SEED={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let (mut w, _, lottery) = calm().await;
    w.control.post("/flood", json!({"mode": "off"})).await;
    // A press that was answered right before the end is answered once more after the start.
    w.expected.tolerated.push("query is too old");
    let report = storm(&w, &lottery, people, people as u32 / 5).await;
    let mut instants: Vec<usize> = (0..KILLS).map(|_| chance.random_range(0..people * 9 / 10)).collect();
    instants.sort_unstable();
    for instant in instants {
        comes_true(&w, "people join", async || participants(&w, &lottery).await >= instant).await;
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..60))).await;
        w.program_is_killed();
        w.program_starts();
    }
    comes_true(&w, "everyone joined", async || participants(&w, &lottery).await >= people).await;
    comes_true(&w, "everyone is answered", async || w.control.get(&report).await["done"] == true).await;
    w.settles().await;
    everyone_is_in_once(&w, people).await;
    w.post_shows(&lottery, people as i64).await;
    w.ends().await;
}
