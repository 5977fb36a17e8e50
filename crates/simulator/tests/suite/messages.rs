//! Texts, entities, keyboards, edits, deletions, copies, callbacks.

use serde_json::{Value, json};

use crate::world::{World, callback_keyboard};

#[tokio::test]
async fn texts_and_entities_are_held_to_the_limits() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let send = |text: String, entities: Value| json!({"chat_id": sara, "text": text, "entities": entities});
    let bold = |offset: i64, length: i64| json!([{"type": "bold", "offset": offset, "length": length}]);
    let sent = w.ok("sendMessage", send(" 😀 \u{202b}ab\r ".into(), bold(4, 3))).await;
    assert_eq!((&sent["text"], &sent["entities"]), (&json!("😀 ab"), &bold(3, 2)));
    assert!(
        w.refused("sendMessage", send("😀".into(), bold(1, 1))).await.contains("middle of a UTF-16 symbol")
    );
    assert!(
        w.refused("sendMessage", send("ab".into(), bold(1, 2))).await.contains("after the end of the text")
    );
    let bare_link = json!([{"type": "text_link", "offset": 0, "length": 1}]);
    assert!(w.refused("sendMessage", send("ab".into(), bare_link)).await.starts_with("400"));
    assert_eq!(
        w.refused("sendMessage", send(" ".into(), json!([]))).await,
        "400 Bad Request: message text is empty"
    );
    let long = w.refused("sendMessage", send("س".repeat(4_097), json!([]))).await;
    assert_eq!(long, "400 Bad Request: message is too long");
    w.ends_with_refusals(5).await;
}

#[tokio::test]
async fn keyboards_are_held_to_the_limits() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let send = |button: Value| json!({"chat_id": sara, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
    let data = w.refused("sendMessage", send(json!({"text": "x", "callback_data": "س".repeat(33)}))).await;
    assert_eq!(data, "400 Bad Request: BUTTON_DATA_INVALID");
    let none = w.refused("sendMessage", send(json!({"text": "x"}))).await;
    assert_eq!(none, "400 Bad Request: text buttons are unallowed in the inline keyboard");
    let two = send(json!({"text": "x", "callback_data": "a", "url": "https://example.org"}));
    assert!(w.refused("sendMessage", two).await.contains("two actions"));
    let copy = send(json!({"text": "x", "copy_text": {"text": "a".repeat(257)}}));
    assert_eq!(w.refused("sendMessage", copy).await, "400 Bad Request: BUTTON_COPY_TEXT_INVALID");
    let row: Vec<Value> = (0..9).map(|n| json!({"text": "x", "callback_data": n.to_string()})).collect();
    let wide = json!({"chat_id": sara, "text": "x", "reply_markup": {"inline_keyboard": [row]}});
    assert_eq!(w.refused("sendMessage", wide).await, "400 Bad Request: reply markup is too long");
    w.ok("sendMessage", send(json!({"text": "x", "callback_data": "س".repeat(32)}))).await;
    w.ends_with_refusals(5).await;
}

#[tokio::test]
async fn an_edit_changes_something_or_is_refused() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let sent = w
        .ok("sendMessage", json!({"chat_id": sara, "text": "a", "reply_markup": callback_keyboard("x", "y")}))
        .await;
    let id = &sent["message_id"];
    let edit = |text: &str| json!({"chat_id": sara, "message_id": id, "text": text});
    let same =
        json!({"chat_id": sara, "message_id": id, "text": "a", "reply_markup": callback_keyboard("x", "y")});
    assert!(w.refused("editMessageText", same).await.starts_with("400 Bad Request: message is not modified"));
    let edited = w.ok("editMessageText", edit("a")).await;
    assert_eq!(edited.get("reply_markup"), None, "without a keyboard the old one goes");
    assert_eq!(w.ok("editMessageText", edit("b")).await["text"], "b");
    let missing = json!({"chat_id": sara, "message_id": 999, "text": "b"});
    assert_eq!(w.refused("editMessageText", missing).await, "400 Bad Request: message to edit not found");
    let caption = json!({"chat_id": sara, "message_id": id, "caption": "b"});
    assert!(w.refused("editMessageCaption", caption).await.contains("there is no caption"));
    let keyboard = json!({"keyboard": [[{"text": "k"}]]});
    let with = w.ok("sendMessage", json!({"chat_id": sara, "text": "a", "reply_markup": keyboard})).await;
    let edit = json!({"chat_id": sara, "message_id": with["message_id"], "text": "b"});
    assert_eq!(w.refused("editMessageText", edit).await, "400 Bad Request: message can't be edited");
    w.ok("deleteMessage", json!({"chat_id": sara, "message_id": id})).await;
    let again = w.refused("deleteMessage", json!({"chat_id": sara, "message_id": id})).await;
    assert_eq!(again, "400 Bad Request: message to delete not found");
    w.advance(49 * 3_600_000).await;
    let late = w.refused("deleteMessage", json!({"chat_id": sara, "message_id": with["message_id"]})).await;
    assert_eq!(late, "400 Bad Request: message can't be deleted");
    w.ends_with_refusals(6).await;
}

#[tokio::test]
async fn a_callback_is_answered_once_and_in_time() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let sent = w
        .ok(
            "sendMessage",
            json!({"chat_id": sara, "text": "a", "reply_markup": callback_keyboard("اضغط", "y")}),
        )
        .await;
    let path = format!("/people/{sara}/press");
    let press = json!({"message": sent["message_id"], "text": "اضغط"});
    let bot = async {
        let batch = w.ok("getUpdates", json!({"timeout": 10})).await;
        let query = batch[0]["callback_query"].clone();
        assert_eq!((&query["data"], &query["from"]["id"]), (&json!("y"), &json!(sara)));
        w.ok(
            "answerCallbackQuery",
            json!({"callback_query_id": query["id"], "text": "تم", "show_alert": true}),
        )
        .await;
        query["id"].clone()
    };
    let (pressed, query) = tokio::join!(w.post(&path, press.clone()), bot);
    assert_eq!(pressed["answer"], json!({"text": "تم", "show_alert": true, "url": null}));
    let twice = w.refused("answerCallbackQuery", json!({"callback_query_id": query})).await;
    assert!(twice.contains("query is too old"), "{twice}");
    w.updates().await;
    let mut press = press;
    press["wait_ms"] = json!(0);
    let late = w.post(&path, press).await["callback_query_id"].clone();
    let foreign = json!({"callback_query_id": late, "url": "https://t.me/other_bot?start=a"});
    assert_eq!(w.refused("answerCallbackQuery", foreign).await, "400 Bad Request: URL_INVALID");
    let long = json!({"callback_query_id": late, "text": "س".repeat(201)});
    assert_eq!(w.refused("answerCallbackQuery", long).await, "400 Bad Request: MESSAGE_TOO_LONG");
    w.advance(15_001).await;
    assert!(w.refused("answerCallbackQuery", json!({"callback_query_id": late})).await.contains("too old"));
    w.ends_with_refusals(4).await;
}

#[tokio::test]
async fn only_a_button_that_is_there_can_be_pressed() {
    let w = World::new().await;
    let (sara, other) = (w.user("سارة").await, w.user("نورة").await);
    let sent = w
        .ok("sendMessage", json!({"chat_id": sara, "text": "a", "reply_markup": callback_keyboard("x", "y")}))
        .await;
    let id = &sent["message_id"];
    let press = json!({"message": id, "data": "y", "wait_ms": 0});
    let path = format!("/people/{sara}/press");
    w.post(&path, press.clone()).await;
    assert!(w.try_control("POST", &format!("/people/{other}/press"), press.clone()).await.is_err());
    w.ok("editMessageReplyMarkup", json!({"chat_id": sara, "message_id": id})).await;
    assert!(w.try_control("POST", &path, press).await.is_err());
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn copies_keep_formatting_and_lose_the_keyboard() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let body = json!({"text": "abc", "entities": [{"type": "bold", "offset": 0, "length": 3}]});
    let sent = w.post(&format!("/people/{sara}/send"), body).await;
    let source = json!({"chat_id": sara, "from_chat_id": sara, "message_id": sent["message"]});
    let copy = w.ok("copyMessage", source.clone()).await;
    assert_eq!(copy.as_object().unwrap().len(), 1, "only the id");
    let view = w.get(&format!("/chats/{sara}/messages/{}", copy["message_id"])).await;
    assert_eq!((&view["text"], &view["entities"][0]["type"]), (&json!("abc"), &json!("bold")));
    let forward = w.ok("forwardMessage", source).await;
    assert_eq!(forward["forward_origin"]["sender_user"]["id"], sara);
    let none = json!({"chat_id": sara, "from_chat_id": sara, "message_id": 99});
    assert_eq!(w.refused("copyMessage", none).await, "400 Bad Request: message to copy not found");
    w.ends_with_refusals(1).await;
}
