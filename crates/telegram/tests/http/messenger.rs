//! Sending: what goes over the line, and what is done about the answers.

use std::time::{Duration, Instant};

use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::membership::Membership;
use qura_domain::text::{EntityKind, RichText};
use qura_ports::telegram::{
    Button, ButtonAction, Keyboard, Lane, Markup, Messenger, Request, Sent, TelegramError,
};
use serde_json::{Value, json};

use crate::messenger_at;
use crate::server::{Reply, Server, hanging_up, nobody};

fn text_to(chat: i64) -> Request {
    let mut text = RichText::plain("مرحبا ");
    text.push_styled(EntityKind::Bold, "سارة");
    Request::SendText { chat: ChatId::new(chat), text, markup: Markup::None, reply_to: None }
}

fn edit() -> Request {
    Request::EditText {
        chat: ChatId::new(-1001),
        message: MessageId::new(5),
        text: "عدد المشتركين: 3".into(),
        keyboard: Keyboard::default(),
    }
}

pub fn sent_message() -> Reply {
    Reply::ok(json!({"message_id": 77, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}))
}

pub async fn send(
    script: impl IntoIterator<Item = Reply>,
    request: Request,
) -> (Result<Sent, TelegramError>, Vec<(String, Value)>) {
    let server = Server::start(script).await;
    let outcome = messenger_at(&server.address).send(Lane::Notice, request).await;
    (outcome, server.asked())
}

#[tokio::test]
async fn each_request_is_one_call_of_its_method() {
    let (chat, message) = (ChatId::new(-1001), MessageId::new(5));
    let button = Button { label: "اشترك".into(), action: ButtonAction::Callback("j:1".into()) };
    let keyboard = Keyboard(vec![vec![button]]);
    let buttons = json!({"inline_keyboard": [[{"text": "اشترك", "callback_data": "j:1"}]]});
    let bold = json!([{"type": "bold", "offset": 6, "length": 4}]);
    for (request, method, parameters) in [
        (text_to(7), "sendMessage", json!({"chat_id": 7, "text": "مرحبا سارة", "entities": bold})),
        (
            Request::SendText {
                chat,
                text: "x".into(),
                markup: Markup::Inline(keyboard.clone()),
                reply_to: None,
            },
            "sendMessage",
            json!({"chat_id": -1001, "text": "x", "reply_markup": buttons}),
        ),
        (
            Request::EditText { chat, message, text: "x".into(), keyboard: keyboard.clone() },
            "editMessageText",
            json!({"chat_id": -1001, "message_id": 5, "text": "x", "reply_markup": buttons}),
        ),
        (
            Request::EditKeyboard { chat, message, keyboard: Keyboard::default() },
            "editMessageReplyMarkup",
            json!({"chat_id": -1001, "message_id": 5}),
        ),
        (
            Request::DeleteMessage { chat, message },
            "deleteMessage",
            json!({"chat_id": -1001, "message_id": 5}),
        ),
        (
            Request::AnswerCallback { id: "9".into(), text: String::new(), alert: false, url: None },
            "answerCallbackQuery",
            json!({"callback_query_id": "9"}),
        ),
        (
            Request::AnswerCallback {
                id: "9".into(),
                text: "لا".into(),
                alert: true,
                url: Some("https://t.me/q?start=1".into()),
            },
            "answerCallbackQuery",
            json!({"callback_query_id": "9", "text": "لا", "show_alert": true, "url": "https://t.me/q?start=1"}),
        ),
        (
            Request::SetCommands {
                chat: Some(ChatId::new(7)),
                language: Some("en".into()),
                commands: vec![("start".into(), "Begin".into())],
            },
            "setMyCommands",
            json!({"commands": [{"command": "start", "description": "Begin"}], "scope": {"type": "chat", "chat_id": 7}, "language_code": "en"}),
        ),
    ] {
        let (outcome, asked) = send([sent_message()], request).await;
        let expected = match method {
            "sendMessage" => Sent::Message(MessageId::new(77)),
            "editMessageText" | "editMessageReplyMarkup" => Sent::Message(message),
            _ => Sent::Done,
        };
        assert_eq!((outcome, asked), (Ok(expected), vec![(method.to_owned(), parameters)]));
    }
}

#[tokio::test]
async fn a_flood_is_waited_out() {
    let begun = Instant::now();
    let (outcome, asked) = send([Reply::flood(1), sent_message()], text_to(7)).await;
    assert_eq!((outcome, asked.len()), (Ok(Sent::Message(MessageId::new(77))), 2));
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_long_flood_is_told_at_once() {
    let (outcome, asked) = send([Reply::flood(3_600)], text_to(7)).await;
    assert_eq!((outcome, asked.len()), (Err(TelegramError::Flooded(Duration::from_secs(3_600))), 1));
}

#[tokio::test]
async fn a_server_error_is_repeated_only_when_that_is_safe() {
    let error = || Reply::refusal(500, "Internal Server Error: restart");
    let (outcome, asked) = send([error(), error(), Reply::ok(json!(true))], edit()).await;
    assert_eq!((outcome, asked.len()), (Ok(Sent::Message(MessageId::new(5))), 3));
    let (outcome, asked) = send([error(), sent_message()], text_to(7)).await;
    assert!(matches!(outcome, Err(TelegramError::Unavailable(_))), "{outcome:?}");
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn a_cut_connection_is_repeated_only_when_that_is_safe() {
    let (address, connections) = hanging_up().await;
    let messenger = messenger_at(&address);
    assert!(matches!(messenger.send(Lane::Notice, text_to(7)).await, Err(TelegramError::Unavailable(_))));
    assert_eq!(*connections.lock().unwrap(), 1);
    assert!(matches!(messenger.send(Lane::Notice, edit()).await, Err(TelegramError::Unavailable(_))));
    assert_eq!(*connections.lock().unwrap(), 1 + 4);
}

#[tokio::test]
async fn what_could_not_be_sent_is_tried_again() {
    let begun = Instant::now();
    let outcome = messenger_at(&nobody().await).send(Lane::Notice, text_to(7)).await;
    assert!(matches!(outcome, Err(TelegramError::Unavailable(_))), "{outcome:?}");
    assert!(begun.elapsed() >= Duration::from_millis(250 + 500 + 1_000), "three pauses");
}

#[tokio::test]
async fn an_edit_that_changes_nothing_succeeds() {
    let text = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
    let (outcome, _) = send([Reply::refusal(400, text)], edit()).await;
    assert_eq!(outcome, Ok(Sent::Message(MessageId::new(5))));
}

#[tokio::test]
async fn refusals_are_final_and_sorted() {
    let gone = "Bad Request: message to edit not found";
    let (outcome, asked) = send([Reply::refusal(400, gone)], edit()).await;
    assert_eq!(
        (outcome, asked.len()),
        (Err(TelegramError::MessageGone("message to edit not found".into())), 1)
    );
    let lost = || Reply::refusal(400, "Bad Request: chat not found");
    assert!(matches!(send([lost()], text_to(-1001)).await.0, Err(TelegramError::ChatLost(_))));
    assert!(matches!(send([lost()], text_to(7)).await.0, Err(TelegramError::Unreachable(_))));
    let moved = json!({"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
                       "parameters": {"migrate_to_chat_id": -100_777}});
    let (outcome, _) = send([Reply::text(400, moved.to_string())], text_to(-55)).await;
    assert_eq!(outcome, Err(TelegramError::Migrated(ChatId::new(-100_777))));
}

#[tokio::test]
async fn a_success_that_is_not_understood_is_not_repeated() {
    let (outcome, asked) = send([Reply::ok(json!({"no": "id"}))], text_to(7)).await;
    assert!(matches!(outcome, Err(TelegramError::Unreadable(_))), "{outcome:?}");
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn memberships() {
    let user = json!({"id": 7, "is_bot": false, "first_name": "سارة"});
    let server = Server::start([
        Reply::ok(json!({"status": "restricted", "user": user, "is_member": true})),
        Reply::ok(json!({"status": "left", "user": user})),
        Reply::refusal(400, "Bad Request: member not found"),
        Reply::refusal(400, "Bad Request: member list is inaccessible"),
        Reply::refusal(400, "Bad Request: chat not found"),
    ])
    .await;
    let messenger = messenger_at(&server.address);
    let ask = || messenger.membership(ChatId::new(-1001), UserId::new(7));
    assert_eq!(ask().await, Ok(Membership::Restricted { is_member: true }));
    assert_eq!(ask().await, Ok(Membership::Left));
    assert_eq!(ask().await, Ok(Membership::Left));
    assert!(matches!(ask().await, Err(TelegramError::NotAllowed(_))));
    assert!(matches!(ask().await, Err(TelegramError::ChatLost(_))));
    assert_eq!(server.asked()[0], ("getChatMember".into(), json!({"chat_id": -1001, "user_id": 7})));
}
