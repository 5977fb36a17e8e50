//! Presses that take longer than anybody should wait: the spinner stops in time, and what had to be read comes as a
//! message.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::{ChannelPlan, LotteryPlan, World};

const JOIN: &str = "الاشتراك في السحب";

async fn is_slow(w: &World, count: i64) {
    let slow = json!({"kind": "delay", "delay_ms": 1_500, "method": "getChatMember", "count": count});
    w.control.fault(slow).await;
}

async fn opened() -> (World, crate::world::Channel, crate::world::Lottery) {
    let w = World::open().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    (w, channel, lottery)
}

#[tokio::test]
async fn an_alert_that_came_too_late_is_sent_as_a_message() {
    let (w, _, lottery) = opened().await;
    let laila = w.member("ليلى").await;
    is_slow(&w, 1).await;
    let press = laila.presses_post(&lottery, JOIN).await;
    assert!(press.is_quiet().took < Duration::from_secs(1), "{:?}", press.took);
    laila.sees(Msg::JoinNotMemberAlert).await;
    // Where it was in time, it is said in place and nowhere else.
    laila.presses_post(&lottery, JOIN).await.alerts(Msg::JoinNotMemberAlert);
    w.settles().await;
    assert_eq!(laila.count(Msg::JoinNotMemberAlert).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_link_that_came_too_late_is_sent_as_a_message() {
    let (mut w, channel, lottery) = opened().await;
    let mona = w.member("منى").await;
    mona.joins(&channel).await;
    w.settles().await;
    // What was heard of her is forgotten: Telegram is asked.
    w.passes(Duration::from_secs(120)).await;
    is_slow(&w, 1).await;
    mona.presses_post(&lottery, JOIN).await.is_quiet();
    let late = mona.sees(Msg::PressLate).await;
    let link = late.button(&Msg::PressLateButton.plain(Default::default())).url.clone().unwrap();
    mona.opens(&link).await;
    mona.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

/// Nobody may write first to whoever never wrote to the bot (Telegram refuses it).
#[tokio::test]
async fn somebody_who_never_wrote_to_the_bot_is_not_written_to() {
    let (w, _, lottery) = opened().await;
    let stranger = w.person("غريبة").await;
    is_slow(&w, 1).await;
    let press = stranger.presses_post(&lottery, JOIN).await;
    assert!(press.toasts(Msg::PressAgain).took < Duration::from_secs(1), "{:?}", press.took);
    w.settles().await;
    let said = w.control.calls("sendMessage").await;
    assert!(said.iter().all(|call| call["chat"] != stranger.id()), "{said:#?}");
    // She was told to press again: what was found out is remembered, so that is answered in time.
    stranger.presses_post(&lottery, JOIN).await.alerts(Msg::JoinNotMemberAlert);
    w.ends().await;
}
