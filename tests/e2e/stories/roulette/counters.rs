//! The number on the post: true in the end, whatever happens in between.

use qura_i18n::Msg;

use super::{opened, subscriber};
use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, World};

async fn joins(w: &World, channel: &Channel, lottery: &Lottery, ticket: i64) -> Person {
    let person = subscriber(w, channel, &format!("شخص {ticket}")).await;
    person.joins_lottery(lottery).await;
    person.sees(Msg::JoinRegistered { ticket }).await;
    person
}

#[tokio::test]
async fn many_who_join_at_once_are_one_edit() {
    let (w, channel, organizer, lottery) = opened(LotteryPlan::simple()).await;
    for ticket in 1..=12 {
        joins(&w, &channel, &lottery, ticket).await;
    }
    w.post_shows(&lottery, 12).await;
    let edits = w.control.calls("editMessageText").await;
    let edits = edits.iter().filter(|call| call["chat"] == lottery.chat).count();
    assert!(edits <= 4, "{edits} edits for twelve who joined");
    organizer.sees(Msg::LotteryMilestone { code: lottery.code.clone(), count: 10 }).await;
    assert_eq!(organizer.count(Msg::LotteryMilestone { code: lottery.code.clone(), count: 1 }).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn what_was_not_shown_before_the_end_is_shown_after_the_start() {
    let (mut w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    joins(&w, &channel, &lottery, 1).await;
    w.post_shows(&lottery, 1).await;
    // At once after an edit: the next one is seconds away.
    joins(&w, &channel, &lottery, 2).await;
    w.program_is_killed();
    w.program_starts();
    w.post_shows(&lottery, 2).await;
    w.ends().await;
}

#[tokio::test]
async fn an_edit_that_fails_is_made_again() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let fault = serde_json::json!({"kind": "server_error", "method": "editMessageText", "count": 2});
    w.control.fault(fault).await;
    joins(&w, &channel, &lottery, 1).await;
    w.post_shows(&lottery, 1).await;
    w.ends().await;
}

#[tokio::test]
async fn a_post_that_was_deleted_is_told_of_once() {
    let (mut w, channel, organizer, lottery) = opened(LotteryPlan::simple()).await;
    w.control.delete(&format!("/chats/{}/messages/{}", channel.id, lottery.post)).await;
    w.expects_refusal("editMessageText", "message to edit not found");
    let one = subscriber(&w, &channel, "واحد").await;
    one.starts_with(&lottery.payload()).await;
    one.sees(Msg::JoinRegistered { ticket: 1 }).await;
    organizer.sees(Msg::LotteryPostLost { code: lottery.code.clone() }).await;
    let two = subscriber(&w, &channel, "اثنان").await;
    two.starts_with(&lottery.payload()).await;
    two.sees(Msg::JoinRegistered { ticket: 2 }).await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let edits = w.control.calls("editMessageText").await;
    assert_eq!(edits.iter().filter(|call| call["chat"] == lottery.chat).count(), 1);
    assert_eq!(organizer.count(Msg::LotteryPostLost { code: lottery.code.clone() }).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_post_out_of_reach_is_left_alone_and_comes_true_when_the_chat_is_back() {
    let (mut w, channel, organizer, lottery) = opened(LotteryPlan::simple()).await;
    for refusal in ["bot was kicked", "bot is not a member", "chat not found"] {
        w.expected.tolerated.push(refusal);
    }
    channel.removes_the_bot().await;
    organizer.sees(Msg::LotteryPausedRights { code: lottery.code.clone() }).await;
    let edits = async || {
        let calls = w.control.calls("editMessageText").await;
        calls.iter().filter(|call| call["chat"] == lottery.chat).count()
    };
    w.comes_true("it is tried", async || edits().await == 1).await;
    w.settles().await;
    let dirty = "SELECT lottery_id FROM lottery_counters WHERE shown <> participants";
    w.comes_true("nobody tries again and again", async || w.database.rows::<(i64,)>(dirty).await.is_empty())
        .await;
    channel.appoints_the_bot().await;
    // A chat that refused is left alone for a minute.
    w.passes(std::time::Duration::from_secs(61)).await;
    w.comes_true("the post says so", async || {
        w.shown_labels(&lottery).await.iter().any(|label| label.contains("متوقف مؤقتًا"))
    })
    .await;
    w.ends().await;
}

#[tokio::test]
async fn two_posts_of_one_chat_share_its_limit_and_both_come_true() {
    let (w, channel, organizer, first) = opened(LotteryPlan::simple()).await;
    let second = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    for lottery in [&first, &second] {
        laila.joins_lottery(lottery).await;
        laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    }
    w.post_shows(&first, 1).await;
    w.post_shows(&second, 1).await;
    assert_eq!(w.control.get("/stats").await["held"], 0, "the bot kept to the limits by itself");
    w.ends().await;
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_has_its_lottery_published_anew_once() {
    let mut w = World::open().await;
    let group = w.channel(ChannelPlan::basic_group("مجموعة سارة")).await;
    group.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery =
        w.lottery(&organizer, &group, LotteryPlan::simple().with("members_only", false.into())).await;
    w.program_stops().await;
    let new = group.becomes_a_supergroup().await;
    // Somebody joins before the program hears of it, so that the edit is what finds out.
    w.database
        .runs(&format!("UPDATE lottery_counters SET participants = 5 WHERE lottery_id = {}", lottery.id))
        .await;
    w.expected.tolerated.push("upgraded to a supergroup");
    w.program_starts();
    let posts = async || -> Vec<(i64, Option<i64>)> {
        w.database.rows("SELECT chat_id, message_id FROM lotteries").await
    };
    let is_published = async || matches!(posts().await[0], (chat, Some(_)) if chat == new.id);
    w.comes_true("it is published in the new group", is_published).await;
    w.settles().await;
    let (chat, post) = posts().await[0];
    let moved = Lottery { chat, post: post.unwrap(), ..lottery.clone() };
    w.post_shows(&moved, 5).await;
    let messages = w.control.get(&format!("/chats/{}/messages?limit=100", new.id)).await;
    let with_buttons = messages["messages"].as_array().unwrap().iter();
    assert_eq!(with_buttons.filter(|one| !one["buttons"].as_array().unwrap().is_empty()).count(), 1);
    assert_eq!(organizer.count(Msg::LotteryPostLost { code: lottery.code.clone() }).await, 0);
    w.ends().await;
}
