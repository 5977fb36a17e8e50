//! Names that override directions, look like HTML or are emoji of four bytes: everywhere from the channel's
//! title to the winners, shown apart from the bot's own words, and never refused.

use std::io::{Cursor, Read};

use qura_i18n::{Msg, isolate};
use serde_json::{Value, json};

use super::opens_the_card;
use super::organizing::{asks_no_challenge, code, confirms, fills};
use super::reports::report;
use crate::stories::channels::adds;
use crate::world::screen::is_balanced;
use crate::world::{Channel, ChannelPlan, Person, World};

const ORGANIZER: &str = "\u{202E}<b>منظم</b> 😈\u{2069}";
const TITLE: &str = "\u{202E}<i>أخبار</i> 🎁\u{2067}";
const CONDITION: &str = "😀</code>\u{2069}\u{202B}شرط &amp;";
const FIRST: &str = "\u{202E}<a href=\"tg://user?id=1\">evil</a>";
const LAST: &str = "👨\u{200D}👩\u{200D}👧 {name}\u{2066}";
const REASON: &str = "\u{202E}<u>سبب</u> 😀";

/// As Telegram lets it through: overrides are gone, isolates stay.
const TEMPLATE: &str = "\u{2067}<u>سحب</u> 🎁 &lt; {count:number} \u{200F}😀";

fn name() -> String {
    format!("{FIRST} {LAST}")
}

/// A channel of this name with its organizer and the bot as administrators.
async fn chat(w: &World, organizer: &Person, title: &str, username: &str) -> Channel {
    let channel = w.channel(ChannelPlan::public(title, username)).await;
    channel.appoints(organizer).await;
    channel.appoints_the_bot().await;
    channel
}

/// From the wizard to the post, with a condition.
async fn is_published(w: &World, sara: &Person, news: &Channel) -> i64 {
    sara.starts().await;
    sara.sees(sara.menu()).await;
    sara.presses("قسم الروليت").await.is_quiet();
    sara.sees(Msg::RouletteTitle).await;
    sara.presses("إنشاء روليت").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    sara.presses(Msg::ChannelsReadyButton { title: TITLE.into() }).await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    sara.presses(Msg::RouletteConditionChannel).await.is_quiet();
    sara.sees(Msg::RouletteAskChannel).await;
    sara.says("@qura_condition").await;
    sara.sees(Msg::RouletteConditionAdded { title: CONDITION.into() }).await;
    fills(sara, &format!("\u{202E}{TEMPLATE}")).await;
    asks_no_challenge(sara).await;
    confirms(sara).await;
    let told = sara.sees(Msg::RoulettePublished { title: TITLE.into(), code: code(w).await }).await;
    assert!(told.text.contains(&isolate(TITLE)), "{}", told.text);
    let post = news.posts_of_the_bot(w).await.pop().unwrap();
    assert_eq!((&post["text"], &post["entities"]), (&json!(TEMPLATE), &json!([])));
    post["id"].as_i64().unwrap()
}

/// The participant's own name in the file.
async fn is_reported(w: &World, sara: &Person) {
    opens_the_card(sara, "الجارية").await;
    let csv = report(w, sara, "CSV").await;
    let mut reader = csv::Reader::from_reader(&csv[3..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][1]), (1, &*name()));
    opens_the_card(sara, "الجارية").await;
    let xlsx = report(w, sara, "XLSX").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(xlsx)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    let escaped = name().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let escaped = [escaped.clone(), escaped.replace('"', "&quot;")];
    assert!(escaped.iter().any(|name| sheet.contains(name)), "{sheet}");
}

/// Everything that was sent or edited so far is words and entities, and closes what it opens.
async fn all_is_tame(w: &World) {
    for method in ["sendMessage", "editMessageText", "answerCallbackQuery", "sendDocument"] {
        for call in w.control.calls(method).await {
            let parameters = &call["params"];
            assert_eq!(parameters["parse_mode"], Value::Null, "{call}");
            for field in ["text", "caption"] {
                let text = parameters[field].as_str().unwrap_or_default();
                // What the organizer wrote is theirs.
                let is_post = text.contains(TEMPLATE);
                assert!(is_post || is_balanced(text), "{text:?}");
            }
            let buttons = parameters["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
            for button in buttons.flat_map(|row| row.as_array().unwrap()) {
                let label = button["text"].as_str().unwrap();
                assert!(is_balanced(label), "{label:?}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_names_do_no_harm_from_the_title_to_the_winners() {
    let w = World::open().await;
    let sara = w.member(ORGANIZER).await;
    let news = chat(&w, &sara, TITLE, "qura_news").await;
    let condition = chat(&w, &sara, CONDITION, "qura_condition").await;
    adds(&sara, &news).await;
    let post = is_published(&w, &sara, &news).await;
    let evil = w.person_with(json!({"first_name": FIRST, "last_name": LAST, "language_code": "ar"})).await;
    evil.joins(&news).await;
    let press = evil.presses_in(news.id, post, "الاشتراك في السحب").await;
    evil.opens(press.pressed["answer"]["url"].as_str().unwrap()).await;
    let card = evil.sees_button("تحقق").await;
    assert!(
        card.labels().iter().any(|label| label.contains(&isolate(CONDITION)))
            || card.text.contains(&isolate(CONDITION)),
        "{card:?}"
    );
    evil.joins(&condition).await;
    evil.sees(Msg::JoinRegistered { ticket: 1 }).await;
    // The organizer looks at them, and thinks about throwing them out.
    opens_the_card(&sara, "الجارية").await;
    sara.presses("المشتركون").await.is_quiet();
    sara.sees(Msg::ManageParticipants).await;
    sara.presses(Msg::ManageRowButton { ticket: 1, name: name() }).await.is_quiet();
    let screen = sara.sees_button("استبعاد").await;
    assert!(screen.text.contains(&isolate(&name())), "{}", screen.text);
    sara.presses("استبعاد").await.is_quiet();
    sara.sees(Msg::ManageAskReason { name: name() }).await;
    sara.says(REASON).await;
    // Telegram takes the override away before the bot hears it.
    let reason = REASON.replace('\u{202E}', "");
    sara.sees(Msg::ManageExcludeConfirm { name: name(), reason }).await;
    sara.presses("إلغاء").await.is_quiet();
    is_reported(&w, &sara).await;
    opens_the_card(&sara, "الجارية").await;
    sara.presses("سحب الفائزين").await.is_quiet();
    sara.sees(Msg::ManageDrawConfirm { count: 1 }).await;
    sara.presses("تأكيد").await.is_quiet();
    evil.sees(Msg::DrawWon { code: code(&w).await }).await;
    w.is_all_said().await;
    let found = w.control.get(&format!("/chats/{}/messages?limit=100", news.id)).await;
    let says = |post: &&Value| post["text"].as_str().unwrap_or_default().contains(&isolate(&name()));
    let results: Vec<&Value> = found["messages"].as_array().unwrap().iter().filter(says).collect();
    assert_eq!(results.len(), 1, "{found:#}");
    let kinds: Vec<&str> = results[0]["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| entity["type"].as_str().unwrap())
        .collect();
    assert!(
        kinds.iter().all(|kind| ["bold", "text_link", "text_mention", "code"].contains(kind)),
        "{kinds:?}"
    );
    sara.sees_text(&isolate(&name())).await;
    all_is_tame(&w).await;
    w.ends().await;
}
