//! Lotteries, from the wizard of their organizer to the post and what people do with it.

mod adding;
mod challenges;
mod conditions;
mod counters;
mod creating;
mod drawing;
mod dying;
mod joining;
mod lost_conditions;
mod managing;
mod membership;
mod migration;
mod mine;
mod names;
mod ordering;
pub mod organizing;
mod participants;
mod publishing;
mod refusals;
mod reports;
mod republishing;
mod rights;
pub mod scheduled;
mod sharing;
mod templates;

use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, Screen, World};

/// The button of every post.
const JOIN: &str = "الاشتراك في السحب";

/// What Telegram says of the answer to a press that never was.
const FORGED: &str = "query is too old";

/// A world with a channel, its organizer, and an open lottery.
async fn opened(plan: LotteryPlan) -> (World, Channel, Person, Lottery) {
    let w = World::open().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, plan).await;
    (w, channel, organizer, lottery)
}

/// Somebody in the channel whom the bot does not know.
async fn subscriber(w: &World, channel: &Channel, name: &str) -> Person {
    let person = w.person(name).await;
    person.joins(channel).await;
    person
}

/// The same with an organizer who is an administrator of the channel and added it, whose card is open.
async fn managed(plan: LotteryPlan) -> (World, Channel, Person, Lottery) {
    let (w, channel, organizer, lottery) = opened(plan).await;
    channel.appoints(&organizer).await;
    opens_the_card(&organizer, "الجارية").await;
    (w, channel, organizer, lottery)
}

/// Opens the card of the only lottery in one of the lists.
async fn opens_the_card(person: &Person, shelf: &str) -> Screen {
    person.starts().await;
    person.sees_button("إدارة سحوباتي ومسابقاتي").await;
    person.presses("إدارة سحوباتي ومسابقاتي").await.is_quiet();
    person.sees_button("سحوباتي").await;
    person.presses("سحوباتي").await.is_quiet();
    person.sees_button(shelf).await;
    person.presses(shelf).await.is_quiet();
    let list = person.sees_button("رجوع").await;
    let label = list.rows[0][0].label.clone();
    person.presses(label.as_str()).await.is_quiet();
    person.sees_button("نسخ").await
}

/// The state of a lottery, and why it is paused.
async fn state_of(w: &World, lottery: &Lottery) -> (String, Option<String>) {
    let rows: Vec<(i64, String, Option<String>)> =
        w.database.rows("SELECT id, state, pause_reason FROM lotteries").await;
    let found = rows.into_iter().find(|(id, ..)| *id == lottery.id);
    found.map(|(_, state, reason)| (state, reason)).unwrap()
}

/// The acts of the audit log whose names begin so, oldest first.
async fn acts(w: &World, prefix: &str) -> Vec<String> {
    let rows = w.database.audit().await;
    rows.into_iter().map(|row| row.action).filter(|action| action.starts_with(prefix)).collect()
}
