//! Connections, timeouts, and the token that never leaves the address.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use qura_domain::chat::ChatKind;
use qura_domain::ids::{BotId, ChatId};
use qura_ports::telegram::{Lane, Markup, Messenger, Request, TelegramError, UpdateSource};
use qura_telegram::Timeouts;
use serde_json::json;

use crate::server::{Reply, Server, closing_after_each, hanging_up, nobody};
use crate::{TIMEOUTS, client, messenger_at, updates_at};

fn assert_hides_the_token(error: &TelegramError) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("SECRET") && !shown.contains("123456"), "{shown}");
}

#[tokio::test]
async fn errors_of_the_network_do_not_hold_the_token() {
    let (cut, _) = hanging_up().await;
    for address in [nobody().await, cut, "http://name.invalid".to_owned()] {
        let error = updates_at(&address).poll(None, 1, Duration::ZERO).await.unwrap_err();
        assert!(matches!(error, TelegramError::Unavailable(_)), "{error:?}");
        assert_hides_the_token(&error);
    }
    let refused = messenger_at(&nobody().await).me().await.unwrap_err();
    assert_hides_the_token(&refused);
    assert!(refused.to_string().contains("refused"), "the cause is told: {refused}");
}

#[tokio::test]
async fn an_answer_that_echoes_the_address_does_not_tell_the_token() {
    let echo = format!("Not Found: no such page as /bot{}/getMe", crate::TOKEN);
    let server = Server::start([Reply::refusal(404, &echo), Reply::refusal(400, &echo)]).await;
    for _ in 0..2 {
        let error = messenger_at(&server.address).me().await.unwrap_err();
        assert!(matches!(&error, TelegramError::Refused(text) if text.contains("no such page")));
        assert_hides_the_token(&error);
    }
}

#[tokio::test]
async fn calls_share_a_connection() {
    let me = || Reply::ok(json!({"id": 99, "is_bot": true, "first_name": "Q", "username": "qura_bot"}));
    let server = Server::start((0..20).map(|_| me())).await;
    let messenger = messenger_at(&server.address);
    for _ in 0..20 {
        assert_eq!(messenger.me().await.unwrap().id, BotId::new(99));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_costs_no_call() {
    let (address, connections) = closing_after_each().await;
    let messenger = messenger_at(&address);
    for round in 1..=5 {
        // Nobody would repeat this one.
        let chat = ChatId::new(i64::try_from(round).unwrap());
        let request = Request::SendText { chat, text: "x".into(), markup: Markup::None, reply_to: None };
        assert!(messenger.send(Lane::Interactive, request).await.is_ok());
        assert_eq!(connections.load(Ordering::Relaxed), round);
        // By then the server's goodbye has arrived.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Servers close what is idle for a minute or so, maybe just while a call begins.
#[tokio::test]
async fn an_old_connection_is_not_used_again() {
    let me = || Reply::ok(json!({"id": 99, "is_bot": true, "first_name": "Q", "username": "qura_bot"}));
    let server = Server::start((0..3).map(|_| me())).await;
    let messenger = messenger_at(&server.address);
    for (pause, connections) in [(0, 1), (44, 1), (46, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(pause)).await;
        tokio::time::resume();
        messenger.me().await.unwrap();
        assert_eq!(server.connections(), connections, "after {pause} s");
    }
}

#[tokio::test]
async fn many_calls_at_once_bound_their_connections() {
    let slow = (0..1_500).map(|_| Reply::ok(json!(true)).after(Duration::from_millis(50)));
    let server = Server::start(slow).await;
    let messenger = Arc::new(messenger_at(&server.address));
    let calls = (0..1_500).map(|n| {
        let messenger = messenger.clone();
        let answer =
            Request::AnswerCallback { id: n.to_string(), text: String::new(), alert: false, url: None };
        tokio::spawn(async move { messenger.send(Lane::Interactive, answer).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.asked().len(), 1_500);
    assert!(server.connections() <= 512, "{}", server.connections());
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let server = Server::start([Reply::ok(json!([])).after(Duration::from_secs(60))]).await;
    let timeouts = Timeouts { poll_margin: Duration::from_millis(100), ..TIMEOUTS };
    let updates = qura_telegram::ClientUpdates::new(client(&server.address, timeouts));
    let begun = Instant::now();
    let error = updates.poll(None, 1, Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error, TelegramError::Unavailable(_)), "{error:?}");
    let took = begun.elapsed();
    assert!((Duration::from_millis(1_100)..Duration::from_secs(10)).contains(&took), "{took:?}");
    assert_hides_the_token(&error);
}

#[tokio::test]
async fn answers_that_are_not_the_bot_api() {
    let html = "<html><h1>502 Bad Gateway</h1></html>";
    let ask = async |reply| {
        let server = Server::start([reply]).await;
        updates_at(&server.address).poll(None, 1, Duration::ZERO).await.unwrap_err()
    };
    assert!(matches!(ask(Reply::text(502, html)).await, TelegramError::Unavailable(_)));
    assert!(matches!(ask(Reply::text(200, html)).await, TelegramError::Unreadable(_)));
    assert!(matches!(ask(Reply::text(200, "")).await, TelegramError::Unreadable(_)));
    assert!(matches!(ask(Reply::text(403, html)).await, TelegramError::Refused(_)));
    let flood = ask(Reply::text(429, html).with_retry_after("4")).await;
    assert_eq!(flood, TelegramError::Flooded(Duration::from_secs(4)));
    assert!(matches!(ask(Reply::text(200, r#"{"ok":true,"result":7}"#)).await, TelegramError::Unreadable(_)));
}

#[tokio::test]
async fn a_template_puts_the_token_where_it_is_told() {
    // The scripted server checks the token in the address of every call.
    let server = Server::start([Reply::ok(json!([]))]).await;
    let updates = updates_at(&format!("{}/bot{{token}}/{{method}}", server.address));
    assert_eq!(updates.poll(None, 1, Duration::ZERO).await, Ok(vec![]));
    assert_eq!(server.methods(), ["getUpdates"]);
}

#[tokio::test]
async fn tells_who_the_bot_is_and_what_a_chat_is() {
    let server = Server::start([
        Reply::ok(json!({"id": 99, "is_bot": true, "first_name": "قُرعة", "username": "qura_bot",
                         "can_join_groups": true, "supports_inline_queries": true})),
        Reply::ok(json!({"id": -1001, "type": "channel", "title": "قناة", "username": "news",
                         "invite_link": "https://t.me/+abc", "linked_chat_id": -1002,
                         "accent_color_id": 1, "max_reaction_count": 11})),
        Reply::ok(json!("https://t.me/+new")),
    ])
    .await;
    let messenger = messenger_at(&server.address);
    let me = messenger.me().await.unwrap();
    assert_eq!((me.id, me.username.as_str(), me.supports_inline), (BotId::new(99), "qura_bot", true));
    let chat = messenger.chat(qura_domain::chat::ChatRef::Username("@news".into())).await.unwrap();
    assert_eq!(
        (chat.id, chat.kind, chat.linked),
        (ChatId::new(-1001), ChatKind::Channel, Some(ChatId::new(-1002)))
    );
    assert_eq!(chat.invite_link.as_deref(), Some("https://t.me/+abc"));
    assert_eq!(messenger.invite_link(chat.id).await.as_deref(), Ok("https://t.me/+new"));
    let asked = server.asked();
    assert_eq!(asked[0], ("getMe".into(), json!({})));
    assert_eq!(asked[1], ("getChat".into(), json!({"chat_id": "@news"})));
    assert_eq!(asked[2], ("exportChatInviteLink".into(), json!({"chat_id": -1001})));
}
