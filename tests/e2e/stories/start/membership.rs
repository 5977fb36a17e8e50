//! What is believed of who is subscribed: the cache, the news from Telegram, requests to join.

use std::time::Duration;

use qura_i18n::Msg;

use super::MENU;
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn who_leaves_stands_before_the_gate_again_at_once() {
    let w = World::gated().await;
    let (sara, laila) = (w.member("سارة").await, w.member("ليلى").await);
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    let asked = w.control.calls("getChatMember").await.len();

    sara.leaves(&w.gate[0]).await;
    sara.says("/help").await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;

    // With a button, the pressed message turns into the gate.
    laila.leaves(&w.gate[0]).await;
    let pressed = laila.presses(MENU[7]).await;
    pressed.is_quiet();
    let gate = laila.sees(Msg::GateSubscribe { count: 1 }).await;
    assert_eq!(laila.chat().await, [gate]);

    assert_eq!(w.control.calls("getChatMember").await.len(), asked, "the news were enough");
    w.ends().await;
}

#[tokio::test]
async fn who_is_known_to_be_inside_is_not_asked_about_for_a_minute() {
    let mut w = World::gated().await;
    let sara = w.person("سارة").await;
    // Before the bot was told of chat members: it has to ask.
    sara.joins(&w.gate[0]).await;
    w.settles().await;
    w.passes(Duration::from_secs(120)).await;
    let asked = w.control.calls("getChatMember").await.len();
    sara.starts().await;
    sara.sees(sara.menu()).await;
    assert_eq!(w.control.calls("getChatMember").await.len(), asked + 1);
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    assert_eq!(w.control.calls("getChatMember").await.len(), asked + 1);
    w.passes(Duration::from_secs(61)).await;
    sara.says("/my").await;
    sara.sees(Msg::MineTitle).await;
    assert_eq!(w.control.calls("getChatMember").await.len(), asked + 2);
    w.ends().await;
}

#[tokio::test]
async fn a_request_to_join_is_told_as_pending_until_it_is_approved() {
    let w = World::builder().gate(ChannelPlan::private("قناة خاصة").approving()).start().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    let gate = sara.sees(Msg::GateSubscribe { count: 1 }).await;
    sara.joins(&w.gate[0]).await;
    let press = sara.presses("لقد اشتركت").await;
    press.alerts(Msg::GateRequestedAlert);
    assert!(press.pressed["answer"]["text"].as_str().unwrap().contains("طلبك قيد الموافقة"));
    // Who starts anew reads it on the screen.
    let laila = w.person("ليلى").await;
    laila.joins(&w.gate[0]).await;
    laila.starts().await;
    let told = laila.sees(Msg::GateRequested { title: w.gate[0].title.clone() }).await;
    assert!(told.text.contains("طلبك قيد الموافقة"));
    told.has_buttons(&["اضغط للاشتراك", "لقد اشتركت"]);

    w.gate[0].approves(&sara).await;
    sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    assert_eq!(sara.sees(sara.menu()).await.id, gate.id);
    w.ends().await;
}

#[tokio::test]
async fn a_request_to_join_counts_where_the_setting_says_so() {
    let w = World::builder()
        .gate(ChannelPlan::private("قناة خاصة").approving())
        .setting("gate.requests_count", "true")
        .start()
        .await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    sara.presses("لقد اشتركت").await.alerts(Msg::GateMissingAlert { count: 1 });
    sara.joins(&w.gate[0]).await;
    sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    sara.sees(sara.menu()).await;
    w.ends().await;
}
