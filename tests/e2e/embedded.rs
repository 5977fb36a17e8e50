//! What holds on SQLite alone: a file has one process.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_second_process_on_the_same_sqlite_file() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    for command in [&["run"][..], &["admin", "get"], &["migrate", "status"]] {
        let said = w.runs(command).await;
        assert!(said.refused().contains("qura.db"), "{said:?}");
    }
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    w.ends().await;
}

/// What SQLite says when it cannot grow.
const FULL: &str = "database or disk is full";

/// There is no more room on the disk, or there is again.
fn disk_is_full(w: &World, is_full: bool) {
    let (_, clock) = w.launch.settings.iter().find(|(name, _)| name == "TEST_CLOCK").unwrap();
    let file = Path::new(clock).with_file_name("full");
    if is_full { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
}

#[tokio::test]
async fn a_crowd_loses_nobody_though_the_disk_is_full_for_a_while() {
    const PEOPLE: i64 = 1_000;
    const FIRST: i64 = 10_000_001;
    let mut w = World::open().await;
    w.expected.tolerated.push(FULL);
    w.control.post("/flood", json!({"mode": "off"})).await;
    let half = async |first: i64| {
        let load = json!({"people": PEOPLE / 2, "first_id": first, "rate": 250});
        w.control.post("/load/start", load).await["id"].as_i64().unwrap()
    };
    let of = async |load: i64| w.control.get(&format!("/load/{load}")).await["answered"].as_i64().unwrap();
    let before = half(FIRST).await;
    w.comes_true("some are answered", async || of(before).await > 100).await;
    disk_is_full(&w, true);
    // However fast the program is, these come when there is no more room.
    let after = half(FIRST + PEOPLE / 2).await;
    w.comes_true("it has no room", async || w.log().matches(FULL).count() >= 3).await;
    let answered = async || of(before).await + of(after).await;
    let then = answered().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(answered().await < PEOPLE, "the disk was full for nobody");
    eprintln!("{then} of {PEOPLE} were answered when there was no more room");
    disk_is_full(&w, false);
    w.comes_true("everyone is answered", async || answered().await == PEOPLE).await;
    w.settles().await;
    let ids: Vec<i64> = w.database.people().await.iter().map(|row| row.id).collect();
    assert_eq!(ids, (FIRST..FIRST + PEOPLE).collect::<Vec<_>>());
    let mut menus: HashMap<i64, usize> = HashMap::new();
    for call in w.control.calls("sendMessage").await {
        *menus.entry(call["chat"].as_i64().unwrap()).or_default() += 1;
    }
    assert_eq!(menus.len(), ids.len());
    assert!(menus.values().all(|count| *count == 1), "nobody is answered twice: {menus:?}");
    w.ends().await;
}
