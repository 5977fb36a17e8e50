//! Templates: what comes out is what went in, to the last entity; what cannot be one is refused.

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::managed;
use super::organizing::{begins, code, organizer, publishes, takes_the_numbers};
use crate::world::{Lottery, LotteryPlan, Person, Screen, World};

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

/// Wherever the template is shown, published, changed and shared.
#[tokio::test]
async fn what_a_message_has_beside_its_words_is_kept() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let words = "الليلة السحب الكبير";
    let date = json!([{"type": "date_time", "offset": 0, "length": 6, "unix_time": 1_800_000_000, "date_time_format": "wDT"}]);
    let link = json!({"url": "https://example.com/", "prefer_large_media": true, "show_above_text": true});
    for (sent, spoiler) in [
        (json!({"link_preview": link}), false),
        (json!({"link_preview": {"is_disabled": true}}), false),
        (json!({"media": {"kind": "photo"}, "caption_above": true, "spoiler": true}), true),
        (json!({"media": {"kind": "video"}, "caption_above": true}), false),
        (json!({"media": {"kind": "animation"}, "spoiler": true}), true),
    ] {
        let is_kept = |view: &Value, spoiler: bool| {
            view["entities"] == date
                && view["link_preview"] == sent["link_preview"]
                && view["caption_above"] == json!(sent["caption_above"] == json!(true))
                && view["spoiler"] == json!(spoiler)
        };
        begins(&sara, &news).await;
        sara.presses("تخطي").await.is_quiet();
        sara.sees(Msg::RouletteTemplate).await;
        let mut template = sent.clone();
        (template["text"], template["entities"]) = (json!(words), date.clone());
        sara.sends(template).await;
        takes_the_numbers(&sara).await;
        sara.presses("التالي").await;
        sara.sees(Msg::RoulettePreviewReady).await;
        let chat = w.control.get(&format!("/chats/{}/messages?limit=5", sara.id())).await;
        let is_preview =
            |message: &&Value| message["text"] == json!(words) && message["from"]["kind"] == "bot";
        let preview = chat["messages"].as_array().unwrap().iter().rfind(is_preview).expect("a preview");
        assert!(is_kept(preview, spoiler), "{sent}: {preview}");
        sara.presses("تأكيد وبدء السحب").await;
        sara.sees_button("فتح المنشور").await;
        let post = news.posts_of_the_bot(&w).await.pop().expect("a post");
        assert!(is_kept(&post, spoiler), "{sent}: {post}");
        // Telegram has nothing that covers what an inline result puts into a chat.
        let code = code(&w).await;
        let shared = sara.chooses(&sara.asks_inline(&code).await, &code, &news).await;
        let shared = news.message(shared).await;
        assert!(is_kept(&shared, false), "{sent}: {shared}");
        // The post is written anew.
        sara.presses("إدارة السحب").await.is_quiet();
        sara.sees_button("إيقاف مؤقت").await;
        sara.presses("إيقاف مؤقت").await.is_quiet();
        sara.sees(Msg::ManagePaused).await;
        let post = post["id"].as_i64().unwrap();
        w.comes_true("the post says so", async || news.message(post).await["text"] != json!(words)).await;
        let edited = news.message(post).await;
        assert!(is_kept(&edited, spoiler), "{sent}: {edited}");
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

/// A part of an album.
fn part(album: &str, caption: &str) -> Value {
    json!({"media": {"kind": "photo"}, "text": caption, "album": album})
}

/// Telegram sends each part of an album as a message of its own.
#[tokio::test]
async fn an_album_is_refused_once_however_many_parts_it_has() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    for caption in ["ألبوم", "", "", "آخره"] {
        sara.sends(part("77", caption)).await;
    }
    w.settles().await;
    assert_eq!(sara.count(Msg::RouletteErrorAlbum).await, 1);
    for _ in 0..2 {
        sara.sends(part("78", "")).await;
    }
    w.settles().await;
    assert_eq!(sara.count(Msg::RouletteErrorAlbum).await, 2);
    let kept: Vec<(String,)> = w.database.rows("SELECT template FROM lotteries").await;
    assert!(!kept[0].0.contains("photo") && !kept[0].0.contains("آخره"), "{kept:?}");
    sara.looks_away().await;
    sara.sends(json!({"media": {"kind": "photo"}, "text": "صورة واحدة"})).await;
    takes_the_numbers(&sara).await;
    let post = publishes(&w, &sara, &news).await;
    assert_eq!((&post["media"]["kind"], &post["text"]), (&json!("photo"), &json!("صورة واحدة")));
    w.ends().await;
}

/// «تعديل» → «كليشة», answered by this.
async fn edits(sara: &Person, template: Value, said: Msg) {
    sara.presses("كليشة").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    sara.sends(template).await;
    sara.sees(said).await;
}

/// The lottery with the post that it has now.
async fn posted(w: &World, lottery: &Lottery) -> Lottery {
    let post = async || -> Option<i64> {
        let rows: Vec<(Option<i64>,)> = w.database.rows("SELECT message_id FROM lotteries").await;
        rows[0].0
    };
    w.comes_true("there is a new post", async || post().await.is_some_and(|post| post != lottery.post)).await;
    w.settles().await;
    Lottery { post: post().await.unwrap(), ..lottery.clone() }
}

#[tokio::test]
async fn other_media_are_a_new_post_and_the_old_one_leads_to_it() {
    let (w, channel, sara, mut lottery) = managed(LotteryPlan::simple()).await;
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    // An album is none here either.
    sara.presses("كليشة").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    for _ in 0..3 {
        sara.sends(part("77", "ألبوم")).await;
    }
    w.settles().await;
    assert_eq!(sara.count(Msg::RouletteErrorAlbum).await, 1);
    sara.sees(Msg::RouletteErrorAlbum).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    let file = w.control.post("/files?kind=photo", json!("a picture")).await["file_id"].clone();
    let same = |caption: &str| json!({"media": {"kind": "photo", "file_id": file}, "text": caption});
    let other = |kind: &str| json!({"media": {"kind": kind}, "text": "سحب جديد"});
    // From text to a picture, to another, to a video, and back to text: each is a post of its own.
    for template in [same("سحب بصورة"), other("photo"), other("video"), json!({"text": "نص وحده"})]
    {
        let words = template["text"].as_str().unwrap().to_owned();
        let kind = template["media"]["kind"].clone();
        edits(&sara, template, Msg::ManageEditedAnew).await;
        let new = posted(&w, &lottery).await;
        let view = channel.message(new.post).await;
        assert_eq!((&view["text"], &view["media"]["kind"]), (&json!(words), &kind));
        let old = Screen::of(&channel.message(lottery.post).await);
        let link = format!("https://t.me/sara_channel/{}", new.post);
        assert_eq!((old.labels().len(), old.rows[0][0].url.as_ref()), (1, Some(&link)));
        lottery = new;
        w.post_shows(&lottery, 0).await;
    }
    // Words alone are changed in place, also under a picture.
    edits(&sara, same("سحب بصورة"), Msg::ManageEditedAnew).await;
    lottery = posted(&w, &lottery).await;
    edits(&sara, same("بكلام آخر"), Msg::ManageEdited).await;
    w.comes_true("the post has it", async || {
        channel.message(lottery.post).await["text"] == json!("بكلام آخر")
    })
    .await;
    let laila = super::subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.post_shows(&lottery, 1).await;
    w.ends().await;
}
