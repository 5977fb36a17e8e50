//! Flood control, faults, injected and repeated updates, load, waiting.

use std::collections::HashMap;

use qura_simulator::Config;
use serde_json::{Value, json};

use crate::world::{BOT, START, TOKEN, World, callback_keyboard};

#[tokio::test]
async fn too_many_messages_are_held_and_then_refused() {
    let w = World::with(Config::default()).await;
    let sara = w.user("سارة").await;
    let send = json!({"chat_id": sara, "text": "a"});
    for _ in 0..5 + 8 {
        w.ok("sendMessage", send.clone()).await;
    }
    assert_eq!(w.get("/stats").await["held"], 8, "with a manual clock nothing really waits");
    let url = format!("{}/bot{TOKEN}/sendMessage", w.simulator.url());
    let response = w.http.post(url).json(&send).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "9");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["description"], "Too Many Requests: retry after 9");
    assert_eq!(body["parameters"]["retry_after"], 9);
    w.advance(9_000).await;
    w.ok("sendMessage", send).await;
    let group = w.admin_chat("supergroup", sara).await;
    let first = w.ok("sendMessage", json!({"chat_id": group, "text": "a"})).await["message_id"].clone();
    for n in 1..20 {
        let edit = json!({"chat_id": group, "message_id": first, "text": format!("b{n}")});
        w.ok("editMessageText", edit).await;
    }
    assert!(w.refused("sendMessage", json!({"chat_id": group, "text": "a"})).await.starts_with("429"));
    w.ends_with_refusals(2).await;
}

#[tokio::test]
async fn faults_strike_as_often_as_told() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let send = json!({"chat_id": sara, "text": "a"});
    let limited = json!({"kind": "too_many_requests", "retry_after": 3, "method": "send*", "count": 1});
    w.post("/faults", limited).await;
    assert_eq!(w.refused("sendMessage", send.clone()).await, "429 Too Many Requests: retry after 3");
    w.ok("sendMessage", send.clone()).await;
    w.post("/faults", json!({"kind": "server_error", "chat": sara})).await;
    assert!(w.refused("sendMessage", send.clone()).await.starts_with("500"));
    w.try_control("DELETE", "/faults", Value::Null).await.unwrap();
    let count =
        || async { w.get(&format!("/chats/{sara}/messages")).await["messages"].as_array().unwrap().len() };
    let before = count().await;
    let url = format!("{}/bot{TOKEN}/sendMessage", w.simulator.url());
    for (kind, more) in [("cut_before", 0), ("cut_after", 1)] {
        w.post("/faults", json!({"kind": kind, "method": "sendMessage", "count": 1})).await;
        assert!(w.http.post(&url).json(&send).send().await.is_err(), "{kind}");
        assert_eq!(count().await, before + more, "{kind}");
    }
    let calls = w.get("/calls?method=sendMessage").await;
    let struck: Vec<&Value> = calls["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| &call["fault"])
        .filter(|f| !f.is_null())
        .collect();
    assert_eq!(struck, ["too_many_requests", "server_error", "cut_before", "cut_after"]);
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn updates_are_injected_repeated_and_reordered() {
    let w = World::new().await;
    let (sara, nora) = (w.user("سارة").await, w.user("نورة").await);
    w.post("/updates", json!({"bot": BOT, "raw": {"future_kind": {"x": [1]}}})).await;
    let batch = w.updates().await;
    assert_eq!(batch[0]["future_kind"]["x"], json!([1]));
    assert_eq!(w.post("/updates/redeliver", json!({"count": 2})).await["redelivered"], 2);
    let next = batch[0]["update_id"].as_i64().unwrap() + 1;
    let again = w.ok("getUpdates", json!({"offset": next})).await;
    assert_eq!(again[1], batch[0], "once more, though confirmed");
    assert_eq!(w.ok("getUpdates", json!({"offset": next})).await, json!([]));
    w.post("/faults", json!({"kind": "reorder_updates", "count": 1})).await;
    w.post(&format!("/people/{sara}/send"), json!({"text": "first"})).await;
    let taken = w.ok("getUpdates", json!({"limit": 1, "offset": next})).await;
    assert_eq!(taken[0]["message"]["text"], "first");
    w.try_control("DELETE", "/faults", Value::Null).await.unwrap();
    w.post("/faults", json!({"kind": "reorder_updates", "count": 2})).await;
    w.post(&format!("/people/{sara}/send"), json!({"text": "second"})).await;
    w.post(&format!("/people/{nora}/send"), json!({"text": "third"})).await;
    let texts: Vec<Value> = w.taken("message").await.iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["first", "third", "second"]);
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn updates_are_torn_to_the_letter() {
    let w = World::new().await;
    let doubled = ",\"future_kind\":{\"x\":1,\"x\":2}";
    let ids =
        w.post("/updates/torn", json!({"bot": BOT, "texts": ["", doubled]})).await["update_ids"].clone();
    let batch = w.updates().await;
    assert_eq!(batch, [json!({"update_id": ids[0]}), json!({"update_id": ids[1], "future_kind": {"x": 2}})]);
    w.ends_with_refusals(0).await;
}

/// What a person waits for is not an old message whose buttons were just taken away.
#[tokio::test]
async fn a_message_that_only_lost_its_buttons_is_not_seen_anew() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let rows = json!({"inline_keyboard": [[{"text": "one", "callback_data": "1"}]]});
    let said = json!({"chat_id": sara, "text": "hello", "reply_markup": rows});
    let id = w.ok("sendMessage", said).await["message_id"].clone();
    let since = w.get("/stats").await["seq"].clone();
    let path = format!("/wait?what=message&chat={sara}&text=hello&since={since}&timeout_ms=20");
    w.ok("editMessageReplyMarkup", json!({"chat_id": sara, "message_id": id})).await;
    assert!(w.try_control("GET", &path, Value::Null).await.unwrap_err().starts_with("timed out"));
    assert!(w.get("/stats").await["seq"].as_i64() > since.as_i64(), "it is a change all the same");
    let edit = json!({"chat_id": sara, "message_id": id, "reply_markup": rows});
    w.ok("editMessageReplyMarkup", edit).await;
    assert_eq!(w.get(&path).await["messages"][0]["id"], id);
    let since = w.get("/stats").await["seq"].clone();
    w.ok("editMessageText", json!({"chat_id": sara, "message_id": id, "text": "hello again"})).await;
    let path = format!("/wait?what=message&chat={sara}&text=hello&since={since}&timeout_ms=20");
    assert_eq!(w.get(&path).await["messages"][0]["buttons"], json!([]));
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn waiting_ends_when_it_is_so_and_not_before() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let path = format!("/wait?what=message&chat={sara}&from=bot&text=hello&timeout_ms=5000");
    let (found, _) =
        tokio::join!(w.get(&path), w.ok("sendMessage", json!({"chat_id": sara, "text": "hello you"})));
    assert_eq!(found["messages"][0]["text"], "hello you");
    let late = format!("/wait?what=message&chat={sara}&since={}&timeout_ms=20", found["seq"]);
    assert!(w.try_control("GET", &late, Value::Null).await.unwrap_err().starts_with("timed out"));
    w.get("/wait?what=idle").await;
    w.get("/wait?what=polled").await;
    assert_eq!(w.get("/clock").await["now"], START);
    assert!(w.try_control("POST", "/clock", json!({"set": START - 1})).await.is_err());
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn a_crowd_is_measured() {
    let w = World::new().await;
    w.post("/load/start", json!({"people": 50, "first_id": 9_000_001})).await;
    let mut answered = 0;
    while answered < 50 {
        for update in
            w.ok("getUpdates", json!({"offset": answered + 1, "timeout": 5})).await.as_array().unwrap()
        {
            w.ok("sendMessage", json!({"chat_id": update["message"]["chat"]["id"], "text": "hi"})).await;
            answered += 1;
        }
    }
    let report = w.get("/load/1").await;
    assert_eq!(
        (&report["sent"], &report["answered"], &report["done"]),
        (&json!(50), &json!(50), &json!(true))
    );
    assert!(report["p50_ms"].as_f64().unwrap() > 0.0);
    w.ends_with_refusals(0).await;
}

/// Whom an alert refuses goes home; who hears anything else in passing comes back, until there is a link.
#[tokio::test]
async fn a_crowd_presses_again_when_it_is_told_to() {
    const CROWD: usize = 10;
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let channel = w.admin_chat("channel", sara).await;
    let post = json!({"chat_id": channel, "text": "lottery", "reply_markup": callback_keyboard("join", "j")});
    let post = w.ok("sendMessage", post).await["message_id"].clone();
    let crowd =
        json!({"chat": channel, "message": post, "data": "j", "people": CROWD, "first_id": 9_000_001});
    w.post("/load/press", crowd).await;
    let mut pressed: HashMap<i64, u32> = HashMap::new();
    let (mut offset, mut started) = (0, 0);
    while started < CROWD - 1 {
        let batch = w.ok("getUpdates", json!({"offset": offset, "timeout": 5})).await;
        let batch = batch.as_array().unwrap();
        assert!(!batch.is_empty(), "{started} of {CROWD} came");
        for update in batch {
            offset = update["update_id"].as_i64().unwrap() + 1;
            if update["message"]["text"] == "/start x" {
                let chat = &update["message"]["chat"]["id"];
                w.ok("sendMessage", json!({"chat_id": chat, "text": "you are in"})).await;
                started += 1;
            }
            let Some(query) = update.get("callback_query") else { continue };
            let person = query["from"]["id"].as_i64().unwrap();
            let times = pressed.entry(person).or_default();
            *times += 1;
            let mut answer = json!({"callback_query_id": query["id"]});
            match (person, *times) {
                (9_000_001, _) => (answer["text"], answer["show_alert"]) = (json!("no"), json!(true)),
                (_, 1) => answer["text"] = json!("press again"),
                _ => answer["url"] = json!("https://t.me/qura_bot?start=x"),
            }
            w.ok("answerCallbackQuery", answer).await;
        }
    }
    let report = w.get("/load/1").await;
    assert_eq!([&report["sent"], &report["answered"]], [CROWD - 1; 2].map(|n| json!(n)).each_ref());
    assert_eq!(report["again"], json!(CROWD - 1));
    assert_eq!(pressed.remove(&9_000_001), Some(1));
    assert!(pressed.values().all(|times| *times == 2), "{pressed:?}");
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn the_page_and_its_events_are_served() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let page = w.http.get(w.simulator.url()).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let script = w.http.get(format!("{}/app.js", w.simulator.url())).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let index = page.text().await.unwrap();
    for name in index.split('"').filter(|part| part.starts_with('/')) {
        let file = w.http.get(format!("{}{name}", w.simulator.url())).send().await.unwrap();
        assert_eq!(file.status(), 200, "{name}");
    }
    let mut stream = w.http.get(format!("{}/control/events", w.simulator.url())).send().await.unwrap();
    w.ok("sendMessage", json!({"chat_id": sara, "text": "live"})).await;
    let chunk = stream.chunk().await.unwrap().unwrap();
    let text = String::from_utf8(chunk.to_vec()).unwrap();
    assert!(text.starts_with("event: message\n") && text.contains("\"text\":\"live\""), "{text}");
    w.ends_with_refusals(0).await;
}
