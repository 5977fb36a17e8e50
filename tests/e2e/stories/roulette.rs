//! Lotteries, from the wizard of their organizer to the post and what people do with it.

mod challenges;
mod conditions;
mod counters;
mod creating;
mod drawing;
mod joining;
mod membership;
mod mine;
mod organizing;
mod publishing;
mod refusals;
mod sharing;
mod templates;

use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, World};

/// The button of every post.
const JOIN: &str = "الاشتراك في السحب";

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
