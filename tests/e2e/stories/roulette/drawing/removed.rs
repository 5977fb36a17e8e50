//! Who was removed did not leave, however the removal looks afterwards; and who left did, whatever came after it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::draw::{DrawPlan, OpenLottery};
use crate::world::{Channel, ChannelPlan, Person, World};

/// Longer than a worker holds on to a job.
const LEASE: Duration = Duration::from_secs(200);

/// An administrator does this to a member.
async fn administrator_sets(w: &World, channel: &Channel, person: &Person, status: &str) {
    let body = json!({"user": person.id(), "status": status});
    w.control.post(&format!("/chats/{}/members", channel.id), body).await;
    is_heard(w, channel, person, status).await;
}

async fn leaves(w: &World, channel: &Channel, person: &Person) {
    person.leaves(channel).await;
    is_heard(w, channel, person, "left").await;
}

/// Waits until the program knows. The job that died is still on its list, so nothing settles.
async fn is_heard(w: &World, channel: &Channel, person: &Person, status: &str) {
    let news = (channel.id, person.id(), format!("\"{status}\""));
    w.comes_true("it is heard", async || {
        let sql = "SELECT chat_id, user_id, after FROM membership_events";
        w.database.rows::<(i64, i64, String)>(sql).await.contains(&news)
    })
    .await;
}

/// What became of each ticket, and why.
async fn walk(w: &World, lottery: &OpenLottery) -> Vec<(u64, String, String)> {
    let receipt: Value = serde_json::from_str(&w.documents(lottery).await[0]).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found: Vec<_> = receipt["walk"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["ticket"].as_u64().unwrap(), text(&one["outcome"]), text(&one["status"])))
        .collect();
    found.sort_unstable();
    found
}

/// The list is closed, and the program died before it looked at anybody. What happens now is heard before
/// the draw goes on.
async fn frozen(plan: DrawPlan) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let lottery = plan.ordered(&w).await;
    w.dies_at("draw.posted");
    w.program_starts();
    w.died_and_starts_again().await;
    (w, lottery)
}

#[tokio::test]
async fn a_ban_that_is_lifted_is_a_removal_and_a_ban_of_one_who_left_is_none() {
    let plan = DrawPlan::among(3).winners(3, 0).with(|s| s.members_only = false);
    let (mut w, lottery) = frozen(plan).await;
    let [banned, gone, _] = &lottery.people[..] else { panic!() };
    administrator_sets(&w, &lottery.channel, banned, "kicked").await;
    administrator_sets(&w, &lottery.channel, banned, "left").await;
    leaves(&w, &lottery.channel, gone).await;
    administrator_sets(&w, &lottery.channel, gone, "kicked").await;
    w.passes(LEASE).await;
    w.is_announced(&lottery).await;
    let outcomes: Vec<(u64, String)> =
        walk(&w, &lottery).await.into_iter().map(|(ticket, outcome, _)| (ticket, outcome)).collect();
    assert_eq!(outcomes, [(1, "winner".into()), (2, "left".into()), (3, "winner".into())]);
    w.ends().await;
}

#[tokio::test]
async fn members_who_were_banned_for_a_moment_stay_in_the_draw() {
    let (mut w, lottery) = frozen(DrawPlan::among(2).winners(2, 0)).await;
    administrator_sets(&w, &lottery.channel, &lottery.people[0], "kicked").await;
    administrator_sets(&w, &lottery.channel, &lottery.people[0], "left").await;
    w.passes(LEASE).await;
    w.is_announced(&lottery).await;
    let inside = (2, "winner".into(), "inside".into());
    assert_eq!(walk(&w, &lottery).await, [(1, "winner".into(), "removed".into()), inside]);
    w.ends().await;
}

/// Else an organizer who sees the order coming could take a winner out of it.
#[tokio::test]
async fn whoever_is_removed_from_the_chat_of_a_condition_after_the_freeze_stays_in_the_draw() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(2).winners(2, 0).ordered(&w).await;
    let partner = w.channel(ChannelPlan::public("قناة شريكة", "partner_channel")).await;
    partner.appoints_the_bot().await;
    for person in &lottery.people {
        person.joins(&partner).await;
    }
    w.asks_for(&lottery, &partner).await;
    w.dies_at("draw.posted");
    w.program_starts();
    w.died_and_starts_again().await;
    administrator_sets(&w, &partner, &lottery.people[0], "left").await;
    leaves(&w, &partner, &lottery.people[1]).await;
    w.passes(LEASE).await;
    w.is_announced(&lottery).await;
    let left = (2, "condition_1".into(), "inside".into());
    assert_eq!(walk(&w, &lottery).await, [(1, "winner".into(), "inside".into()), left]);
    w.ends().await;
}

/// The word of a removal lies in the log behind something of the same person that takes long, while the draw finds
/// them outside.
#[tokio::test]
async fn a_removal_that_is_heard_after_the_look_is_a_removal_all_the_same() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(2).winners(2, 0).ordered(&w).await;
    w.puts_the_draw_off().await;
    w.program_starts();
    w.settles().await;
    let removed = &lottery.people[0];
    let slow = json!({"kind": "delay", "method": "sendMessage", "chat": removed.id(), "delay_ms": 4_000, "count": 1});
    w.control.post("/faults", slow).await;
    removed.starts().await;
    for status in ["kicked", "left"] {
        let body = json!({"user": removed.id(), "status": status});
        w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
    }
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    let inside = (2, "winner".into(), "inside".into());
    assert_eq!(walk(&w, &lottery).await, [(1, "winner".into(), "removed".into()), inside]);
    w.ends().await;
}
