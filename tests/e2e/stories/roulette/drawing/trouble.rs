//! What goes wrong around a draw: chats that are lost while it runs, posts that are deleted, people whom the bot
//! cannot reach.

use std::time::Duration;

use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::ChatId;
use qura_i18n::Msg;
use serde_json::{Value, json};

use super::death::LEASE;
use crate::world::draw::{DrawPlan, OpenLottery, tickets};
use crate::world::{ChannelPlan, PATIENCE, TOKEN, World};

/// What Telegram says of a chat that the bot was thrown out of.
const LOST: [&str; 4] = ["kicked", "not a member", "member list is inaccessible", "not found"];

/// A draw that stopped just behind its freeze, which is posted.
async fn frozen(plan: DrawPlan) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let lottery = plan.ordered(&w).await;
    w.dies_at("draw.told");
    w.program_starts();
    w.program_ends_within(PATIENCE).await;
    assert_eq!(w.state_of(&lottery).await, "frozen");
    (w, lottery)
}

#[tokio::test]
async fn a_channel_that_is_lost_behind_the_freeze_is_waited_for_and_told_of_once() {
    let (mut w, lottery) = frozen(DrawPlan::among(3)).await;
    lottery.channel.removes_the_bot().await;
    w.expected.tolerated.extend(LOST);
    w.program_starts();
    w.passes(LEASE).await;
    let waits = Msg::DrawWaitsChat { code: lottery.code.clone() };
    lottery.organizer.sees(waits.clone()).await;
    for _ in 0..3 {
        w.passes(Duration::from_secs(120)).await;
        w.settles().await;
        assert_eq!(w.state_of(&lottery).await, "drawing");
    }
    assert!(w.documents(&lottery).await.is_empty());
    lottery.channel.appoints_the_bot().await;
    w.settles().await;
    w.passes(Duration::from_secs(120)).await;
    w.is_announced(&lottery).await;
    assert_eq!(lottery.organizer.count(waits).await, 1);
    assert_eq!(w.documents(&lottery).await.len(), 1);
    assert_eq!(lottery.posts_with(&w, "الفائز في السحب").await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_channel_that_a_condition_rests_on_is_waited_for_and_nobody_is_passed_over_for_it() {
    let mut w = World::builder().idle().start().await;
    let other = w.channel(ChannelPlan::public("قناة الشرط", "qura_condition")).await;
    other.appoints_the_bot().await;
    let lottery = DrawPlan::among(3).winners(3, 0).ordered(&w).await;
    for person in &lottery.people[..2] {
        person.joins(&other).await;
    }
    let db = w.storage().await;
    let mut tx = db.begin().await.unwrap();
    let condition = Condition::Channel { chat: ChatId::new(other.id) };
    tx.conditions().replace(lottery.id, &[condition]).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    other.removes_the_bot().await;
    w.expected.tolerated.extend(LOST);
    w.program_starts();
    let waits = Msg::DrawWaitsCondition { code: lottery.code.clone(), number: 1 };
    lottery.organizer.sees(waits.clone()).await;
    w.passes(Duration::from_secs(120)).await;
    w.settles().await;
    assert!(w.documents(&lottery).await.is_empty());
    other.appoints_the_bot().await;
    w.settles().await;
    w.passes(Duration::from_secs(120)).await;
    w.is_announced(&lottery).await;
    assert_eq!(lottery.organizer.count(waits).await, 1);
    let receipt: Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    let outcome = |ticket: u64| {
        let mut walk = receipt["walk"].as_array().unwrap().iter();
        walk.find(|one| one["ticket"] == ticket).unwrap()["outcome"].clone()
    };
    assert_eq!([1, 2, 3].map(outcome), ["winner", "winner", "condition_1"]);
    lottery.people[2].sees(Msg::DrawSkipped { code: lottery.code.clone() }).await;
    w.ends().await;
}

#[tokio::test]
async fn a_lottery_that_a_condition_rests_on_and_that_is_gone_is_named_as_what_it_is() {
    let (mut w, lottery) = frozen(DrawPlan::among(3)).await;
    let db = w.storage().await;
    let mut tx = db.begin().await.unwrap();
    let condition = Condition::Lottery { code: Code::parse("ZzZz9999").unwrap() };
    tx.conditions().replace(lottery.id, &[condition]).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    w.program_starts();
    w.passes(LEASE).await;
    lottery.organizer.sees(Msg::DrawWaitsLottery { code: lottery.code.clone(), number: 1 }).await;
    assert!(w.documents(&lottery).await.is_empty());
    w.ends().await;
}

#[tokio::test]
async fn a_post_that_is_deleted_behind_the_freeze_takes_nothing_from_the_draw() {
    let (mut w, lottery) = frozen(DrawPlan::among(2)).await;
    for post in [lottery.post, lottery.posts_with(&w, "بصمة التثبيت").await[0]["id"].as_i64().unwrap()]
    {
        let body = json!({"chat_id": lottery.channel.id, "message_id": post});
        w.control.as_the_bot(TOKEN, "deleteMessage", body).await;
    }
    w.expected.tolerated.push("message to edit not found");
    w.program_starts();
    w.passes(LEASE).await;
    w.is_announced(&lottery).await;
    let results = lottery.posts_with(&w, "الفائز في السحب").await;
    assert_eq!(results.len(), 1);
    assert!(results[0]["reply_to"].is_null(), "{results:?}");
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_winner_who_blocked_the_bot_confirms_by_the_post_of_the_result() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(2).winners(1, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    for person in &lottery.people {
        person.blocks_the_bot().await;
    }
    w.expects_refusal("sendMessage", "blocked");
    w.program_starts();
    w.is_announced(&lottery).await;
    let winner = lottery.owner(tickets(&w.documents(&lottery).await[0], "winners")[0]);
    let result = lottery.posts_with(&w, winner.name()).await.remove(0);
    let buttons = result["buttons"].as_array().unwrap().iter();
    let links = buttons.flat_map(|row| row.as_array().unwrap()).filter_map(|button| button["url"].as_str());
    let link = links.into_iter().find(|url| url.contains("win_")).unwrap().to_owned();
    winner.unblocks_the_bot().await;
    winner.opens(&link).await;
    winner.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    w.passes(Duration::from_secs(25 * 3_600)).await;
    w.is_all_said().await;
    w.comes_true("the win is for good", async || {
        let held = "SELECT ticket FROM lottery_winners WHERE hold_until IS NOT NULL";
        w.database.rows::<(i64,)>(held).await.is_empty()
    })
    .await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}
