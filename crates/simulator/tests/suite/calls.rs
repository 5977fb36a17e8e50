//! The shape of requests: encodings, strictness, unknown things.

use serde_json::json;

use crate::world::{BOT, TOKEN, World};

#[tokio::test]
async fn unknown_and_wrong_parameters_are_refused() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let unknown = w.refused("sendMessage", json!({"chat_id": sara, "text": "a", "txet": "b"})).await;
    assert_eq!(unknown, "400 Bad Request: [simulator] unknown parameter \"txet\"");
    let wrong = w.refused("sendMessage", json!({"chat_id": sara, "text": 5})).await;
    assert_eq!(wrong, "400 Bad Request: [simulator] text must be a string");
    let missing = w.refused("sendMessage", json!({"text": "a"})).await;
    assert_eq!(missing, "400 Bad Request: chat_id is empty");
    let nested = json!({"chat_id": sara, "text": "a", "link_preview_options": {"is_disabled": "yes"}});
    assert!(
        w.refused("sendMessage", nested).await.contains("link_preview_options.is_disabled must be a boolean")
    );
    let html = w.refused("sendMessage", json!({"chat_id": sara, "text": "a", "parse_mode": "HTML"})).await;
    assert!(html.contains("parse_mode is not supported"));
    let refusals = w.refusals().await;
    assert_eq!(refusals[0]["method"], "sendMessage");
    assert_eq!(refusals[0]["params"]["txet"], "b");
    w.ends_with_refusals(5).await;
}

#[tokio::test]
async fn gaps_are_loud() {
    let w = World::new().await;
    let known = w.refused("sendDice", json!({"chat_id": 1})).await;
    assert_eq!(known, "501 Not Implemented: the simulator does not know sendDice yet");
    assert_eq!(w.refused("sendNonsense", json!({})).await, "404 Not Found: method not found");
    let url = format!("{}/bot1:wrong/getMe", w.simulator.url());
    assert_eq!(w.http.get(url).send().await.unwrap().status(), 401);
    w.ends_with_refusals(2).await;
}

#[tokio::test]
async fn requests_come_in_four_encodings() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let url = format!("{}/bot{TOKEN}/sendmessage", w.simulator.url());
    let keyboard = r#"{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}"#;
    let query = format!("{url}?chat_id={sara}&text=a%20b+c&reply_markup={}", keyboard.replace('"', "%22"));
    let body: serde_json::Value = w.http.get(query).send().await.unwrap().json().await.unwrap();
    assert_eq!(body["result"]["text"], "a b c");
    assert_eq!(body["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "y");
    let form = w.http.post(&url).header("Content-Type", "application/x-www-form-urlencoded");
    let form = form.body(format!("chat_id={sara}&text=%D8%B3%D8%A7&disable_notification=true"));
    let body: serde_json::Value = form.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["result"]["text"], "سا");
    let mut form = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n{sara}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nصورة\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n"
    )
    .into_bytes();
    form.extend(b"\x89PNG\r\n\x1a\n....IHDR\0\0\0\x02\0\0\0\x03\r\n--cut--\r\n");
    let url = format!("{}/bot{TOKEN}/sendPhoto", w.simulator.url());
    let body: serde_json::Value = w
        .http
        .post(url)
        .header("Content-Type", "multipart/form-data; boundary=cut")
        .body(form)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body["result"]["photo"][0]["height"], 3, "{body}");
    let file_id = &body["result"]["photo"][0]["file_id"];
    let again = w.ok("sendPhoto", json!({"chat_id": sara, "photo": file_id})).await;
    assert_eq!(&again["photo"][0]["file_id"], file_id);
    let path = w.ok("getFile", json!({"file_id": file_id})).await["file_path"].as_str().unwrap().to_owned();
    let bytes = w.http.get(format!("{}/file/bot{TOKEN}/{path}", w.simulator.url())).send().await.unwrap();
    assert!(bytes.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let by_url = w.refused("sendPhoto", json!({"chat_id": sara, "photo": "https://example.org/a.png"})).await;
    assert_eq!(by_url, "400 Bad Request: wrong file identifier/HTTP URL specified");
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn a_bot_describes_itself() {
    let w = World::new().await;
    let me = w.ok("getMe", json!({})).await;
    assert_eq!((&me["id"], &me["username"]), (&json!(BOT), &json!("qura_bot")));
    w.ok("setMyCommands", json!({"commands": [{"command": "start", "description": "ابدأ"}]})).await;
    let commands = w.ok("getMyCommands", json!({})).await;
    assert_eq!(commands[0]["command"], "start");
    let upper =
        w.refused("setMyCommands", json!({"commands": [{"command": "Start", "description": "x"}]})).await;
    assert_eq!(upper, "400 Bad Request: BOT_COMMAND_INVALID");
    assert_eq!(w.ok("getWebhookInfo", json!({})).await["pending_update_count"], 0);
    w.ends_with_refusals(1).await;
}
