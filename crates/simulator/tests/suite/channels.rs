//! Groups and channels: rights, membership, privacy, comments, migration, boosts.

use serde_json::{Value, json};

use crate::world::{BOT, World, callback_keyboard};

#[tokio::test]
async fn posting_needs_the_right() {
    let w = World::new().await;
    let owner = w.user("مالك").await;
    let channel = w.chat("channel", owner).await;
    let send = json!({"chat_id": channel, "text": "a"});
    assert_eq!(w.refused("sendMessage", send.clone()).await, "400 Bad Request: chat not found");
    let admin = |rights: Value| json!({"user": BOT, "status": "administrator", "rights": rights});
    let members = format!("/chats/{channel}/members");
    w.post(&members, admin(json!(["can_edit_messages"]))).await;
    assert!(w.refused("sendMessage", send.clone()).await.contains("not enough rights"));
    w.post(&members, admin(json!(["can_post_messages"]))).await;
    let own = w.ok("sendMessage", send.clone()).await;
    assert_eq!((own.get("from"), &own["sender_chat"]["id"]), (None, &json!(channel)));
    let theirs = w.post(&format!("/people/{owner}/send"), json!({"chat": channel, "text": "b"})).await;
    let edit = |id: &Value| json!({"chat_id": channel, "message_id": id, "text": "c"});
    w.ok("editMessageText", edit(&own["message_id"])).await;
    assert_eq!(
        w.refused("editMessageText", edit(&theirs["message"])).await,
        "400 Bad Request: message can't be edited"
    );
    let pin = json!({"chat_id": channel, "message_id": own["message_id"]});
    assert!(w.refused("pinChatMessage", pin).await.contains("not enough rights to manage pinned"));
    w.post(&members, json!({"user": BOT, "status": "kicked"})).await;
    assert_eq!(w.refused("sendMessage", send).await, "403 Forbidden: bot was kicked from the channel chat");
    let posts: Vec<Value> = w.taken("channel_post").await;
    assert_eq!(posts.len(), 1, "its own post is not told");
    assert_eq!(posts[0]["text"], "b");
    w.ends_with_refusals(5).await;
}

#[tokio::test]
async fn membership_reads_follow_the_rights() {
    let w = World::new().await;
    let (owner, sara) = (w.user("مالك").await, w.person("سارة").await);
    let body = json!({"kind": "channel", "title": "t", "username": "open_channel", "owner": owner});
    let channel = w.post("/chats", body).await["id"].as_i64().unwrap();
    let ask = |user: i64| json!({"chat_id": channel, "user_id": user});
    assert_eq!(w.refused("getChatMember", ask(sara)).await, "400 Bad Request: member list is inaccessible");
    w.member(channel, BOT, "administrator").await;
    assert_eq!(w.ok("getChatMember", ask(sara)).await["status"], "left");
    assert_eq!(w.refused("getChatMember", ask(424_242)).await, "400 Bad Request: user not found");
    w.post(&format!("/people/{sara}/join"), json!({"chat": channel})).await;
    assert_eq!(w.ok("getChatMember", ask(sara)).await["status"], "member");
    assert_eq!(
        w.ok("getChatMember", json!({"chat_id": "@open_channel", "user_id": owner})).await["status"],
        "creator"
    );
    assert_eq!(w.ok("getChatMemberCount", json!({"chat_id": channel})).await, 3);
    assert_eq!(w.ok("getChatAdministrators", json!({"chat_id": channel})).await.as_array().unwrap().len(), 2);
    w.member(channel, sara, "restricted_outside").await;
    assert_eq!(w.ok("getChatMember", ask(sara)).await["is_member"], false);
    w.ok("banChatMember", ask(sara)).await;
    assert_eq!(w.ok("getChatMember", ask(sara)).await["status"], "kicked");
    assert!(w.try_control("POST", &format!("/people/{sara}/join"), json!({"chat": channel})).await.is_err());
    w.ok("unbanChatMember", ask(sara)).await;
    assert_eq!(w.ok("getChatMember", ask(sara)).await["status"], "left");
    assert_eq!(w.ok("getChat", json!({"chat_id": channel})).await["username"], "open_channel");
    w.ends_with_refusals(2).await;
}

#[tokio::test]
async fn a_post_is_commented_in_the_discussion_group() {
    let w = World::new().await;
    let (owner, sara) = (w.user("مالك").await, w.person("سارة").await);
    let channel = w.admin_chat("channel", owner).await;
    let group = w.admin_chat("supergroup", owner).await;
    w.post(&format!("/chats/{channel}/link"), json!({"group": group})).await;
    assert_eq!(w.ok("getChat", json!({"chat_id": channel})).await["linked_chat_id"], group);
    assert_eq!(w.ok("getChat", json!({"chat_id": group})).await["linked_chat_id"], channel);
    let emoji = json!([{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "1"}]);
    let post = json!({"chat_id": channel, "text": "😀", "entities": emoji, "reply_markup": callback_keyboard("x", "y")});
    let post = w.ok("sendMessage", post).await;
    assert_eq!(post.get("entities"), None, "custom emoji become plain in a channel");
    let forward = w.taken("message").await.remove(0);
    assert_eq!(forward["is_automatic_forward"], true);
    assert_eq!(forward["sender_chat"]["id"], channel);
    assert_eq!(forward["forward_origin"]["message_id"], post["message_id"]);
    let root = &forward["message_id"];
    let comment = json!({"chat": group, "text": "يستحق", "reply_to": root});
    w.post(&format!("/people/{sara}/send"), comment).await;
    let comment = w.taken("message").await.remove(0);
    assert_eq!(&comment["message_thread_id"], root);
    assert_eq!(&comment["reply_to_message"]["message_id"], root);
    let reply = json!({
        "chat_id": group, "text": "تم", "message_thread_id": root,
        "reply_parameters": {"message_id": comment["message_id"]},
    });
    assert_eq!(&w.ok("sendMessage", reply).await["message_thread_id"], root);
    let view = w.get(&format!("/chats/{channel}/messages/{}", post["message_id"])).await;
    assert_eq!(view["comments"], json!({"chat": group, "message": root, "count": 2}));
    let lost = json!({"chat_id": group, "text": "a", "message_thread_id": 999});
    assert_eq!(w.refused("sendMessage", lost).await, "400 Bad Request: message thread not found");
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn privacy_mode_hides_ordinary_messages() {
    let w = World::new().await;
    let owner = w.user("مالك").await;
    let group = w.chat("supergroup", owner).await;
    w.member(group, BOT, "member").await;
    w.updates().await;
    let send = |text: &str| json!({"chat": group, "text": text});
    let path = format!("/people/{owner}/send");
    w.post(&path, send("hello")).await;
    w.post(&path, send("/start@other_bot")).await;
    assert_eq!(w.updates().await.len(), 0);
    w.post(&path, send("/start@qura_bot")).await;
    w.post(&path, send("/help")).await;
    assert_eq!(w.taken("message").await.len(), 2);
    let own = w.ok("sendMessage", json!({"chat_id": group, "text": "a"})).await;
    w.post(&path, json!({"chat": group, "text": "b", "reply_to": own["message_id"]})).await;
    assert_eq!(w.taken("message").await.len(), 1, "a reply to it");
    w.member(group, BOT, "administrator").await;
    w.updates().await;
    w.post(&path, send("hello")).await;
    assert_eq!(w.taken("message").await.len(), 1, "administrators read everything");
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn a_group_becomes_a_supergroup() {
    let w = World::new().await;
    let owner = w.user("مالك").await;
    let group = w.admin_chat("group", owner).await;
    let new = w.post(&format!("/chats/{group}/migrate"), json!({})).await["id"].clone();
    let told = w.taken("message").await;
    assert_eq!(told[0]["migrate_to_chat_id"], new);
    assert_eq!(told[1]["migrate_from_chat_id"], group);
    let body = w.call("sendMessage", json!({"chat_id": group, "text": "a"})).await;
    assert_eq!(body["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(body["parameters"]["migrate_to_chat_id"], new);
    w.ok("sendMessage", json!({"chat_id": new, "text": "a"})).await;
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn boosts_come_and_go() {
    let w = World::new().await;
    let owner = w.user("مالك").await;
    let channel = w.admin_chat("channel", owner).await;
    w.try_control("PATCH", &format!("/chats/{channel}"), json!({"username": "some_channel"})).await.unwrap();
    for url in [
        "https://t.me/boost/some_channel".to_owned(),
        "https://t.me/some_channel?boost".to_owned(),
        format!("https://t.me/boost?c={}", -channel - 1_000_000_000_000),
    ] {
        let opened = w.post(&format!("/people/{owner}/open_link"), json!({"url": url})).await;
        assert_eq!(opened, json!({"kind": "boost", "chat": channel}), "{url}");
    }
    let path = format!("/chats/{channel}/boosts");
    let boost =
        w.post(&path, json!({"user": owner, "days": 1})).await["boost_id"].as_str().unwrap().to_owned();
    let ask = json!({"chat_id": channel, "user_id": owner});
    assert_eq!(w.ok("getUserChatBoosts", ask.clone()).await["boosts"].as_array().unwrap().len(), 1);
    assert_eq!(w.taken("chat_boost").await.len(), 1);
    w.try_control("DELETE", &format!("{path}/{boost}"), Value::Null).await.unwrap();
    assert_eq!(w.taken("removed_chat_boost").await.len(), 1);
    assert_eq!(w.ok("getUserChatBoosts", ask).await["boosts"], json!([]));
    w.ends_with_refusals(0).await;
}
