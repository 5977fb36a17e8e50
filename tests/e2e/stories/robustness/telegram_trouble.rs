//! Telegram's bad days: everyone is answered in the end, and hardly anybody twice.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::{Value, json};

use crate::world::{ChannelPlan, Lottery, LotteryPlan, Person, World};

/// A crowd starts under a fault; all of them have the menu in the end.
async fn everyone_is_answered(w: &World, fault: Value, size: usize) -> Vec<Person> {
    let fault = w.control.fault(fault).await;
    let mut crowd = Vec::new();
    for number in 0..size {
        let person = w.person(&format!("شخص {number}")).await;
        person.starts().await;
        crowd.push(person);
    }
    for person in &crowd {
        person.sees(person.menu()).await;
    }
    assert!(w.control.hits(fault).await > 0, "the fault never struck");
    w.control.delete("/faults").await;
    w.settles().await;
    assert_eq!(w.database.people().await.len(), size);
    crowd
}

#[tokio::test]
async fn a_storm_of_429() {
    let w = World::open().await;
    let storm = json!({
        "kind": "too_many_requests", "retry_after": 1, "method": "sendMessage", "probability": 0.5, "count": 20,
    });
    for person in everyone_is_answered(&w, storm, 30).await {
        assert_eq!(person.chat().await.len(), 1, "{} was answered twice", person.name());
    }
    w.ends().await;
}

#[tokio::test]
async fn a_storm_of_500() {
    let w = World::open().await;
    let storm = json!({"kind": "server_error", "method": "sendMessage", "probability": 0.6, "count": 50});
    for person in everyone_is_answered(&w, storm, 30).await {
        assert_eq!(person.chat().await.len(), 1, "{} was answered twice", person.name());
    }
    w.ends().await;
}

#[tokio::test]
async fn connections_cut_before_anything_happened() {
    let w = World::open().await;
    let storm = json!({"kind": "cut_before", "method": "sendMessage", "probability": 0.6, "count": 30});
    for person in everyone_is_answered(&w, storm, 30).await {
        assert_eq!(person.chat().await.len(), 1, "{} was answered twice", person.name());
    }
    w.ends().await;
}

/// Whether a message arrived cannot be known then: a repeat is better than silence.
#[tokio::test]
async fn connections_cut_after_it_happened() {
    let w = World::open().await;
    let storm = json!({"kind": "cut_after", "method": "sendMessage", "probability": 0.5, "count": 15});
    let crowd = everyone_is_answered(&w, storm, 30).await;
    let mut messages = 0;
    for person in &crowd {
        messages += person.chat().await.len();
    }
    assert!((30..=45).contains(&messages), "{messages} messages for 30 people and 15 cuts");
    w.ends().await;
}

#[tokio::test]
async fn polling_that_is_cut_and_refused_loses_nothing_and_doubles_nothing() {
    let w = World::open().await;
    for kind in ["cut_before", "cut_after", "server_error"] {
        let failures = async || w.log().matches("updates cannot be fetched").count();
        let before = failures().await;
        let fault = w.control.fault(json!({"kind": kind, "method": "getUpdates", "count": 2})).await;
        // The first is brought by the poll that is under way; the next polls fail.
        let crowd = [w.member(kind).await, w.member(kind).await, w.member(kind).await];
        w.comes_true("polling failed", async || failures().await > before).await;
        w.settles().await;
        assert_eq!(w.control.hits(fault).await, 2, "{kind}");
        for person in crowd {
            assert_eq!(person.chat().await.len(), 1, "{kind}");
        }
        w.control.delete("/faults").await;
    }
    w.ends().await;
}

/// An answer or an edit that got through before the cut is refused when it is repeated: no harm.
#[tokio::test]
async fn a_press_survives_cut_connections() {
    let mut w = World::open().await;
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let sara = w.member("سارة").await;
    w.control.fault(json!({"kind": "cut_after", "method": "answerCallbackQuery", "count": 1})).await;
    w.control.fault(json!({"kind": "cut_after", "method": "editMessageText", "count": 1})).await;
    sara.says("/settings").await;
    let settings = sara.sees_button(Msg::SettingsLanguageButton).await;
    sara.presses(Msg::SettingsLanguageButton).await.is_quiet();
    assert_eq!(sara.sees(Msg::SettingsLanguageTitle).await.id, settings.id);
    w.settles().await;
    assert_eq!(sara.chat().await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn a_slow_telegram_delays_only_whom_it_delays() {
    let w = World::open().await;
    let (sara, laila) = (w.person("سارة").await, w.person("ليلى").await);
    let slow =
        json!({"kind": "delay", "delay_ms": 3000, "method": "sendMessage", "chat": sara.id(), "count": 1});
    w.control.fault(slow).await;
    sara.starts().await;
    let begun = std::time::Instant::now();
    laila.starts().await;
    laila.sees(laila.menu()).await;
    assert!(begun.elapsed() < Duration::from_millis(2500), "{:?}", begun.elapsed());
    sara.sees(sara.menu()).await;
    w.ends().await;
}

#[tokio::test]
async fn updates_out_of_order_between_people_are_all_served() {
    let w = World::open().await;
    let reorder = json!({"kind": "reorder_updates"});
    for person in everyone_is_answered(&w, reorder, 20).await {
        assert_eq!(person.chat().await.len(), 1);
    }
    w.ends().await;
}

/// A lottery that a person has opened by its link.
async fn opened_by(w: &World, person: &Person, is_member: bool) -> Lottery {
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    if is_member {
        person.joins(&channel).await;
    }
    person.starts_with(&lottery.payload()).await;
    lottery
}

/// The spinner was to be stopped early, and Telegram did not hear of it.
#[tokio::test]
async fn a_slow_press_whose_first_answer_fails_is_answered_after_all() {
    let w = World::open().await;
    let laila = w.person("ليلى").await;
    opened_by(&w, &laila, false).await;
    laila.sees(Msg::JoinNotMember { title: "قناة سارة".into() }).await;
    let slow = json!({"kind": "delay", "delay_ms": 1_500, "method": "getChatMember", "count": 1});
    w.control.fault(slow).await;
    // As often as a call is made that finds Telegram out of order.
    let deaf = json!({"kind": "server_error", "method": "answerCallbackQuery", "count": 4});
    let deaf = w.control.fault(deaf).await;
    laila.presses("تحقق").await.alerts(Msg::JoinNotMemberAlert);
    assert_eq!(w.control.hits(deaf).await, 4);
    w.ends().await;
}

#[tokio::test]
async fn a_press_whose_effect_is_committed_is_answered_after_a_crash() {
    let mut w = World::open().await;
    let laila = w.person("ليلى").await;
    opened_by(&w, &laila, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    laila.presses("انسحاب").await.is_quiet();
    laila.sees(Msg::JoinLeaveAsk { ticket: 1 }).await;
    let slow = json!({"kind": "delay", "delay_ms": 60_000, "method": "answerCallbackQuery", "count": 1});
    let slow = w.control.fault(slow).await;
    let crash = async {
        w.comes_true("it is about to be answered", async || w.control.hits(slow).await > 0).await;
        w.program_is_killed();
        w.program_starts();
    };
    let (pressed, ()) = tokio::join!(laila.presses("تأكيد"), crash);
    pressed.is_quiet();
    laila.sees(Msg::JoinLeft { ticket: 1 }).await;
    w.ends().await;
}
