//! Files, captions and inline results: what goes over the line.

use std::time::Duration;

use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::template::{Media, MediaKind};
use qura_domain::text::{EntityKind, Layout, LinkPreview, RichText};
use qura_ports::telegram::{
    Button, ButtonAction, InlineContent, InlineResult, Keyboard, Markup, Messenger, Request, Sent,
    TelegramError,
};
use serde_json::json;

use crate::messenger::{send, sent_message};
use crate::messenger_at;
use crate::server::{Reply, Server};

const CHAT: ChatId = ChatId::new(-1001);
const MESSAGE: MessageId = MessageId::new(5);
const SENT: Sent = Sent::Message(MessageId::new(77));

fn media(kind: MediaKind) -> Media {
    Media::new(kind, "AgAD")
}

fn caption() -> RichText {
    let mut text = RichText::plain("🎁 ");
    text.push_styled(EntityKind::Bold, "سحب");
    text
}

fn keyboard() -> Keyboard {
    Keyboard(vec![vec![Button { label: "اشترك".into(), action: ButtonAction::Callback("j:1".into()) }]])
}

fn too_long() -> RichText {
    "ق".repeat(1_025).into()
}

#[tokio::test]
async fn media_that_telegram_has_goes_by_its_name() {
    let bold = json!([{"type": "bold", "offset": 3, "length": 3}]);
    let buttons = json!({"inline_keyboard": [[{"text": "اشترك", "callback_data": "j:1"}]]});
    for (kind, method, field) in [
        (MediaKind::Photo, "sendPhoto", "photo"),
        (MediaKind::Video, "sendVideo", "video"),
        (MediaKind::Animation, "sendAnimation", "animation"),
    ] {
        let request = Request::SendMedia {
            chat: CHAT,
            media: media(kind),
            caption: caption(),
            markup: Markup::Inline(keyboard()),
            reply_to: Some(MESSAGE),
        };
        let parameters = json!({
            "chat_id": -1001, field: "AgAD", "caption": "🎁 سحب", "caption_entities": bold,
            "reply_parameters": {"message_id": 5, "allow_sending_without_reply": true}, "reply_markup": buttons,
        });
        let (outcome, asked) = send([sent_message()], request).await;
        assert_eq!((outcome, asked), (Ok(SENT), vec![(method.to_owned(), parameters)]));
    }
}

#[tokio::test]
async fn what_is_shown_otherwise_than_usual_says_so() {
    let link_preview = Some(LinkPreview { url: Some("https://x.y/".into()), ..LinkPreview::default() });
    let text = RichText::plain("x").laid_out(Layout { link_preview, above_media: false });
    let above = RichText::plain("x").laid_out(Layout { link_preview: None, above_media: true });
    let covered = Media { has_spoiler: true, ..media(MediaKind::Video) };
    let (chat, message, markup, keyboard) = (CHAT, MESSAGE, Markup::None, Keyboard::default());
    let preview = json!({"url": "https://x.y/"});
    for (request, parameters) in [
        (
            Request::SendText { chat, text: text.clone(), markup: markup.clone(), reply_to: None },
            json!({"chat_id": -1001, "text": "x", "link_preview_options": preview}),
        ),
        (
            Request::SendMedia { chat, media: covered, caption: above.clone(), markup, reply_to: None },
            json!({"chat_id": -1001, "video": "AgAD", "caption": "x", "show_caption_above_media": true,
                   "has_spoiler": true}),
        ),
        (
            Request::EditText { chat, message, text, keyboard: keyboard.clone() },
            json!({"chat_id": -1001, "message_id": 5, "text": "x", "link_preview_options": preview}),
        ),
        (
            Request::EditCaption { chat, message, caption: above, keyboard },
            json!({"chat_id": -1001, "message_id": 5, "caption": "x", "show_caption_above_media": true}),
        ),
    ] {
        let (outcome, asked) = send([sent_message()], request).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(asked[0].1, parameters);
    }
}

#[tokio::test]
async fn a_text_that_answers_says_to_what() {
    let request =
        Request::SendText { chat: CHAT, text: "x".into(), markup: Markup::None, reply_to: Some(MESSAGE) };
    let (_, asked) = send([sent_message()], request).await;
    let reply = json!({"message_id": 5, "allow_sending_without_reply": true});
    assert_eq!(asked[0].1, json!({"chat_id": -1001, "text": "x", "reply_parameters": reply}));
}

#[tokio::test]
async fn pictures_and_files_are_uploaded_with_what_belongs_to_them() {
    let buttons = r#"{"inline_keyboard":[[{"callback_data":"j:1","text":"اشترك"}]]}"#;
    let bold = r#"[{"length":3,"offset":3,"type":"bold"}]"#;
    let picture = Request::SendPicture {
        chat: CHAT,
        picture: "a picture".into(),
        caption: caption(),
        keyboard: keyboard(),
    };
    let (outcome, asked) = send([sent_message()], picture).await;
    let parameters = json!({
        "chat_id": "-1001", "caption": "🎁 سحب", "caption_entities": bold, "reply_markup": buttons,
        "photo": ["picture.png", "image/png", "a picture"],
    });
    assert_eq!((outcome, asked), (Ok(SENT), vec![("sendPhoto".to_owned(), parameters)]));

    let file = Request::SendFile {
        chat: CHAT,
        name: "مشتركون.csv".into(),
        content: "a,b\r\n".into(),
        caption: RichText::new(),
        keyboard: Keyboard::default(),
    };
    let (outcome, asked) = send([sent_message()], file).await;
    let parameters =
        json!({"chat_id": "-1001", "document": ["مشتركون.csv", "application/octet-stream", "a,b\r\n"]});
    assert_eq!((outcome, asked), (Ok(SENT), vec![("sendDocument".to_owned(), parameters)]));

    let edit = Request::EditPicture {
        chat: CHAT,
        message: MESSAGE,
        picture: "another".into(),
        caption: caption(),
        keyboard: keyboard(),
    };
    let (outcome, asked) = send([Reply::ok(json!(true))], edit).await;
    let media = format!(
        r#"{{"caption":"🎁 سحب","caption_entities":{bold},"media":"attach://picture","type":"photo"}}"#
    );
    let parameters = json!({
        "chat_id": "-1001", "message_id": "5", "media": media, "reply_markup": buttons,
        "picture": ["picture.png", "image/png", "another"],
    });
    assert_eq!(
        (outcome, asked),
        (Ok(Sent::Message(MESSAGE)), vec![("editMessageMedia".to_owned(), parameters)])
    );
}

fn edit_caption(caption: RichText) -> Request {
    Request::EditCaption { chat: CHAT, message: MESSAGE, caption, keyboard: Keyboard::default() }
}

#[tokio::test]
async fn a_caption_is_edited_and_edited_again_after_an_error() {
    let script = [Reply::refusal(500, "Internal Server Error: restart"), Reply::ok(json!(true))];
    let (outcome, asked) = send(script, edit_caption("x".into())).await;
    let call = ("editMessageCaption".to_owned(), json!({"chat_id": -1001, "message_id": 5, "caption": "x"}));
    assert_eq!((outcome, asked), (Ok(Sent::Message(MESSAGE)), vec![call.clone(), call]));
}

#[tokio::test]
async fn a_message_of_another_kind_is_refused() {
    for text in ["there is no caption in the message to edit", "there is no media in the message to edit"] {
        let (outcome, _) =
            send([Reply::refusal(400, &format!("Bad Request: {text}"))], edit_caption("x".into())).await;
        assert_eq!(outcome, Err(TelegramError::Refused(text.into())));
    }
}

#[tokio::test]
async fn an_upload_is_not_repeated_unless_it_was_surely_not_taken() {
    let file = || Request::SendFile {
        chat: CHAT,
        name: "a.csv".into(),
        content: "a".into(),
        caption: RichText::new(),
        keyboard: Keyboard::default(),
    };
    let (outcome, asked) = send([Reply::refusal(500, "Internal Server Error")], file()).await;
    assert!(matches!(outcome, Err(TelegramError::Unavailable(_))), "{outcome:?}");
    assert_eq!(asked.len(), 1);
    let (outcome, asked) = send([Reply::flood(1), sent_message()], file()).await;
    assert_eq!((outcome, asked.len()), (Ok(SENT), 2));
    assert_eq!(asked[0], asked[1], "all of it goes again");
}

fn result(id: usize, content: InlineContent) -> InlineResult {
    InlineResult {
        id: id.to_string(),
        title: "سحب".into(),
        description: "وصف".into(),
        content,
        keyboard: keyboard(),
    }
}

fn answer(results: Vec<InlineResult>) -> Request {
    Request::AnswerInline {
        id: "9".into(),
        results,
        cache: Duration::from_millis(5_900),
        personal: true,
        next_offset: String::new(),
    }
}

#[tokio::test]
async fn inline_results_are_articles_and_known_media() {
    let of = |kind| InlineContent::Media(media(kind), caption());
    let results = vec![
        result(0, InlineContent::Text(caption())),
        result(1, of(MediaKind::Photo)),
        result(2, of(MediaKind::Video)),
        result(3, of(MediaKind::Animation)),
    ];
    let (outcome, asked) = send([Reply::ok(json!(true))], answer(results)).await;
    let bold = json!([{"type": "bold", "offset": 3, "length": 3}]);
    let buttons = json!({"inline_keyboard": [[{"text": "اشترك", "callback_data": "j:1"}]]});
    let parameters = json!({
        "inline_query_id": "9", "cache_time": 5, "is_personal": true, "next_offset": "",
        "results": [
            {"type": "article", "id": "0", "title": "سحب", "description": "وصف", "reply_markup": buttons,
             "input_message_content": {"message_text": "🎁 سحب", "entities": bold}},
            {"type": "photo", "id": "1", "title": "سحب", "description": "وصف", "reply_markup": buttons,
             "photo_file_id": "AgAD", "caption": "🎁 سحب", "caption_entities": bold},
            {"type": "video", "id": "2", "title": "سحب", "description": "وصف", "reply_markup": buttons,
             "video_file_id": "AgAD", "caption": "🎁 سحب", "caption_entities": bold},
            {"type": "mpeg4_gif", "id": "3", "title": "سحب", "reply_markup": buttons,
             "mpeg4_file_id": "AgAD", "caption": "🎁 سحب", "caption_entities": bold},
        ],
    });
    assert_eq!((outcome, asked), (Ok(Sent::Done), vec![("answerInlineQuery".to_owned(), parameters)]));
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_told_as_such() {
    let text = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    let (outcome, asked) = send([Reply::refusal(400, text)], answer(vec![])).await;
    assert_eq!((outcome, asked.len()), (Err(TelegramError::QueryExpired), 1));
}

#[tokio::test]
async fn what_telegram_would_refuse_is_not_sent() {
    let long = || Request::SendMedia {
        chat: CHAT,
        media: media(MediaKind::Photo),
        caption: too_long(),
        markup: Markup::None,
        reply_to: None,
    };
    let many = (0..51).map(|id| result(id, InlineContent::Text("x".into()))).collect();
    let captioned = vec![result(0, InlineContent::Media(media(MediaKind::Video), too_long()))];
    for request in [long(), edit_caption(too_long()), answer(many), answer(captioned)] {
        let (outcome, asked) = send([], request).await;
        assert!(matches!(outcome, Err(TelegramError::Refused(_))), "{outcome:?}");
        assert_eq!(asked, []);
    }
    let most = (0..50).map(|id| result(id, InlineContent::Text("x".into()))).collect();
    for request in [edit_caption("ق".repeat(1_024).into()), answer(most)] {
        let (outcome, asked) = send([], request).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(asked.len(), 1);
    }
}

#[tokio::test]
async fn boosts_are_counted() {
    let boost = json!({"boost_id": "a", "add_date": 1, "expiration_date": 2,
                       "source": {"source": "premium", "user": {"id": 7, "is_bot": false, "first_name": "س"}}});
    let server = Server::start([
        Reply::ok(json!({"boosts": [boost, boost]})),
        Reply::ok(json!({"boosts": []})),
        Reply::refusal(400, "Bad Request: CHAT_ADMIN_REQUIRED"),
    ])
    .await;
    let messenger = messenger_at(&server.address);
    let ask = || messenger.boosts(CHAT, UserId::new(7));
    assert_eq!(ask().await, Ok(2));
    assert_eq!(ask().await, Ok(0));
    assert!(matches!(ask().await, Err(TelegramError::NotAllowed(_))));
    assert_eq!(server.asked()[0], ("getUserChatBoosts".into(), json!({"chat_id": -1001, "user_id": 7})));
}
