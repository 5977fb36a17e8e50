//! SIGKILL at any instant: nobody is lost, nobody is doubled.

use std::collections::HashMap;
use std::time::Duration;

use qura_i18n::Msg;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::world::World;

const PEOPLE: usize = 5_000;
const FIRST: i64 = 10_000_001;
const KILLS: usize = 10;

/// When to kill: after so many answers, and so many milliseconds more.
fn instants(seed: u64) -> Vec<(u64, u64)> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut instants: Vec<_> = (0..KILLS)
        .map(|_| (chance.random_range(0..PEOPLE as u64 * 9 / 10), chance.random_range(0..60)))
        .collect();
    instants.sort_unstable();
    instants
}

#[tokio::test]
async fn a_crowd_loses_nobody_though_the_program_is_killed_ten_times() {
    let seed = match std::env::var("QURA_TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::from(std::process::id()),
    };
    eprintln!("QURA_TEST_SEED={seed}");
    let mut w = World::open().await;
    // A crowd that waited for long is no longer answered at 500 a second by Telegram's rules.
    w.control.post("/flood", json!({"mode": "off"})).await;
    let load = json!({"people": PEOPLE, "first_id": FIRST});
    let load = w.control.post("/load/start", load).await["id"].as_i64().unwrap();
    let report = format!("/load/{load}");
    for (answers, more) in instants(seed) {
        w.comes_true("the crowd is answered", async || {
            w.control.get(&report).await["answered"].as_u64().unwrap() >= answers
        })
        .await;
        tokio::time::sleep(Duration::from_millis(more)).await;
        w.program_is_killed();
        w.program_starts();
    }
    w.comes_true("everyone is answered", async || w.control.get(&report).await["done"] == true).await;
    w.settles().await;

    let ids: Vec<i64> = w.database.people().await.iter().map(|row| row.id).collect();
    assert_eq!(ids, (FIRST..FIRST + PEOPLE as i64).collect::<Vec<_>>(), "seed {seed}");
    let mut menus: HashMap<i64, usize> = HashMap::new();
    for call in w.control.calls("sendMessage").await {
        let chat = call["chat"].as_i64().unwrap();
        let menu = Msg::MenuTitle { name: format!("P{chat}") }.plain(Default::default());
        assert_eq!(call["params"]["text"], menu, "seed {seed}");
        *menus.entry(chat).or_default() += 1;
    }
    assert_eq!(menus.len(), PEOPLE, "seed {seed}: somebody has no menu");
    let repeats: usize = menus.values().map(|count| count - 1).sum();
    eprintln!("{repeats} of {PEOPLE} menus were sent again after {KILLS} kills");
    assert!(menus.values().all(|count| *count <= 1 + KILLS), "seed {seed}");
    w.ends().await;
}
