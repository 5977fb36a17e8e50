//! Photos, videos, animations and documents: sent, edited, answered, downloaded.

use serde_json::{Value, json};

use crate::world::World;

/// As much of a PNG as tells its size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n....IHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_file_keeps_its_kind() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    for (kind, method) in [
        ("photo", "sendPhoto"),
        ("video", "sendVideo"),
        ("animation", "sendAnimation"),
        ("document", "sendDocument"),
    ] {
        let file = w.file(kind).await;
        let sent = w.ok(method, json!({"chat_id": sara, kind: file, "caption": "س"})).await;
        let told = if kind == "photo" { &sent["photo"][0]["file_id"] } else { &sent[kind]["file_id"] };
        assert_eq!((told, &sent["caption"]), (&json!(file), &json!("س")));
    }
    let video = w.file("video").await;
    let wrong = w.refused("sendPhoto", json!({"chat_id": sara, "photo": video})).await;
    assert_eq!(wrong, "400 Bad Request: can't use file of type Video as Photo");
    let long = json!({"chat_id": sara, "video": video, "caption": "س".repeat(1_025)});
    assert_eq!(w.refused("sendVideo", long).await, "400 Bad Request: message caption is too long");
    w.ends_with_refusals(2).await;
}

#[tokio::test]
async fn captions_are_edited_where_there_is_media_and_texts_where_there_is_none() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let photo = w.file("photo").await;
    let sent = w.ok("sendPhoto", json!({"chat_id": sara, "photo": photo, "caption": "a"})).await;
    let edit = |field: &str| json!({"chat_id": sara, "message_id": sent["message_id"], field: "b"});
    let text = w.refused("editMessageText", edit("text")).await;
    assert_eq!(text, "400 Bad Request: there is no text in the message to edit");
    assert_eq!(w.ok("editMessageCaption", edit("caption")).await["caption"], "b");
    assert!(w.refused("editMessageCaption", edit("caption")).await.contains("message is not modified"));
    let none = json!({"chat_id": sara, "message_id": sent["message_id"]});
    assert_eq!(w.ok("editMessageCaption", none).await.get("caption"), None);
    w.ends_with_refusals(2).await;
}

#[tokio::test]
async fn a_picture_is_replaced_by_an_upload_and_a_text_by_a_picture() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let sent = w.ok("sendMessage", json!({"chat_id": sara, "text": "a"})).await;
    let media =
        |caption: &str| json!({"type": "photo", "media": "attach://new", "caption": caption}).to_string();
    let id = sent["message_id"].to_string();
    for (caption, width) in [("one", 3), ("two", 4)] {
        let texts = [("chat_id", sara.to_string()), ("message_id", id.clone()), ("media", media(caption))];
        let edited = w.upload("editMessageMedia", &texts, ("new", "a.png", &png(width, 5))).await;
        let message = &edited["result"];
        assert_eq!(
            (&message["caption"], &message["photo"][0]["width"]),
            (&json!(caption), &json!(width)),
            "{edited}"
        );
        assert_eq!(message.get("text"), None);
    }
    let text = json!({"chat_id": sara, "message_id": sent["message_id"], "text": "b"});
    assert!(w.refused("editMessageText", text).await.contains("there is no text"));
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn pictures_have_the_form_of_pictures() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let chat = [("chat_id", sara.to_string())];
    for (bytes, why) in [
        (b"no picture".to_vec(), "IMAGE_PROCESS_FAILED"),
        (Vec::new(), "file must be non-empty"),
        (png(5_001, 5_000), "PHOTO_INVALID_DIMENSIONS"),
        (png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
        (png(0, 1), "PHOTO_INVALID_DIMENSIONS"),
    ] {
        let refused = w.upload("sendPhoto", &chat, ("photo", "a.png", &bytes)).await;
        assert_eq!(refused["description"], format!("Bad Request: {why}"));
    }
    for bytes in [png(5_000, 5_000), png(20, 1)] {
        assert_eq!(w.upload("sendPhoto", &chat, ("photo", "a.png", &bytes)).await["ok"], true);
    }
    w.ends_with_refusals(5).await;
}

#[tokio::test]
async fn a_document_can_be_opened_as_it_was_sent() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let bytes = "\u{feff}الاسم,الرقم\r\nسارة,1\r\n".as_bytes();
    let texts = [("chat_id", sara.to_string()), ("caption", "تقرير".to_owned())];
    let sent = w.upload("sendDocument", &texts, ("document", "مشتركون.csv", bytes)).await;
    assert_eq!(sent["result"]["document"]["file_name"], "مشتركون.csv", "{sent}");
    let view = w.get(&format!("/chats/{sara}/messages/{}", sent["result"]["message_id"])).await;
    assert_eq!(
        (&view["media"]["kind"], &view["media"]["file_name"]),
        (&json!("document"), &json!("مشتركون.csv"))
    );
    let url = format!("{}{}", w.simulator.url(), view["media"]["url"].as_str().unwrap());
    let response = w.http.get(url).send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), bytes);
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn an_answer_names_a_message_that_is_there_or_is_lenient() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let photo = w.file("photo").await;
    let send = |reply: Value| json!({"chat_id": sara, "photo": photo, "reply_parameters": reply});
    let root = w.ok("sendMessage", json!({"chat_id": sara, "text": "a"})).await["message_id"].clone();
    let sent = w.ok("sendPhoto", send(json!({"message_id": root}))).await;
    assert_eq!(sent["reply_to_message"]["message_id"], root);
    w.ok("deleteMessage", json!({"chat_id": sara, "message_id": root})).await;
    let gone = w.refused("sendPhoto", send(json!({"message_id": root}))).await;
    assert_eq!(gone, "400 Bad Request: message to be replied not found");
    let lenient = send(json!({"message_id": root, "allow_sending_without_reply": true}));
    assert_eq!(w.ok("sendPhoto", lenient).await.get("reply_to_message"), None);
    w.ends_with_refusals(1).await;
}
