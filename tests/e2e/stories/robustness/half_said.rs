//! kill -9 between an effect and what is said of it: all of it is said after the restart.

use qura_i18n::Msg;

use crate::world::{ChannelPlan, LotteryPlan, Person, World};

/// The program is just about to say what came of an update.
const POINT: &str = "update.applied";

async fn opens_the_picker(person: &Person) {
    person.starts().await;
    person.sees(person.menu()).await;
    person.presses("إدارة المجموعات/القنوات المضافة").await.is_quiet();
    person.sees_button("إضافة قناة/مجموعة جديدة").await;
    person.presses("إضافة قناة/مجموعة جديدة").await.is_quiet();
    person.sees(Msg::ChannelsPickerPrompt).await;
    assert!(person.keyboard().await.is_some());
}

#[tokio::test]
async fn a_chat_picker_is_closed_though_the_program_died_before_it_said_so() {
    let mut w = World::open().await;
    let sara = w.member("سارة").await;
    opens_the_picker(&sara).await;
    w.settles().await;
    w.dies_at(POINT);
    sara.starts().await;
    w.died_and_starts_again().await;
    sara.sees(sara.menu()).await;
    w.settles().await;
    assert_eq!(sara.keyboard().await, None);
    assert_eq!(sara.count(Msg::ChannelsPickerClosed).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_chat_picker_is_closed_by_a_registration_that_was_not_told_of() {
    let mut w = World::open().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    let laila = w.member("ليلى").await;
    laila.joins(&channel).await;
    opens_the_picker(&laila).await;
    w.settles().await;
    w.dies_at(POINT);
    laila.starts_with(&lottery.payload()).await;
    w.died_and_starts_again().await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.settles().await;
    assert_eq!(laila.keyboard().await, None);
    assert_eq!(w.tickets().await.len(), 1);
    w.ends().await;
}
