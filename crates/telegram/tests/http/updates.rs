//! Fetching updates.

use std::time::Duration;

use qura_domain::ids::{ChatId, UpdateId, UserId};
use qura_ports::telegram::{Decoder, Event, Route, TelegramError, UpdateSource};
use qura_telegram::{ALLOWED_UPDATES, BotApiDecoder};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::updates_at;

#[tokio::test]
async fn asks_past_the_last_and_for_every_kind() {
    let server = Server::start((0..3).map(|_| Reply::ok(json!([])))).await;
    let updates = updates_at(&server.address);
    assert_eq!(updates.poll(None, 0, Duration::ZERO).await, Ok(vec![]));
    assert_eq!(updates.poll(Some(UpdateId::new(41)), 100, Duration::from_secs(2)).await, Ok(vec![]));
    assert_eq!(updates.poll(Some(UpdateId::new(i64::MAX)), 255, Duration::from_secs(999)).await, Ok(vec![]));
    let asked: Vec<_> = server.asked().into_iter().map(|(_, body)| body).collect();
    assert_eq!(asked[0], json!({"limit": 1, "timeout": 0, "allowed_updates": ALLOWED_UPDATES}));
    assert_eq!(
        asked[1],
        json!({"offset": 42, "limit": 100, "timeout": 2, "allowed_updates": ALLOWED_UPDATES})
    );
    assert_eq!((&asked[2]["limit"], &asked[2]["timeout"]), (&json!(100), &json!(50)));
    for kind in ["message", "chat_member", "chat_join_request", "pre_checkout_query", "callback_query"] {
        assert!(ALLOWED_UPDATES.contains(&kind), "{kind}");
    }
}

#[tokio::test]
async fn one_odd_update_does_not_cost_the_others() {
    let batch = r#"{"ok":true,"result":[
        {"update_id":12,"kind_of_the_future":{"chat":{"id":-100}}},
        {"update_id":11,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"\ud800"}},
        {"update_id":"13","message":{}},
        null, 7, [[[]]], {"message":{}},
        {"update_id":14, "callback_query":"what?"},
        {"update_id":10,  "channel_post":{"message_id":1,"date":1,"chat":{"id":-100,"type":"channel"},"text":"a"}}
    ]}"#;
    let server = Server::start([Reply::text(200, batch)]).await;
    let updates = updates_at(&server.address).poll(None, 100, Duration::ZERO).await.unwrap();
    let found: Vec<_> = updates.iter().map(|update| (update.id.get(), update.route)).collect();
    assert_eq!(
        found,
        [
            (10, Route::Chat(ChatId::new(-100))),
            (11, Route::Person(UserId::new(7))),
            (12, Route::Chat(ChatId::new(-100))),
            (14, Route::Unknown),
        ]
    );
    let raw = r#"{"update_id":10,  "channel_post":{"message_id":1,"date":1,"chat":{"id":-100,"type":"channel"},"text":"a"}}"#;
    assert_eq!(updates[0].raw, raw, "to the letter");
    let decoded: Vec<_> = updates.iter().map(|update| BotApiDecoder.decode(&update.raw)).collect();
    assert!(matches!(&decoded[0], Ok(incoming) if matches!(incoming.event, Event::ChannelPost(_))));
    assert!(decoded[1].is_err(), "half a surrogate is no text");
    assert!(
        matches!(&decoded[2], Ok(incoming) if incoming.event == Event::Other("kind_of_the_future".into()))
    );
    assert!(decoded[3].is_err());
}

#[tokio::test]
async fn no_more_than_were_asked_for() {
    let batch: Vec<_> = (0..50).map(|id| json!({"update_id": 50 - id, "poll": {}})).collect();
    let server = Server::start([Reply::ok(json!(batch))]).await;
    let updates = updates_at(&server.address).poll(None, 3, Duration::ZERO).await.unwrap();
    assert_eq!(updates.iter().map(|update| update.id.get()).collect::<Vec<_>>(), [1, 2, 3]);
}

#[tokio::test]
async fn a_second_poller_is_a_conflict() {
    let text =
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    let server = Server::start([Reply::refusal(409, text), Reply::refusal(401, "Unauthorized")]).await;
    let updates = updates_at(&server.address);
    let conflict = updates.poll(None, 1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(&conflict, TelegramError::Conflict(_)) && conflict.is_transient());
    assert_eq!(updates.poll(None, 1, Duration::ZERO).await, Err(TelegramError::Unauthorized));
    assert_eq!(server.methods().len(), 2, "pacing is the caller's");
}
