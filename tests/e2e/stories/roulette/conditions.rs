//! The card of conditions: it tells what is missing, ticks itself, and lets nobody past.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use super::challenges::answers;
use super::{JOIN, opened, subscriber};
use crate::world::{Channel, ChannelPlan, LotteryPlan, World};

#[tokio::test]
async fn a_card_ticks_itself_and_registers_at_the_last_tick() {
    let w = World::open().await;
    let home = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let (one, two) = (
        w.channel(ChannelPlan::public("قناة شرط", "first_channel")).await,
        w.channel(ChannelPlan::group("مجموعة شرط", "second_group")).await,
    );
    for chat in [&home, &one, &two] {
        chat.appoints_the_bot().await;
    }
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &home, LotteryPlan::simple().channel(&one).channel(&two)).await;
    let laila = subscriber(&w, &home, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let card = laila.sees(Msg::JoinCard).await;
    card.has_buttons(&["❌", "❌", "تحقق", "الرئيسية"]);
    assert_eq!(card.rows[0][0].url.as_deref(), Some("https://t.me/first_channel"));
    laila.presses("تحقق").await.alerts(Msg::JoinUnmetAlert { count: 2 });
    w.settles().await;
    let asked = w.control.calls("getChatMember").await.len();

    laila.joins(&one).await;
    let ticked = laila.sees(Msg::JoinCard).await;
    ticked.has_buttons(&["✅", "❌", "تحقق", "الرئيسية"]);
    assert_eq!(ticked.id, card.id);
    laila.leaves(&one).await;
    laila.sees_button(Msg::JoinChannelUnmetButton { name: "قناة شرط".into() }).await;
    laila.joins(&one).await;
    laila.sees_button(Msg::JoinChannelMetButton { name: "قناة شرط".into() }).await;
    laila.joins(&two).await;
    let ticket = laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(ticket.id, card.id);
    w.settles().await;
    let since = w.control.calls("getChatMember").await.len() - asked;
    assert!(since <= 2, "the news sufficed, yet Telegram was asked {since} times");
    // The card is closed: what happens now shows nothing.
    laila.leaves(&two).await;
    w.settles().await;
    assert_eq!(laila.looks_at(&ticket).await, ticket);
    w.ends().await;
}

/// Whoever left it open began nothing that could be taken up again.
#[tokio::test]
async fn a_card_that_is_left_open_ends_without_a_word() {
    let mut w = World::builder().env("SESSION_TTL", "3600").start().await;
    let home = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let other = w.channel(ChannelPlan::public("قناة شرط", "first_channel")).await;
    for chat in [&home, &other] {
        chat.appoints_the_bot().await;
    }
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &home, LotteryPlan::simple().channel(&other)).await;
    let laila = subscriber(&w, &home, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinCard).await;
    w.settles().await;
    assert_eq!(w.database.wizards().await, 1);
    w.passes(Duration::from_secs(3660)).await;
    w.comes_true("the card is closed", async || w.database.wizards().await == 0).await;
    w.settles().await;
    assert_eq!(laila.count(Msg::WizardExpired).await, 0);
    w.ends().await;
}

#[tokio::test]
async fn nobody_gets_past_the_card() {
    let w = World::open().await;
    let home = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let other = w.channel(ChannelPlan::private("قناة مغلقة")).await;
    home.appoints_the_bot().await;
    other.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &home, LotteryPlan::simple().channel(&other)).await;
    let laila = subscriber(&w, &home, "ليلى").await;
    for _ in 0..2 {
        laila.starts_with(&lottery.payload()).await;
        laila.sees(Msg::JoinCard).await;
    }
    // Words are no way in, and leave the card where it was.
    laila.says("انا مشترك").await;
    laila.sees(Msg::InputUnknown).await;
    laila.presses("تحقق").await.alerts(Msg::JoinUnmetAlert { count: 1 });
    assert_eq!(w.tickets().await, []);
    laila.presses("الرئيسية").await.is_quiet();
    let menu = laila.sees(laila.menu()).await;
    // Away from the card nothing is shown, and nobody is registered behind their back.
    laila.joins(&other).await;
    w.settles().await;
    assert_eq!(laila.looks_at(&menu).await, menu);
    assert_eq!(w.tickets().await, []);
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

#[tokio::test]
async fn one_lottery_may_demand_another() {
    let (w, channel, organizer, first) = opened(LotteryPlan::simple()).await;
    let second = w.lottery(&organizer, &channel, LotteryPlan::simple().lottery(&first)).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&second).await;
    let card = laila.sees(Msg::JoinCard).await;
    let link = format!("https://t.me/qura_bot?start={}", first.payload());
    assert_eq!(card.button(&first.code).url.as_deref(), Some(&*link));
    laila.opens(&link).await;
    let ticket = laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    let unfinished = Msg::JoinUnfinished { code: second.code.clone() }.plain(Default::default());
    assert!(ticket.text.contains(&unfinished), "{}", ticket.text);
    laila.presses(Msg::JoinGoOnButton { code: second.code.clone() }).await.is_quiet();
    let ticket = laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert!(!ticket.text.contains(&unfinished), "{}", ticket.text);
    assert_eq!(w.tickets().await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn behind_a_challenge_or_a_card_of_its_own_it_leads_back_too() {
    let (w, channel, organizer, _) = opened(LotteryPlan::simple()).await;
    let other = w.channel(ChannelPlan::public("قناة شرط", "other_channel")).await;
    other.appoints_the_bot().await;
    let plan = LotteryPlan::simple().with("challenge", json!("math")).channel(&other);
    let first = w.lottery(&organizer, &channel, plan).await;
    let second = w.lottery(&organizer, &channel, LotteryPlan::simple().lottery(&first).channel(&other)).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&second).await;
    laila.sees(Msg::JoinCard).await;
    laila.starts_with(&first.payload()).await;
    let puzzle = laila.sees_button("الرئيسية").await;
    answers(&w, &laila, &puzzle, true).await;
    laila.sees(Msg::JoinCard).await;
    laila.presses("تحقق").await.alerts(Msg::JoinUnmetAlert { count: 1 });
    laila.joins(&other).await;
    laila.sees_button("انسحاب").await;
    let on = Msg::JoinGoOnButton { code: second.code.clone() };
    laila.presses(on.clone()).await.is_quiet();
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(w.tickets().await.len(), 2);
    // Whoever is in already and looks at the ticket is led back as well.
    let third = w.lottery(&organizer, &channel, LotteryPlan::simple().lottery(&first).boost(&channel)).await;
    laila.joins_lottery(&third).await;
    laila.sees(Msg::JoinCard).await;
    laila.starts_with(&first.payload()).await;
    laila.sees(Msg::JoinAlready { ticket: 1 }).await;
    laila
        .presses(Msg::JoinGoOnButton { code: third.code.clone() })
        .await
        .alerts(Msg::JoinUnmetAlert { count: 1 });
    laila.sees(Msg::JoinCard).await;
    w.ends().await;
}

#[tokio::test]
async fn a_boost_is_looked_for() {
    let (w, channel, organizer, _) = opened(LotteryPlan::simple()).await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple().boost(&channel)).await;
    let laila = w.person_with(json!({"first_name": "ليلى", "language_code": "ar", "is_premium": true})).await;
    laila.joins(&channel).await;
    laila.joins_lottery(&lottery).await;
    let card = laila.sees(Msg::JoinCard).await;
    assert_eq!(card.button("❌").url.as_deref(), Some("https://t.me/boost/sara_channel"));
    let boost = json!({"user": laila.id(), "days": 30});
    w.control.post(&format!("/chats/{}/boosts", channel.id), boost).await;
    // The card has heard of it.
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

/// From now on the bot cannot tell who is in a chat, though nobody told it so.
async fn loses_sight_of(w: &mut World, channel: &Channel) {
    let why = "member list is inaccessible";
    w.expected.tolerated.push(why);
    let fault =
        json!({"kind": "bad_request", "method": "getChatMember", "chat": channel.id, "description": why});
    w.control.fault(fault).await;
}

#[tokio::test]
async fn a_condition_that_is_lost_pauses_the_lottery_and_tells_its_organizer_once() {
    let mut w = World::open().await;
    let home = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let other = w.channel(ChannelPlan::private("قناة شرط")).await;
    home.appoints_the_bot().await;
    other.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &home, LotteryPlan::simple().channel(&other)).await;
    let (laila, mona) = (subscriber(&w, &home, "ليلى").await, subscriber(&w, &home, "منى").await);
    loses_sight_of(&mut w, &other).await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinPaused).await;
    organizer.sees(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await;
    mona.presses_post(&lottery, JOIN).await.alerts(Msg::JoinPausedAlert);
    mona.starts_with(&lottery.payload()).await;
    mona.sees(Msg::JoinPaused).await;
    w.settles().await;
    assert_eq!(organizer.count(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await, 1);
    let state: Vec<(String, String)> = w.database.rows("SELECT state, pause_reason FROM lotteries").await;
    assert_eq!(state, [("paused".to_owned(), "condition_lost".to_owned())]);
    w.ends().await;
}

#[tokio::test]
async fn a_channel_out_of_sight_pauses_the_lottery() {
    let mut w = World::open().await;
    let home = w.channel(ChannelPlan::private("قناة سارة")).await;
    let laila = w.person("ليلى").await;
    // Before the bot could hear of it.
    laila.joins(&home).await;
    home.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &home, LotteryPlan::simple()).await;
    loses_sight_of(&mut w, &home).await;
    laila.presses_post(&lottery, JOIN).await.alerts(Msg::JoinPausedAlert);
    organizer.sees(Msg::LotteryPausedRights { code: lottery.code.clone() }).await;
    assert_eq!(w.tickets().await, []);
    w.ends().await;
}
