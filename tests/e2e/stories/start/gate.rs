//! The gate before everything: who must subscribe, to what, and what happens once they did.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use super::MENU;
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn a_stranger_subscribes_and_the_same_message_becomes_the_menu() {
    let mut w = World::gated().await;
    let sara = w
        .person_with(json!({
            "first_name": "سارة", "last_name": "العتيبي", "username": "sara", "language_code": "ar",
            "is_premium": true,
        }))
        .await;
    let begun = w.now();
    sara.starts().await;
    let gate = sara.sees(Msg::GateSubscribe { count: 1 }).await;
    gate.has_buttons(&["اضغط للاشتراك", "لقد اشتركت"]);
    sara.presses("اضغط للاشتراك").await.opens(&w.gate[0].link);

    sara.presses("لقد اشتركت").await.alerts(Msg::GateMissingAlert { count: 1 });
    w.settles().await;
    assert_eq!(sara.chat().await, std::slice::from_ref(&gate), "the message stays");
    assert_eq!(w.database.people().await, [], "who did not pass is no user");

    sara.joins(&w.gate[0]).await;
    sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    let menu = sara.sees(sara.menu()).await;
    assert_eq!(menu.id, gate.id);
    menu.has_buttons(&MENU);
    w.settles().await;
    assert_eq!(sara.chat().await, [menu]);

    let row = w.database.person(sara.id()).await.unwrap();
    assert_eq!((row.first_name.as_str(), row.last_name.as_deref()), ("سارة", Some("العتيبي")));
    assert_eq!((row.username.as_deref(), row.language_code.as_deref()), (Some("sara"), Some("ar")));
    assert!(row.is_premium && row.referrer_id.is_none() && row.blocked_at.is_none());
    assert_eq!(row.first_seen_at, row.last_seen_at);
    assert!((begun..=w.now()).contains(&row.first_seen_at));

    w.passes(Duration::from_secs(3600)).await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    w.settles().await;
    let later = w.database.person(sara.id()).await.unwrap();
    assert_eq!(later.first_seen_at, row.first_seen_at);
    assert!(later.last_seen_at > row.last_seen_at + 3_500_000_000);
    w.ends().await;
}

#[tokio::test]
async fn a_subscriber_gets_the_menu_at_once() {
    let w = World::gated().await;
    let sara = w.person("سارة").await;
    sara.joins(&w.gate[0]).await;
    sara.starts().await;
    sara.sees(sara.menu()).await.has_buttons(&MENU);
    w.settles().await;
    assert_eq!(sara.chat().await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn without_a_gate_everyone_gets_the_menu_at_once() {
    let w = World::builder().gate(ChannelPlan::public("أخبار قُرعة", "qura_news")).gate_off().start().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(sara.menu()).await.has_buttons(&MENU);
    assert!(w.control.calls("getChatMember").await.is_empty());
    w.ends().await;
}

#[tokio::test]
async fn of_several_channels_only_the_missing_ones_are_asked_for() {
    let titles = ["أخبار قُرعة", "متجر ليلى", "جوائز"];
    let w = World::builder()
        .gate(ChannelPlan::public(titles[0], "qura_news"))
        .gate(ChannelPlan::private(titles[1]))
        .gate(ChannelPlan::public(titles[2], "prizes"))
        .start()
        .await;
    let sara = w.person("سارة").await;
    sara.joins(&w.gate[0]).await;
    sara.starts().await;
    let gate = sara.sees(Msg::GateSubscribe { count: 2 }).await;
    gate.has_buttons(&["اضغط للاشتراك", "اضغط للاشتراك", "لقد اشتركت"]);
    for channel in &w.gate[1..] {
        let title = channel.title.clone();
        sara.presses(Msg::GateButtonTitled { title }).await.opens(&channel.link);
    }
    sara.presses("لقد اشتركت").await.alerts(Msg::GateMissingAlert { count: 2 });
    sara.joins(&w.gate[1]).await;
    sara.presses("لقد اشتركت").await.alerts(Msg::GateMissingAlert { count: 1 });
    sara.joins(&w.gate[2]).await;
    sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    assert_eq!(sara.sees(sara.menu()).await.id, gate.id);
    w.ends().await;
}

#[tokio::test]
async fn the_gate_stands_before_every_message_but_those_about_money_and_rights() {
    let w = World::gated().await;
    let sara = w.person("سارة").await;
    for (command, text) in
        [("/privacy", Msg::PrivacyText), ("/terms", Msg::TermsText), ("/paysupport", Msg::PaysupportText)]
    {
        sara.says(command).await;
        sara.sees(text).await;
    }
    for said in ["/help", "مرحبا"] {
        sara.says(said).await;
        sara.sees(Msg::GateSubscribe { count: 1 }).await;
    }
    let laila = w.person("ليلى").await;
    for said in ["/my", "/settings", "/admin", "/cancel"] {
        laila.says(said).await;
        laila.sees(Msg::GateSubscribe { count: 1 }).await;
    }
    assert_eq!(w.database.people().await, []);
    w.ends().await;
}

/// Flows, section 0: every callback is answered within a second. Twice that leaves room for a busy
/// machine, and none for an answer that waits for the edit of a message.
#[tokio::test]
async fn buttons_are_answered_within_a_second() {
    let w = World::gated().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    let missing = sara.presses("لقد اشتركت").await;
    sara.joins(&w.gate[0]).await;
    let passed = sara.presses("لقد اشتركت").await;
    sara.sees(sara.menu()).await;
    let soon = sara.presses("كسب النقاط").await;
    soon.alerts(Msg::SectionSoonAlert);
    for press in [missing, passed, soon] {
        assert!(press.took < Duration::from_secs(2), "{press:?}");
    }
    w.ends().await;
}
