//! Updates that this program does not know or cannot read: kept or ignored, and nobody waits for them.

use serde_json::{Value, json};

use crate::world::{Person, World};

/// A message in private, as far as it must be right to be understood.
fn message(from: &Value, chat: &Value, text: &str) -> Value {
    json!({"message": {"message_id": 1, "date": 1_800_000_000, "from": from, "chat": chat, "text": text}})
}

async fn is_served(person: &Person) {
    person.starts().await;
    person.sees(person.menu()).await;
}

#[tokio::test]
async fn kinds_of_the_future_are_ignored() {
    let w = World::open().await;
    for raw in [
        json!({"some_future_kind": {"x": 1}}),
        json!({"some_future_kind": {"chat": {"id": "no number"}, "from": []}}),
        json!({"message_reaction_count": {"chat": {"id": -5, "type": "channel"}}}),
        json!({"poll_answer": {"poll_id": "1", "user": {"id": 5}, "option_ids": []}}),
        json!({"edited_message": {"anything": true}}),
    ] {
        w.control.injects(raw).await;
    }
    is_served(&w.person("سارة").await).await;
    w.settles().await;
    assert_eq!(w.database.dead_updates().await, [] as [&str; 0]);
    w.ends().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_for_the_operator_and_the_rest_goes_on() {
    let mut w = World::open().await;
    let private = json!({"id": 7, "type": "private"});
    let unreadable = [
        (json!({}), "without content"),
        (json!({"message": null}), "without content"),
        (json!({"message": "text"}), "message"),
        (json!({"message": {"message_id": 1}}), "message"),
        (message(&json!({"id": "7"}), &private, "/start"), "message"),
        (message(&json!({"id": 1e300, "is_bot": false, "first_name": "x"}), &private, "/start"), "message"),
        (message(&json!({"id": 7, "is_bot": false, "first_name": 7}), &private, "/start"), "message"),
        (message(&Value::Null, &json!({"id": 7, "type": "planet"}), "/start"), "message"),
        (json!({"callback_query": {"id": 5, "from": {"id": 7}}}), "callback_query"),
        (json!({"callback_query": [1, 2, 3]}), "callback_query"),
        (json!({"my_chat_member": {"chat": private}}), "my_chat_member"),
        (json!({"chat_member": {"new_chat_member": {"status": "emperor"}}}), "chat_member"),
        (json!({"chat_join_request": {}}), "chat_join_request"),
    ];
    w.expects_error("an update is given up");
    let sara = w.person("سارة").await;
    for (raw, reason) in unreadable {
        w.expects_dead_update(reason);
        w.control.injects(raw).await;
        is_served(&sara).await;
    }
    is_served(&w.person("ليلى").await).await;
    w.ends().await;
}

#[tokio::test]
async fn absurd_values_in_readable_updates_do_no_harm() {
    let mut w = World::open().await;
    let sara = w.person("سارة").await;
    let user = json!({"id": sara.id(), "is_bot": false, "first_name": "سارة"});
    let private = json!({"id": sara.id(), "type": "private"});
    let bot = json!({"id": 99, "is_bot": true, "first_name": "آلة"});
    let group = json!({"id": -1, "type": "group", "title": ""});
    let mut late = message(&user, &private, "/help");
    late["message"]["date"] = json!(i64::MIN);
    let mut odd = message(&user, &private, "/help");
    odd["message"]["entities"] = json!([
        {"type": "bold", "offset": 4_000_000_000u32, "length": 4_000_000_000u32},
        {"type": "nonsense", "offset": -1, "length": "x"},
        5,
    ]);
    is_served(&sara).await;
    // What nobody asked is answered in vain.
    w.expects_refusal("answerInlineQuery", "query ID is invalid");
    w.expects_refusal("answerPreCheckoutQuery", "query ID is invalid");
    for raw in [
        message(&bot, &private, "/start"),
        message(&Value::Null, &private, "/start"),
        message(&user, &group, "/start"),
        json!({"inline_query": {"id": "1", "from": user, "query": "", "offset": ""}}),
        json!({"pre_checkout_query": {"id": "1", "from": user}}),
        json!({"channel_post": {"message_id": 1, "date": 0, "chat": {"id": -1, "type": "channel"}}}),
        late,
        odd,
    ] {
        w.control.injects(raw).await;
    }
    is_served(&sara).await;
    w.settles().await;
    assert_eq!(w.database.people().await.len(), 1, "a bot and a nobody are no users");

    // A person whom Telegram does not know: unreachable, and no more.
    w.expects_refusal("sendMessage", "chat not found");
    let ghost = json!({"id": 4_503_599_627_370_495_i64, "is_bot": false, "first_name": "شبح"});
    let chat = json!({"id": 4_503_599_627_370_495_i64, "type": "private"});
    w.control.injects(message(&ghost, &chat, "/start")).await;
    w.settles().await;
    let row = w.database.person(4_503_599_627_370_495).await.unwrap();
    assert!(row.blocked_at.is_some());
    is_served(&sara).await;
    w.ends().await;
}

/// After a quiet week Telegram's numbers may go on anywhere.
#[tokio::test]
async fn numbers_of_updates_that_jump_lose_nobody() {
    let w = World::open().await;
    is_served(&w.person("سارة").await).await;
    for (name, id) in [("ليلى", 900_000_000_i64), ("منى", 12)] {
        // After such a week all is confirmed that there was.
        w.settles().await;
        w.control.injects(json!({"update_id": id, "some_future_kind": {}})).await;
        let person = w.person(name).await;
        is_served(&person).await;
        is_served(&person).await;
    }
    w.settles().await;
    assert_eq!(w.database.people().await.len(), 3);
    w.ends().await;
}
