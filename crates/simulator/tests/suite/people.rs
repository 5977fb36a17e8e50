//! Private chats: starting, blocking, the picker.

use serde_json::{Value, json};

use crate::world::{BOT, World};

#[tokio::test]
async fn a_bot_writes_only_to_those_who_started_it() {
    let w = World::new().await;
    let sara = w.person("سارة").await;
    let send = json!({"chat_id": sara, "text": "a"});
    let first = w.refused("sendMessage", send.clone()).await;
    assert_eq!(first, "403 Forbidden: bot can't initiate conversation with a user");
    w.post(&format!("/people/{sara}/open_link"), json!({"url": "https://t.me/qura_bot?start=join_1"})).await;
    assert_eq!(w.taken("message").await[0]["text"], "/start join_1");
    w.ok("sendMessage", send.clone()).await;
    w.post(&format!("/people/{sara}/block"), json!({})).await;
    let blocked = w.taken("my_chat_member").await;
    assert_eq!(blocked[0]["new_chat_member"]["status"], "kicked");
    assert_eq!(w.refused("sendMessage", send.clone()).await, "403 Forbidden: bot was blocked by the user");
    w.post(&format!("/people/{sara}/unblock"), json!({})).await;
    assert_eq!(w.taken("my_chat_member").await[0]["new_chat_member"]["status"], "member");
    w.ok("sendMessage", send).await;
    let unknown = w.refused("sendMessage", json!({"chat_id": 42, "text": "a"})).await;
    assert_eq!(unknown, "400 Bad Request: chat not found");
    w.ends_with_refusals(3).await;
}

fn rights(names: &[&str]) -> Value {
    let all = [
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
        "can_send_welcome_messages",
        "can_post_messages",
        "can_edit_messages",
    ];
    all.iter()
        .map(|name| ((*name).to_owned(), json!(names.contains(name))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn the_picker_shares_a_fitting_chat_and_promotes_the_bot() {
    let w = World::new().await;
    let (sara, other) = (w.user("سارة").await, w.person("نورة").await);
    let channel = w.chat("channel", sara).await;
    let foreign = w.chat("channel", other).await;
    let share = |chat: i64| json!({"request_id": 7, "chat": chat});
    let path = format!("/people/{sara}/share_chat");
    assert!(w.try_control("POST", &path, share(channel)).await.is_err(), "no keyboard yet");
    let request = json!({
        "request_id": 7, "chat_is_channel": true, "request_title": true,
        "user_administrator_rights": rights(&["can_post_messages", "can_edit_messages", "can_promote_members"]),
        "bot_administrator_rights": rights(&["can_post_messages", "can_edit_messages"]),
    });
    let keyboard =
        json!({"keyboard": [[{"text": "اختر", "request_chat": request}]], "one_time_keyboard": true});
    w.ok("sendMessage", json!({"chat_id": sara, "text": "a", "reply_markup": keyboard})).await;
    assert!(w.try_control("POST", &path, share(foreign)).await.is_err(), "not an administrator there");
    let offered = w.get(&format!("/people/{sara}/pickable?request_id=7")).await;
    assert_eq!(offered["chats"].as_array().unwrap().len(), 1);
    w.post(&path, share(channel)).await;
    let updates = w.updates().await;
    assert_eq!(updates[0]["my_chat_member"]["new_chat_member"]["can_post_messages"], true);
    assert_eq!(updates[0]["my_chat_member"]["new_chat_member"]["can_delete_messages"], false);
    let shared = &updates[1]["message"]["chat_shared"];
    assert_eq!(
        (&shared["request_id"], &shared["chat_id"], &shared["title"]),
        (&json!(7), &json!(channel), &json!("channel"))
    );
    assert!(w.try_control("POST", &path, share(channel)).await.is_err(), "the one-time keyboard is gone");
    w.ok("sendMessage", json!({"chat_id": channel, "text": "a"})).await;
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn a_join_request_lets_the_bot_write_for_five_minutes() {
    let w = World::new().await;
    let (owner, sara) = (w.user("مالك").await, w.person("سارة").await);
    let channel = w.admin_chat("channel", owner).await;
    let link = w.ok("createChatInviteLink", json!({"chat_id": channel, "creates_join_request": true})).await;
    let joined = w.post(&format!("/people/{sara}/join"), json!({"link": link["invite_link"]})).await;
    assert_eq!(joined["status"], "requested");
    assert_eq!(w.taken("chat_join_request").await[0]["user_chat_id"], sara);
    w.ok("sendMessage", json!({"chat_id": sara, "text": "a"})).await;
    w.advance(301_000).await;
    assert!(w.refused("sendMessage", json!({"chat_id": sara, "text": "a"})).await.contains("can't initiate"));
    w.ok("getUpdates", json!({"allowed_updates": ["chat_member"]})).await;
    w.ok("approveChatJoinRequest", json!({"chat_id": channel, "user_id": sara})).await;
    let update = w.taken("chat_member").await.remove(0);
    assert_eq!((&update["via_join_request"], &update["from"]["id"]), (&json!(true), &json!(BOT)));
    assert_eq!(update["invite_link"]["invite_link"], link["invite_link"]);
    w.ends_with_refusals(1).await;
}
