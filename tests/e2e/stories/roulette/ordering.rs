//! «سحب الفائزين» where a condition is lost, and «استئناف» past the time of the draw: no list is closed for good
//! that nobody can draw from, or that somebody thought to be open.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use super::rights::is_known_to_be_lost;
use super::{acts, opens_the_card, state_of, subscriber};
use crate::stories::channels::adds;
use crate::world::draw::DrawPlan;
use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, World};

/// What Telegram says of a chat that the bot was thrown out of.
const LOST: [&str; 3] = ["kicked", "not a member", "member list is inaccessible"];

const AN_HOUR: Duration = Duration::from_secs(3_700);

async fn organizes() -> (World, Channel, Person) {
    let w = World::open().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    channel.appoints(&sara).await;
    (w, channel, sara)
}

/// Demands a channel, and ليلى is in; with that channel.
async fn demands_a_channel() -> (World, Person, Lottery, Channel, Person) {
    let (mut w, channel, sara) = organizes().await;
    w.expected.tolerated.extend(LOST);
    let condition = w.channel(ChannelPlan::public("قناة الشرط", "condition_chan")).await;
    condition.appoints_the_bot().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&condition)).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins(&condition).await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    (w, sara, lottery, condition, laila)
}

/// To be drawn in an hour.
async fn has_its_time() -> (World, Channel, Person, Lottery) {
    let (w, channel, sara) = organizes().await;
    let end = json!({"at": w.now() + 3_600_000_000});
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().with("auto_draw", end)).await;
    (w, channel, sara, lottery)
}

/// From the card to the word.
async fn orders_the_draw(sara: &Person, shelf: &str) {
    opens_the_card(sara, shelf).await;
    sara.presses("سحب الفائزين").await.is_quiet();
    sara.sees(Msg::ManageDrawConfirm { count: 1 }).await;
}

async fn is_won(w: &World, lottery: &Lottery, winner: &Person) {
    w.comes_true("the draw is told", async || state_of(w, lottery).await.0 == "announced").await;
    w.is_all_said().await;
    assert_eq!(winner.count(Msg::DrawWon { code: lottery.code.clone() }).await, 1);
}

#[tokio::test]
async fn under_a_lost_condition_nothing_is_drawn_until_it_stands_again() {
    let (w, sara, lottery, condition, laila) = demands_a_channel().await;
    sara.looks_away().await;
    condition.removes_the_bot().await;
    sara.sees(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await;
    orders_the_draw(&sara, "المتوقفة").await;
    sara.presses("تأكيد").await.alerts(Msg::ManageLackingAlert);
    let shown = sara.sees(Msg::ManageNotDrawn).await;
    assert!(shown.text.contains(&condition.title), "{}", shown.text);
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await, ("paused".to_owned(), Some("condition_lost".to_owned())));
    condition.appoints_the_bot().await;
    w.settles().await;
    sara.presses("سحب الفائزين").await.is_quiet();
    sara.sees(Msg::ManageDrawConfirm { count: 1 }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageDrawOrdered).await;
    is_won(&w, &lottery, &laila).await;
    assert_eq!(acts(&w, "lottery.draw").await, ["lottery.draw"]);
    assert_eq!(acts(&w, "lottery.drop").await, [""; 0]);
    w.ends().await;
}

#[tokio::test]
async fn a_lost_condition_may_be_given_up_for_the_draw() {
    let (w, sara, lottery, condition, laila) = demands_a_channel().await;
    sara.looks_away().await;
    condition.removes_the_bot().await;
    sara.sees(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await;
    orders_the_draw(&sara, "المتوقفة").await;
    sara.presses("تأكيد").await.alerts(Msg::ManageLackingAlert);
    sara.sees(Msg::ManageNotDrawn).await;
    sara.presses(Msg::ManageDrawWithout).await.is_quiet();
    sara.sees(Msg::ManageDrawOrdered).await;
    is_won(&w, &lottery, &laila).await;
    assert_eq!(acts(&w, "lottery.dr").await, ["lottery.drop_conditions", "lottery.draw"]);
    let left: Vec<(i64,)> = w.database.rows("SELECT lottery_id FROM lottery_conditions").await;
    assert_eq!(left, []);
    w.ends().await;
}

#[tokio::test]
async fn of_lotteries_that_are_demanded_a_cancelled_one_is_lost_to_the_draw_and_a_drawn_one_is_not() {
    let (w, channel, sara) = organizes().await;
    let first = w.lottery(&sara, &channel, LotteryPlan::simple()).await;
    let second = w.lottery(&sara, &channel, LotteryPlan::simple().lottery(&first)).await;
    let third = w.lottery(&sara, &channel, LotteryPlan::simple().lottery(&second)).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    for lottery in [&first, &second, &third] {
        laila.joins_lottery(lottery).await;
        laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    }
    w.lottery_becomes(&first, "cancelled").await;
    w.database.runs(&format!("UPDATE lotteries SET deleted_at = {} WHERE id = {}", w.now(), first.id)).await;
    w.lottery_becomes(&second, "paused").await;
    orders_the_draw(&sara, "المتوقفة").await;
    sara.presses("تأكيد").await.alerts(Msg::ManageLackingAlert);
    let shown = sara.sees(Msg::ManageNotDrawn).await;
    assert!(shown.text.contains(&first.code), "{}", shown.text);
    w.settles().await;
    assert_eq!(state_of(&w, &second).await.0, "paused");
    sara.presses(Msg::ManageDrawWithout).await.is_quiet();
    is_won(&w, &second, &laila).await;
    // Nobody can join that one any more either, and who is in it is known.
    orders_the_draw(&sara, "الجارية").await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageDrawOrdered).await;
    is_won(&w, &third, &laila).await;
    w.ends().await;
}

#[tokio::test]
async fn what_is_lost_between_the_look_and_the_word_stops_the_draw() {
    let (w, sara, lottery, condition, _) = demands_a_channel().await;
    orders_the_draw(&sara, "الجارية").await;
    is_known_to_be_lost(&w, &condition).await;
    sara.presses("تأكيد").await.alerts(Msg::ManageConditionLostAlert);
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn a_draw_that_was_due_before_its_condition_was_lost_waits_unfrozen() {
    let mut w = World::builder().idle().start().await;
    let other = w.channel(ChannelPlan::public("قناة الشرط", "qura_condition")).await;
    let lottery = DrawPlan::among(3).ordered(&w).await;
    w.asks_for(&lottery, &other).await;
    w.database
        .runs(
            "UPDATE lotteries SET state = 'paused', pause_reason = 'condition_lost';
             UPDATE lottery_counters SET entrance = 'paused'",
        )
        .await;
    w.program_starts();
    w.settles().await;
    assert_eq!(w.state_of(&lottery).await, "paused");
    w.ends().await;
}

#[tokio::test]
async fn past_its_time_a_paused_lottery_is_not_resumed_but_given_another_end() {
    let (mut w, _, sara, lottery) = has_its_time().await;
    opens_the_card(&sara, "الجارية").await;
    sara.presses("إيقاف مؤقت").await.is_quiet();
    sara.sees(Msg::ManagePaused).await;
    w.passes(AN_HOUR).await;
    sara.presses("استئناف").await.alerts(Msg::ManageTimePassedAlert);
    w.passes(Duration::from_secs(120)).await;
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await, ("paused".to_owned(), Some("organizer".to_owned())));
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    sara.presses("النهاية").await.is_quiet();
    sara.sees_button("إلغاء").await;
    sara.says("500").await;
    sara.sees(Msg::ManageEndAtCount { number: 500 }).await;
    opens_the_card(&sara, "المتوقفة").await;
    sara.presses("استئناف").await.is_quiet();
    sara.sees(Msg::ManageResumed).await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn past_its_time_a_recheck_of_the_chat_resumes_nothing() {
    let (mut w, channel, sara, lottery) = has_its_time().await;
    adds(&sara, &channel).await;
    sara.looks_away().await;
    channel.appoints_the_bot_with(&["can_edit_messages"]).await;
    sara.sees(Msg::ChannelsLost { title: channel.title.clone() }).await;
    w.passes(AN_HOUR).await;
    sara.looks_away().await;
    channel.appoints_the_bot().await;
    sara.sees(Msg::ChannelsRegained { title: channel.title.clone() }).await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRefreshed);
    let card = sara.sees(Msg::ChannelsCardReady).await;
    let paused = Msg::RouletteStatePaused.plain(Default::default());
    assert!(card.text.contains(&paused), "{}", card.text);
    assert!(!card.text.contains(&Msg::ChannelsResumed.plain(Default::default())), "{}", card.text);
    w.passes(Duration::from_secs(120)).await;
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await, ("paused".to_owned(), Some("rights_lost".to_owned())));
    w.ends().await;
}
