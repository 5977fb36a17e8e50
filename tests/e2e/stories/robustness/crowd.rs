//! A crowd at once: everyone is served, within Telegram's limits.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn three_hundred_people_start_at_once() {
    const PEOPLE: usize = 300;
    let w = World::open().await;
    let load = json!({"people": PEOPLE, "first_id": 10_000_001});
    let load = w.control.post("/load/start", load).await["id"].as_i64().unwrap();
    w.comes_true("everyone is answered", async || {
        w.control.get(&format!("/load/{load}")).await["done"] == true
    })
    .await;
    w.settles().await;
    assert_eq!(w.database.people().await.len(), PEOPLE);
    assert_eq!(w.control.calls("sendMessage").await.len(), PEOPLE, "each of them once");
    let stats = w.control.get("/stats").await;
    assert_eq!(stats["held"], 0, "the bot kept to the limits by itself");
    let report = w.control.get(&format!("/load/{load}")).await;
    eprintln!("300 people: answered after {} ms, p95 {} ms", report["elapsed_ms"], report["p95_ms"]);
    w.ends().await;
}
