//! Updates as Telegram sends them, and as it never should.

use qura_domain::chat::ChatKind;
use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::membership::{Membership, Rights};
use qura_domain::person::Person;
use qura_domain::template::{Media, MediaKind};
use qura_domain::text::{Entity, EntityKind, Layout, LinkPreview, RichText};
use qura_domain::time::Timestamp;
use qura_ports::telegram::{ChatSummary, Message, Origin};
use serde_json::{Value, json};

use super::*;

fn decode(kind: &str, body: Value) -> Result<Event, Malformed> {
    let raw = json!({"update_id": 900_000_001, kind: body}).to_string();
    BotApiDecoder.decode(&raw).map(|incoming| {
        assert_eq!(incoming.id, UpdateId::new(900_000_001));
        incoming.event
    })
}

fn message(extra: Value) -> Message {
    let mut body = json!({
        "message_id": 12, "date": 1_790_000_000, "chat": private_chat(), "from": sara(),
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    match decode("message", body) {
        Ok(Event::Message(message)) => *message,
        other => panic!("not a message: {other:?}"),
    }
}

fn sara() -> Value {
    json!({"id": 7_000_000_001_i64, "is_bot": false, "first_name": "سارة", "last_name": "العلي",
           "username": "sara", "language_code": "ar", "is_premium": true})
}

fn private_chat() -> Value {
    json!({"id": 7_000_000_001_i64, "first_name": "سارة", "username": "sara", "type": "private"})
}

fn channel() -> Value {
    json!({"id": -1_001_234_567_890_i64, "title": "قناة قُرعة", "username": "qura", "type": "channel"})
}

fn channel_summary() -> ChatSummary {
    ChatSummary {
        id: ChatId::new(-1_001_234_567_890),
        kind: ChatKind::Channel,
        title: Some("قناة قُرعة".into()),
        username: Some("qura".into()),
    }
}

#[test]
fn a_private_message_has_its_sender_and_formatting() {
    let message = message(json!({
        "text": "/start r_12 😀",
        "entities": [{"offset": 0, "length": 6, "type": "bot_command"},
                     {"offset": 12, "length": 2, "type": "custom_emoji", "custom_emoji_id": "5"}],
        "link_preview_options": {"is_disabled": true},
    }));
    assert_eq!(message.id, MessageId::new(12));
    assert_eq!(message.date, Timestamp::from_secs(1_790_000_000));
    assert_eq!(message.chat.kind, ChatKind::Private);
    assert_eq!(
        message.from,
        Some(Person {
            id: UserId::new(7_000_000_001),
            first_name: "سارة".into(),
            last_name: Some("العلي".into()),
            username: Some("sara".into()),
            language_code: Some("ar".into()),
            is_premium: true,
            is_bot: false,
        })
    );
    assert_eq!(message.text.text(), "/start r_12 😀");
    assert_eq!(
        message.text.entities(),
        [
            Entity { kind: EntityKind::BotCommand, offset: 0, length: 6 },
            Entity { kind: EntityKind::CustomEmoji { custom_emoji_id: "5".into() }, offset: 12, length: 2 },
        ]
    );
}

#[test]
fn media_is_known_by_its_largest_size() {
    let size = |file_id: &str, width, height| json!({"file_id": file_id, "file_unique_id": "u", "width": width, "height": height});
    let photo = json!([size("s", 90, 60), size("l", 1280, 853), size("m", 320, 213)]);
    let of = |kind, file_id: &str| Some(Media::new(kind, file_id));
    let captioned = message(json!({"photo": photo, "caption": "كليشة"}));
    assert_eq!((captioned.media, captioned.text.text()), (of(MediaKind::Photo, "l"), "كليشة"));
    let file = json!({"file_id": "v", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1});
    assert_eq!(message(json!({"video": file})).media, of(MediaKind::Video, "v"));
    // Old programs read animations as documents, so they are sent as both (Bot API, `Message.animation`).
    let both = json!({"animation": file, "document": {"file_id": "d", "file_unique_id": "u"}});
    assert_eq!(message(both).media, of(MediaKind::Animation, "v"));
    for none in [json!({"text": "x"}), json!({"photo": []}), json!({"document": {"file_id": "d"}})] {
        assert_eq!(message(none).media, None);
    }
    for (content, is_other) in [
        (json!({"text": "x"}), false),
        (json!({"animation": file, "document": file}), false),
        (json!({"document": file, "caption": "x"}), true),
        (json!({"sticker": file}), true),
        (json!({"voice": file}), true),
    ] {
        assert_eq!(message(content.clone()).has_other_content, is_other, "{content}");
    }
    assert_eq!(message(json!({"photo": photo, "media_group_id": "7"})).album.as_deref(), Some("7"));
    assert_eq!(message(json!({"photo": photo})).album, None);
    let absurd = json!([size("a", i64::MAX, i64::MAX), size("b", 1, -1)]);
    assert_eq!(message(json!({"photo": absurd})).media, of(MediaKind::Photo, "a"));
}

#[test]
fn a_message_keeps_how_it_is_shown() {
    assert!(message(json!({"text": "x"})).text.layout().is_usual());
    let preview = json!({"is_disabled": true, "url": "https://x.y/", "prefer_small_media": true,
                         "prefer_large_media": true, "show_above_text": true});
    let shown = message(json!({"text": "x", "link_preview_options": preview}));
    let link_preview = LinkPreview {
        is_disabled: true,
        url: Some("https://x.y/".into()),
        prefer_small_media: true,
        prefer_large_media: true,
        show_above_text: true,
    };
    let layout = Layout { link_preview: Some(link_preview), above_media: false };
    assert_eq!(shown.text, RichText::plain("x").laid_out(layout));
    let file = json!({"file_id": "v", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1});
    let covered =
        message(json!({"video": file, "has_media_spoiler": true, "show_caption_above_media": true}));
    let media = Media { has_spoiler: true, ..Media::new(MediaKind::Video, "v") };
    assert_eq!((covered.media, covered.text.layout().above_media), (Some(media), true));
}

#[test]
fn entities_that_are_not_understood_are_dropped_alone() {
    let message = message(json!({"text": "قُرعة", "entities": [
        {"type": "bank_card_number", "offset": 0, "length": 1},
        {"type": "date_time", "offset": 0, "length": 1, "date_time_format": "r"},
        {"type": "date_time", "offset": 0, "length": 1, "unix_time": 5},
        {"type": "date_time", "offset": 1, "length": 1, "unix_time": 6, "date_time_format": "wDT"},
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "bold", "offset": 0, "length": 6},
        {"type": "bold", "offset": 5, "length": 0},
        {"type": "bold", "offset": 4_294_967_295_u32, "length": 4_294_967_295_u32},
        {"type": "bold", "offset": -1, "length": 2},
        {"type": "bold"},
        {"type": "text_link", "offset": 0, "length": 1},
        {"type": "text_mention", "offset": 0, "length": 1, "user": sara()},
        null, 7, [],
    ]}));
    let mention = EntityKind::TextMention { user: UserId::new(7_000_000_001) };
    let date_time = |unix_time, format: Option<&str>| EntityKind::DateTime {
        unix_time,
        date_time_format: format.map(str::to_owned),
    };
    assert_eq!(
        message.text.entities(),
        [
            Entity { kind: date_time(5, None), offset: 0, length: 1 },
            Entity { kind: date_time(6, Some("wDT")), offset: 1, length: 1 },
            Entity { kind: EntityKind::Bold, offset: 0, length: 5 },
            Entity { kind: mention, offset: 0, length: 1 },
        ]
    );
}

#[test]
fn entities_that_halve_a_letter_are_dropped() {
    let message = message(json!({"text": "a😀b", "entities": [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "bold", "offset": 2, "length": 1},
        {"type": "italic", "offset": 1, "length": 2},
        {"type": "underline", "offset": 0, "length": 4},
    ]}));
    assert_eq!(
        message.text.entities(),
        [
            Entity { kind: EntityKind::Italic, offset: 1, length: 2 },
            Entity { kind: EntityKind::Underline, offset: 0, length: 4 },
        ]
    );
}

#[test]
fn a_caption_is_the_text_of_a_picture() {
    let message = message(json!({
        "photo": [{"file_id": "A", "file_unique_id": "B", "width": 1, "height": 1}],
        "caption": "صورة", "caption_entities": [{"type": "italic", "offset": 0, "length": 4}],
    }));
    assert_eq!(message.text.text(), "صورة");
    assert_eq!(message.text.entities(), [Entity { kind: EntityKind::Italic, offset: 0, length: 4 }]);
}

#[test]
fn a_forward_from_a_channel_names_it() {
    let origin = |origin: Value| message(json!({"text": "x", "forward_origin": origin})).origin;
    let from_channel = json!({"type": "channel", "date": 1, "chat": channel(), "message_id": 55});
    assert_eq!(
        origin(from_channel),
        Some(Origin::Channel { chat: channel_summary(), message: MessageId::new(55) })
    );
    for elsewhere in [
        json!({"type": "user", "date": 1, "sender_user": sara()}),
        json!({"type": "hidden_user", "date": 1, "sender_user_name": "X"}),
        json!({"type": "chat", "date": 1, "sender_chat": channel()}),
        json!({"type": "kind_of_the_future"}),
    ] {
        assert_eq!(origin(elsewhere), Some(Origin::Elsewhere));
    }
}

#[test]
fn service_messages_say_what_happened() {
    let shared = message(json!({"chat_shared": {"request_id": 3, "chat_id": -100_200, "title": "T"}}));
    assert_eq!(shared.chat_shared, Some((3, ChatId::new(-100_200))));
    assert!(shared.text.is_empty());
    let moved = message(json!({"migrate_to_chat_id": -100_300}));
    assert_eq!(moved.migrated_to, Some(ChatId::new(-100_300)));
    let reply =
        message(json!({"text": "x", "reply_to_message": {"message_id": 9, "chat": channel(), "date": 0}}));
    assert_eq!(reply.reply_to, Some(MessageId::new(9)));
}

#[test]
fn who_speaks_for_a_chat_stays_unnamed() {
    let message = message(json!({
        "text": "x", "chat": {"id": -1_005, "type": "supergroup", "title": "G"},
        "from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"},
        "sender_chat": {"id": -1_005, "type": "supergroup", "title": "G"},
    }));
    assert_eq!(message.from, None);
}

#[test]
fn channel_posts_are_apart_from_messages() {
    let post = decode("channel_post", json!({"message_id": 1, "date": 5, "chat": channel(), "text": "x"}));
    let Ok(Event::ChannelPost(post)) = post else { panic!("not a post: {post:?}") };
    assert_eq!((post.chat, post.from), (channel_summary(), None));
}

#[test]
fn a_press_under_a_post_or_an_inline_result() {
    let press = |extra: Value| {
        let mut body = json!({"id": "4382bfdwdsb323b2d9", "from": sara(), "chat_instance": "1"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        match decode("callback_query", body) {
            Ok(Event::Callback(callback)) => *callback,
            other => panic!("not a press: {other:?}"),
        }
    };
    let post = json!({"message_id": 44, "date": 0, "chat": channel()});
    let pressed = press(json!({"message": post, "data": "j:Ab3"}));
    assert_eq!(pressed.message, Some((channel_summary(), MessageId::new(44))));
    assert_eq!((pressed.id.as_str(), pressed.data.as_str()), ("4382bfdwdsb323b2d9", "j:Ab3"));
    assert_eq!(press(json!({"inline_message_id": "AAA", "data": "j:Ab3"})).message, None);
    assert_eq!(press(json!({"game_short_name": "chess"})).data, "");
}

#[test]
fn membership_changes_name_actor_and_member() {
    let member = |status: &str| json!({"status": status, "user": sara()});
    let body = json!({
        "chat": channel(), "from": {"id": 5, "is_bot": false, "first_name": "A"}, "date": 77,
        "old_chat_member": member("member"), "new_chat_member": {"status": "kicked", "user": sara(), "until_date": 0},
        "invite_link": {"invite_link": "https://t.me/+a", "creator": sara()},
    });
    let Ok(Event::Membership(change)) = decode("chat_member", body.clone()) else { panic!("no change") };
    assert_eq!((change.actor, change.member.id), (UserId::new(5), UserId::new(7_000_000_001)));
    assert_eq!((change.before, change.after), (Membership::Member, Membership::Kicked));
    assert_eq!((change.chat, change.date), (channel_summary(), Timestamp::from_secs(77)));
    assert!(matches!(decode("my_chat_member", body), Ok(Event::OwnMembership(_))));
}

#[test]
fn the_bots_own_promotion_tells_its_rights() {
    let bot = json!({"id": 99, "is_bot": true, "first_name": "Qura"});
    let body = json!({
        "chat": channel(), "from": sara(), "date": 1,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": "administrator", "user": bot, "can_post_messages": true, "can_edit_messages": true},
    });
    let Ok(Event::OwnMembership(change)) = decode("my_chat_member", body) else { panic!("no change") };
    let rights = Rights { post_messages: true, edit_messages: true, ..Rights::NONE };
    assert_eq!(change.after, Membership::Administrator(rights));
}

#[test]
fn inline_queries_and_join_requests() {
    let query = decode("inline_query", json!({"id": "1", "from": sara(), "query": "سحب", "offset": ""}));
    assert!(matches!(query, Ok(Event::InlineQuery(query)) if query.query == "سحب"));
    let request =
        decode("chat_join_request", json!({"chat": channel(), "from": sara(), "user_chat_id": 1, "date": 9}));
    assert!(matches!(request, Ok(Event::JoinRequest(request)) if request.chat == channel_summary()));
}

#[test]
fn a_question_before_a_payment() {
    let body =
        json!({"id": "7", "from": sara(), "currency": "XTR", "total_amount": 5, "invoice_payload": "x"});
    let Ok(Event::Checkout(checkout)) = decode("pre_checkout_query", body) else { panic!("no checkout") };
    assert_eq!((checkout.id.as_str(), checkout.from.id), ("7", UserId::new(7_000_000_001)));
}

#[test]
fn other_kinds_keep_their_names() {
    for kind in ["edited_message", "removed_chat_boost", "kind_of_the_future"] {
        assert_eq!(decode(kind, json!({"anything": [1]})), Ok(Event::Other(kind.to_owned())));
    }
}

#[test]
fn a_boost_is_somebodys() {
    let boost = |source: Value| {
        let boost = json!({"boost_id": "a", "add_date": 1, "expiration_date": 2, "source": source});
        decode("chat_boost", json!({"chat": channel(), "boost": boost}))
    };
    let Ok(Event::Boosted(person)) = boost(json!({"source": "premium", "user": sara()})) else {
        panic!("no boost")
    };
    assert_eq!(person.id, UserId::new(7_000_000_001));
    let unclaimed = boost(json!({"source": "giveaway", "giveaway_message_id": 5}));
    assert_eq!(unclaimed, Ok(Event::Other("chat_boost".to_owned())));
}

#[test]
fn known_kinds_of_another_shape_are_malformed() {
    for (kind, body) in [
        ("message", json!({})),
        ("message", json!([])),
        ("message", json!("text")),
        ("message", json!({"message_id": "1", "date": 1, "chat": private_chat()})),
        ("message", json!({"message_id": 1, "date": 1, "chat": {"id": 1, "type": "planet"}})),
        ("message", json!({"message_id": 1, "date": 1, "chat": private_chat(), "text": {"a": 1}})),
        ("callback_query", json!({"id": 5, "from": sara()})),
        ("chat_member", json!({"chat": channel()})),
        ("chat_boost", json!({"chat": channel()})),
        ("inline_query", json!(null)),
        ("pre_checkout_query", json!({"id": "7"})),
    ] {
        let why = decode(kind, body.clone()).expect_err(&body.to_string());
        assert!(body.is_null() || why.0.starts_with(kind), "{why}");
    }
}

#[test]
fn a_group_cannot_pass_for_a_person() {
    for id in [-1_001_234_567_890_i64, -7, 0] {
        let from = json!({"id": id, "is_bot": false, "first_name": "x"});
        let body = json!({"message_id": 1, "date": 1, "chat": private_chat(), "from": from});
        assert!(decode("message", body).is_err(), "{id}");
        assert!(decode("callback_query", json!({"id": "1", "from": from, "data": "x"})).is_err(), "{id}");
    }
}

#[test]
fn a_list_is_no_object() {
    let user = json!([7, false, "x", null, null, null, null]);
    let chat = json!([7, "private", null, null, null, null]);
    let message = |chat: Value, from: Value| json!({"message_id": 1, "date": 1, "chat": chat, "from": from});
    let press = |from: Value, place: Value| json!({"id": "1", "from": from, "message": place, "data": "x"});
    for (kind, body) in [
        ("message", message(chat, sara())),
        ("message", message(private_chat(), user.clone())),
        ("callback_query", press(user, Value::Null)),
        ("callback_query", press(sara(), json!([private_chat(), 5]))),
        ("inline_query", json!(["1", sara(), "query", "offset"])),
        ("chat_join_request", json!([channel(), sara(), 5])),
    ] {
        assert!(decode(kind, body.clone()).is_err(), "{body}");
    }
}

#[test]
fn no_text_makes_the_decoder_panic() {
    let deep = format!(r#"{{"update_id":1,"message":{}}}"#, r#"{"reply_to_message":"#.repeat(9_000));
    let nested = format!(
        r#"{{"update_id":1,"message":{{"message_id":1,"date":1,"chat":{{"id":1,"type":"private"}},"text":{}1{}}}}}"#,
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    for raw in ["", "{", "[]", "null", "\u{0}", r#"{"update_id":1}"#, deep.as_str(), nested.as_str()] {
        assert!(BotApiDecoder.decode(raw).is_err());
    }
    let far = r#"{"update_id":1,"message":{"message_id":1,"date":9223372036854775807,"chat":{"id":1,"type":"private"},"text":"x","entities":[]}}"#;
    assert!(BotApiDecoder.decode(far).is_ok());
}

/// Cuts and overwrites a real update at every place: whatever comes of it, it is an answer.
#[test]
fn damaged_updates_are_answered() {
    let raw = json!({"update_id": 5, "message": {
        "message_id": 12, "date": 1, "chat": private_chat(), "from": sara(), "text": "ab",
        "entities": [{"type": "bold", "offset": 0, "length": 2}],
    }})
    .to_string();
    for (at, _) in raw.char_indices() {
        let (before, after) = raw.split_at(at);
        let _ = (BotApiDecoder.decode(before), address(before));
        for with in ["0", "\"", "{", "]", "-", "null", "99999999999999999999", "\\ud800"] {
            let rest = after.chars().skip(1).collect::<String>();
            let damaged = format!("{before}{with}{rest}");
            let _ = (BotApiDecoder.decode(&damaged), address(&damaged));
        }
    }
}
