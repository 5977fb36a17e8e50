//! getUpdates: offsets, filters, retention, two pollers.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_offset_confirms_and_ids_rise_by_one() {
    let w = World::new().await;
    let sara = w.person("سارة").await;
    for _ in 0..3 {
        w.post(&format!("/people/{sara}/start"), json!({})).await;
    }
    let batch = w.ok("getUpdates", json!({"limit": 2})).await;
    assert_eq!(batch.as_array().unwrap().len(), 2);
    assert_eq!(batch[0]["update_id"], 1);
    assert_eq!(batch[0]["message"]["entities"][0]["type"], "bot_command");
    let again = w.ok("getUpdates", json!({})).await;
    assert_eq!(again.as_array().unwrap().len(), 3, "nothing was confirmed");
    let rest = w.ok("getUpdates", json!({"offset": 2})).await;
    assert_eq!(rest[0]["update_id"], 2);
    let last = w.ok("getUpdates", json!({"offset": -1})).await;
    assert_eq!((last[0]["update_id"].clone(), last.as_array().unwrap().len()), (json!(3), 1));
    assert_eq!(w.ok("getUpdates", json!({"offset": 4})).await, json!([]));
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn the_filter_works_when_an_update_is_made() {
    let w = World::new().await;
    let (owner, sara) = (w.user("مالك").await, w.person("سارة").await);
    let chat = w.admin_chat("supergroup", owner).await;
    w.member(chat, sara, "member").await;
    assert_eq!(w.taken("chat_member").await.len(), 0, "not in the default set");
    w.ok("getUpdates", json!({"allowed_updates": ["chat_member", "nonsense"]})).await;
    w.member(chat, sara, "left").await;
    w.post(&format!("/people/{owner}/start"), json!({})).await;
    let updates = w.updates().await;
    assert_eq!(updates.len(), 1, "{updates:#?}");
    assert_eq!(updates[0]["chat_member"]["new_chat_member"]["status"], "left");
    w.ok("getUpdates", json!({"allowed_updates": []})).await;
    w.post(&format!("/people/{owner}/start"), json!({})).await;
    assert_eq!(w.taken("message").await.len(), 1, "an empty list is the default");
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn updates_are_kept_by_kind() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let keyboard = crate::world::callback_keyboard("x", "y");
    let sent = w.ok("sendMessage", json!({"chat_id": sara, "text": "a", "reply_markup": keyboard})).await;
    let press = json!({"message": sent["message_id"], "data": "y", "wait_ms": 0});
    w.post(&format!("/people/{sara}/press"), press).await;
    w.post(&format!("/people/{sara}/send"), json!({"text": "hello"})).await;
    w.advance(151_000).await;
    let updates = w.ok("getUpdates", json!({})).await;
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(updates[0]["message"]["text"], "hello");
    w.advance(86_400_000).await;
    assert_eq!(w.ok("getUpdates", json!({})).await, json!([]));
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn a_second_poller_ends_the_one_that_waits() {
    let w = World::new().await;
    let waiting = w.refused("getUpdates", json!({"timeout": 30}));
    let second = async {
        loop {
            if w.get("/stats").await["bots"][0]["waiting"] == true {
                return w.ok("getUpdates", json!({})).await;
            }
        }
    };
    let (first, second) = tokio::join!(waiting, second);
    assert_eq!(
        first,
        "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(second, json!([]));
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn a_long_poll_is_woken_by_an_update_and_by_the_shutdown() {
    let w = World::new().await;
    let sara = w.person("سارة").await;
    let begun = Instant::now();
    let path = format!("/people/{sara}/start");
    let (batch, _) = tokio::join!(w.ok("getUpdates", json!({"timeout": 50})), w.post(&path, json!({})));
    assert_eq!(batch.as_array().unwrap().len(), 1);
    let World { simulator, http } = w;
    let url = format!("{}/bot{}/getUpdates?offset=5&timeout=50", simulator.url(), crate::world::TOKEN);
    let poll = tokio::spawn(async move { http.get(url).send().await.map(|response| response.status()) });
    tokio::task::yield_now().await;
    simulator.shutdown().await;
    let _ = poll.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
}
