//! Who comes and goes in the chats that lotteries rest on: kept with the actor, in Telegram's order.

use qura_i18n::Msg;
use serde_json::json;

use super::{JOIN, opened, subscriber};
use crate::world::{Channel, ChannelPlan, LotteryPlan, Person, World};

/// The events that were kept: whose hand, before, after.
async fn events(w: &World) -> Vec<(i64, i64, String, String)> {
    w.database
        .rows("SELECT user_id, actor_id, before, after FROM membership_events ORDER BY happened_at, seq")
        .await
}

/// Telegram tells of a change that happened at this time.
async fn tells(w: &World, channel: &Channel, person: &Person, date: i64, before: &str, after: &str) {
    let user = json!({"id": person.id(), "is_bot": false, "first_name": person.name()});
    let member = |status: &str| match status {
        "kicked" => json!({"status": status, "user": user, "until_date": 0}),
        _ => json!({"status": status, "user": user}),
    };
    let chat = json!({"id": channel.id, "type": "channel", "title": channel.title});
    w.control
        .injects(json!({"chat_member": {
            "chat": chat, "from": user, "date": date,
            "old_chat_member": member(before), "new_chat_member": member(after),
        }}))
        .await;
}

#[tokio::test]
async fn comings_and_goings_are_kept_with_who_acted() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    laila.leaves(&channel).await;
    let mona = subscriber(&w, &channel, "منى").await;
    let removed = json!({"user": mona.id(), "status": "kicked"});
    w.control.post(&format!("/chats/{}/members", channel.id), removed).await;
    w.settles().await;
    let events = events(&w).await;
    let short: Vec<(i64, bool, &str)> =
        events.iter().map(|(user, actor, _, after)| (*user, user == actor, after.as_str())).collect();
    assert_eq!(
        short,
        [
            (laila.id(), true, "\"member\""),
            (laila.id(), true, "\"left\""),
            (mona.id(), true, "\"member\""),
            (mona.id(), false, "\"kicked\""),
        ]
    );
    // What was heard counts at once.
    laila.presses_post(&lottery, JOIN).await.alerts(Msg::JoinAlreadyAlert { ticket: 1 });
    mona.starts_with(&lottery.payload()).await;
    mona.sees(Msg::JoinNotMember { title: "قناة سارة".into() }).await;
    w.ends().await;
}

#[tokio::test]
async fn an_older_event_never_overwrites_a_newer_one() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    w.settles().await;
    let now = w.now() / 1_000_000;
    tells(&w, &channel, &laila, now - 500, "member", "left").await;
    w.settles().await;
    assert_eq!(events(&w).await.len(), 2);
    // The late news are kept, and are no news.
    let asked = w.control.calls("getChatMember").await.len();
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(w.control.calls("getChatMember").await.len(), asked, "it was remembered");
    w.ends().await;
}

#[tokio::test]
async fn chats_that_nothing_rests_on_leave_no_trace() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let other = w.channel(ChannelPlan::public("قناة أخرى", "other_channel")).await;
    other.appoints_the_bot().await;
    let laila = w.person("ليلى").await;
    laila.joins(&other).await;
    w.settles().await;
    assert_eq!(events(&w).await, []);
    // For a month it is asked who of those who came has stayed.
    w.lottery_becomes(&lottery, "announced").await;
    laila.joins(&channel).await;
    w.settles().await;
    assert_eq!(events(&w).await.len(), 1);
    let (id, long_ago) = (lottery.id, w.now() - 32 * 86_400 * 1_000_000);
    w.database.runs(&format!("UPDATE lotteries SET closed_at = {long_ago} WHERE id = {id}")).await;
    laila.leaves(&channel).await;
    w.settles().await;
    assert_eq!(events(&w).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn the_same_event_twice_is_one() {
    let (w, channel, _, _) = opened(LotteryPlan::simple()).await;
    w.control.fault(json!({"kind": "duplicate_updates"})).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    w.control.post("/updates/redeliver", json!({"count": 5})).await;
    // Whoever comes behind them shows that they are through.
    w.member("منى").await;
    w.control.delete("/faults").await;
    w.settles().await;
    assert_eq!(events(&w).await.len(), 1, "{}", laila.name());
    w.ends().await;
}
