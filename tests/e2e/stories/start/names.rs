//! People and channels with hostile names: shown apart from the bot's own words, stored, harmless.

use qura_i18n::{MAX_WORDS, Msg, isolate};
use serde_json::json;

use super::MENU;
use crate::world::screen::is_balanced;
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn hostile_names_are_shown_isolated_and_stored() {
    let w = World::open().await;
    let long = "ط".repeat(300);
    let tall = "😀".repeat(150);
    let names = [
        "\u{202e}أهلا evil",
        "\u{2067}\u{2066}no end",
        "x\u{2069}\u{2069} out",
        "<b>&amp;</b> <a href=\"tg://x\">y</a>",
        "*_`[]()~>#+-=|{}.!",
        "😀👨\u{200d}👩\u{200d}👧\u{200d}👦🇸🇦",
        "a\u{0}b",
        "\u{0}",
        "",
        "   ",
        "\u{200f}\u{200b}\u{3164}",
        "سطر\nآخر\r\nثالث",
        "{name} {count:number} %s $1",
        "'; DROP TABLE users; --",
        "/start",
        &long,
        &tall,
    ];
    let mut people = Vec::new();
    for name in names {
        let person = w.person(name).await;
        person.starts().await;
        people.push(person);
    }
    for (name, person) in names.iter().zip(&people) {
        let menu = person.sees(person.menu()).await;
        menu.has_buttons(&MENU);
        let shown = isolate(name);
        assert!(menu.text.contains(&shown), "{name:?} in {:?}", menu.text);
        assert!(shown.chars().count() <= MAX_WORDS + 2);
        assert!(is_balanced(&menu.text), "{:?}", menu.text);
    }
    w.settles().await;
    for (name, person) in names.iter().zip(&people) {
        let row = w.database.person(person.id()).await.unwrap();
        assert_eq!(row.first_name, name.replace('\0', ""));
    }
    w.ends().await;
}

#[tokio::test]
async fn a_name_is_text_whatever_it_looks_like() {
    let w = World::open().await;
    let sara = w.person_with(json!({"first_name": "<b>سارة</b>", "last_name": "@qura_bot /help"})).await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    let sent = w.control.calls("sendMessage").await;
    let entities = sent.last().unwrap()["params"]["entities"].as_array().unwrap().clone();
    assert_eq!(entities.len(), 1, "only the bot's own name is bold: {entities:?}");
    let row = w.database.person(sara.id()).await.unwrap();
    assert_eq!((row.first_name.as_str(), row.last_name.as_deref()), ("<b>سارة</b>", Some("@qura_bot /help")));
    w.ends().await;
}

#[tokio::test]
async fn hostile_titles_of_gate_channels_do_no_harm() {
    let long = "ق".repeat(128);
    let w = World::builder()
        .gate(ChannelPlan::public("\u{202e}<b>أخبار</b>\u{2069}", "qura_news"))
        .gate(ChannelPlan::public(&long, "qura_long"))
        .operator("خالد")
        .start()
        .await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 2 }).await;
    for channel in &w.gate {
        sara.presses(Msg::GateButtonTitled { title: channel.title.clone() }).await.opens(&channel.link);
    }
    let khalid = w.operator();
    khalid.says("/admin").await;
    khalid.sees(Msg::AdminTitle).await;
    khalid.presses("الاشتراك الإجباري").await.is_quiet();
    khalid.sees(Msg::AdminGateOn { count: 2 }).await;
    for channel in &w.gate {
        let (title, link) = (channel.title.clone(), channel.link.clone());
        khalid.presses(Msg::AdminGateChannelButton { title: title.clone() }).await.is_quiet();
        khalid.sees(Msg::AdminGateChannel { link, title }).await;
        khalid.presses("رجوع").await.is_quiet();
        khalid.sees(Msg::AdminGateOn { count: 2 }).await;
    }
    w.ends().await;
}
