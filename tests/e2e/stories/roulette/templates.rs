//! Templates: what comes out is what went in, to the last entity; what cannot be one is refused.

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::organizing::{begins, organizer, publishes, takes_the_numbers};
use crate::world::World;

/// 3,900 characters with 50 entities that ends in a surrogate pair.
fn rich() -> (String, Vec<Value>) {
    let mut text = String::new();
    let mut entities = Vec::new();
    let kinds =
        ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "text_link", "custom_emoji"];
    let length = |text: &str| text.encode_utf16().count();
    let entity = |kind: &str, offset: usize, length: usize| {
        let mut entity = json!({"type": kind, "offset": offset, "length": length});
        match kind {
            "text_link" => entity["url"] = json!("https://example.com/"),
            "custom_emoji" => entity["custom_emoji_id"] = json!("5368324170671202286"),
            _ => {}
        }
        entity
    };
    for round in 0..48 {
        let kind = kinds[round % kinds.len()];
        let word = if kind == "custom_emoji" { "🎉" } else { "كلمة🎁" };
        entities.push(entity(kind, length(&text), length(word)));
        text.push_str(word);
        text.push_str(" ثم نص عادي بعدها، وفيه كلام كثير.\n");
    }
    // A quotation with a bold word inside.
    let quote = length(&text);
    text.push_str("اقتباس ");
    entities.push(entity("bold", length(&text), 4));
    text.push_str("مهم!");
    entities.insert(48, entity("blockquote", quote, length(&text) - quote));
    text.push('\n');
    while text.chars().count() < 3_899 {
        text.push('ق');
    }
    text.push('🎁');
    (text, entities)
}

#[tokio::test]
async fn a_long_template_with_fifty_entities_comes_out_identical() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    let (text, entities) = rich();
    assert_eq!((text.chars().count(), entities.len()), (3_900, 50));
    sara.sends(json!({"text": text, "entities": entities})).await;
    takes_the_numbers(&sara).await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewEmoji).await;
    // The preview is the post, but for where it stands.
    let chat = w.control.get(&format!("/chats/{}/messages?limit=5", sara.id())).await;
    let is_preview = |message: &&Value| message["text"] == json!(text) && message["from"]["kind"] == "bot";
    let preview = chat["messages"].as_array().unwrap().iter().find(is_preview).expect("a preview").clone();
    sara.presses("تأكيد وبدء السحب").await;
    sara.sees_button("فتح المنشور").await;
    let post = news.posts_of_the_bot(&w).await.pop().unwrap();
    for seen in [&preview, &post] {
        assert_eq!(seen["text"], json!(text));
        let mut shown = seen["entities"].as_array().unwrap().clone();
        let mut sent = entities.clone();
        for list in [&mut shown, &mut sent] {
            list.sort_by_key(|one| (one["offset"].as_i64(), -one["length"].as_i64().unwrap()));
        }
        // What only some bots may send to a channel comes out plain, and nothing else is missing.
        let shown: Vec<_> = shown.into_iter().filter(|one| one["type"] != "custom_emoji").collect();
        let sent: Vec<_> = sent.into_iter().filter(|one| one["type"] != "custom_emoji").collect();
        assert_eq!(shown, sent);
    }
    let data = |message: &Value| message["buttons"][2][0]["data"].clone();
    assert_eq!(data(&preview), data(&post));
    w.ends().await;
}

#[tokio::test]
async fn the_buttons_of_a_preview_say_that_it_is_one() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    super::organizing::skips_and_fills(&sara, "نص المعاينة").await;
    sara.presses("التالي").await;
    let preview = sara.sees_text("نص المعاينة").await;
    sara.presses_on(&preview, "عدد المشتركين").await.alerts(Msg::PostPreviewAlert);
    w.ends().await;
}

#[tokio::test]
async fn pictures_and_clips_are_published_with_their_captions() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    for kind in ["photo", "video", "animation"] {
        begins(&sara, &news).await;
        sara.presses("تخطي").await.is_quiet();
        sara.sees(Msg::RouletteTemplate).await;
        sara.sends(json!({"media": {"kind": kind}, "text": "تعليق 🎁", "entities": [{"type": "bold", "offset": 0, "length": 5}]}))
            .await;
        takes_the_numbers(&sara).await;
        let post = publishes(&w, &sara, &news).await;
        assert_eq!((&post["media"]["kind"], &post["text"]), (&json!(kind), &json!("تعليق 🎁")));
        assert_eq!(post["entities"][0]["type"], "bold");
    }
    w.ends().await;
}

#[tokio::test]
async fn what_is_no_template_is_refused_with_a_sentence() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    for kind in ["sticker", "voice", "document"] {
        sara.sends(json!({"media": {"kind": kind}})).await;
        sara.sees(Msg::RouletteErrorKind).await;
    }
    let caption = "ق".repeat(1_024);
    sara.sends(json!({"media": {"kind": "photo"}, "text": caption})).await;
    takes_the_numbers(&sara).await;
    w.ends().await;
}
