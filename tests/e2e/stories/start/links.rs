//! Deep links: whoever comes by one gets where it leads, after the gate, and a link proves nothing.

use qura_i18n::Msg;
use serde_json::json;

use super::MENU;
use crate::world::{ChannelPlan, LotteryPlan, Person, World};

async fn referrer(w: &World, person: &Person) -> Option<i64> {
    w.settles().await;
    w.database.person(person.id()).await.unwrap().referrer_id
}

#[tokio::test]
async fn an_invitation_passes_the_gate_and_the_first_one_counts() {
    let w = World::gated().await;
    let (khalid, mona) = (w.member("خالد").await, w.member("منى").await);
    let sara = w.person("سارة").await;
    sara.starts_with(&khalid.id().to_string()).await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    sara.joins(&w.gate[0]).await;
    sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    let menu = sara.sees(sara.menu()).await;
    assert!(!menu.text.contains(&Msg::LinkUnknown.plain(Default::default())));
    assert_eq!(referrer(&w, &sara).await, Some(khalid.id()));

    sara.starts_with(&mona.id().to_string()).await;
    sara.sees(sara.menu()).await;
    assert_eq!(referrer(&w, &sara).await, Some(khalid.id()));
    // Who was here before is nobody's.
    mona.starts_with(&khalid.id().to_string()).await;
    mona.sees(mona.menu()).await;
    assert_eq!(referrer(&w, &mona).await, None);
    w.ends().await;
}

#[tokio::test]
async fn nobody_invites_themself() {
    let w = World::open().await;
    let sara = w.person("سارة").await;
    sara.starts_with(&sara.id().to_string()).await;
    sara.sees(sara.menu()).await;
    assert_eq!(referrer(&w, &sara).await, None);
    w.ends().await;
}

#[tokio::test]
async fn nobody_is_invited_by_somebody_who_is_not_there() {
    let w = World::open().await;
    let (sara, stranger) = (w.person("سارة").await, w.person("غريب").await);
    // Of these numbers one is nobody's, and one of somebody who never came to the bot.
    sara.starts_with("123456789012").await;
    sara.sees(sara.menu()).await;
    assert_eq!(referrer(&w, &sara).await, None);
    let mona = w.person("منى").await;
    mona.starts_with(&stranger.id().to_string()).await;
    mona.sees(mona.menu()).await;
    assert_eq!(referrer(&w, &mona).await, None);
    w.ends().await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_leads_to_the_menu_with_a_sentence() {
    let w = World::open().await;
    let longest = "A".repeat(64);
    let forged = [
        "hello_world",
        "join_",
        "join_short",
        "join_TooLong123",
        "JOIN_AbCd1234",
        "join-AbCd1234",
        "0",
        "-5",
        "99999999999999999999",
        "4503599627370497",
        "_",
        "hack_AbCd1234",
        "join_AbCd1234",
        &longest,
    ];
    let mut people = Vec::new();
    for payload in forged {
        let person = w.person(payload).await;
        person.starts_with(payload).await;
        people.push(person);
    }
    for person in people {
        let menu = person.sees(Msg::LinkUnknown).await;
        assert!(menu.text.contains(&person.menu().plain(Default::default())), "{}", menu.text);
        menu.has_buttons(&MENU);
        assert_eq!(referrer(&w, &person).await, None);
    }
    w.ends().await;
}

#[tokio::test]
async fn the_sentence_about_a_dead_link_waits_behind_the_gate() {
    let w = World::gated().await;
    for payload in ["join_AbCd1234", "hello_world"] {
        let sara = w.person(payload).await;
        sara.starts_with(payload).await;
        sara.sees(Msg::GateSubscribe { count: 1 }).await;
        sara.joins(&w.gate[0]).await;
        sara.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
        sara.sees(Msg::LinkUnknown).await.has_buttons(&MENU);
    }
    w.ends().await;
}

#[tokio::test]
async fn a_link_to_a_draw_is_honoured_behind_the_gate() {
    let w = World::gated().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    let mona = w.person("منى").await;
    mona.starts_with(&format!("verify_{}", lottery.code)).await;
    mona.sees(Msg::GateSubscribe { count: 1 }).await;
    mona.joins(&w.gate[0]).await;
    mona.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    let (code, commitment) = (lottery.code.clone(), lottery.commitment.clone());
    mona.sees(Msg::DrawVerifyPending { code, commitment }).await;
    w.ends().await;
}

#[tokio::test]
async fn who_is_stopped_on_the_way_to_a_ticket_goes_on_behind_the_gate() {
    let w = World::gated().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let mona = w.member("منى").await;
    for challenge in [json!("image"), json!(null)] {
        let lottery =
            w.lottery(&organizer, &channel, LotteryPlan::simple().with("challenge", challenge.clone())).await;
        if challenge.is_string() {
            mona.joins(&channel).await;
        }
        mona.starts_with(&lottery.payload()).await;
        let screen = match challenge.is_string() {
            true => mona.sees(Msg::ChallengeImage).await,
            false => mona.sees(Msg::JoinNotMember { title: channel.title.clone() }).await,
        };
        mona.leaves(&w.gate[0]).await;
        let button = if challenge.is_string() { screen.labels()[0] } else { "تحقق" };
        mona.presses(button).await.is_quiet();
        mona.sees(Msg::GateSubscribe { count: 1 }).await;
        mona.joins(&w.gate[0]).await;
        mona.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
        if challenge.is_string() {
            // Words take the place of a picture and give way to another one: each goes.
            let again = mona.sees(Msg::ChallengeImage).await;
            assert!(again.id != screen.id && again.labels().len() == 10, "{again:?}");
            mona.leaves(&channel).await;
        } else {
            mona.sees(Msg::JoinNotMember { title: channel.title.clone() }).await;
        }
    }
    w.ends().await;
}

#[tokio::test]
async fn who_is_stopped_before_a_receipt_sees_it_behind_the_gate() {
    let mut w = World::gated().await;
    w.expected.tolerated.push("query is too old");
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    w.lottery_becomes(&lottery, "announced").await;
    let screen = organizer.sees(organizer.menu()).await;
    organizer.forges_a_press(&screen, &format!("roul:card:{}", lottery.code)).await;
    organizer.sees_button("تحقق من السحب").await;
    organizer.leaves(&w.gate[0]).await;
    organizer.presses("تحقق من السحب").await.is_quiet();
    organizer.sees(Msg::GateSubscribe { count: 1 }).await;
    organizer.joins(&w.gate[0]).await;
    organizer.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    let (code, commitment) = (lottery.code.clone(), lottery.commitment.clone());
    organizer.sees(Msg::DrawVerifyPending { code, commitment }).await;
    w.ends().await;
}
