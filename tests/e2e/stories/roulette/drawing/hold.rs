//! «مهلة التأكيد», heirs, and «إعادة سحب فائز».

use std::time::Duration;

use qura_i18n::Msg;

use crate::world::draw::{DrawPlan, OpenLottery, tickets};
use crate::world::{ChannelPlan, Person, World};

const HOUR: Duration = Duration::from_secs(3_600);

async fn with_a_day(people: usize, winners: u32) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(people).winners(winners, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    (w, lottery)
}

fn won(lottery: &OpenLottery) -> Msg {
    Msg::DrawWon { code: lottery.code.clone() }
}

async fn winners(w: &World, lottery: &OpenLottery) -> Vec<Person> {
    let documents = w.documents(lottery).await;
    tickets(&documents[0], "winners").into_iter().map(|ticket| lottery.owner(ticket).clone()).collect()
}

async fn has_documents(w: &World, lottery: &OpenLottery, count: usize) {
    w.comes_true("the addendum is there", async || w.documents(lottery).await.len() == count).await;
    w.is_all_said().await;
}

#[tokio::test]
async fn whoever_says_nothing_in_time_is_followed_by_the_heir_and_whoever_confirms_is_not() {
    let (mut w, lottery) = with_a_day(5, 2).await;
    let [first, second] = &winners(&w, &lottery).await[..] else { panic!("not two winners") };
    let screen = first.sees(won(&lottery)).await;
    first.presses_on(&screen, "تأكيد الفوز").await;
    first.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    w.passes(HOUR * 25).await;
    has_documents(&w, &lottery, 2).await;
    let documents = w.documents(&lottery).await;
    let addendum: serde_json::Value = serde_json::from_str(&documents[1]).unwrap();
    assert_eq!(addendum["reason"], "timeout");
    let heir = lottery.owner(addendum["heir"].as_u64().unwrap());
    assert_eq!(addendum["heir"], tickets(&documents[0], "reserves")[0]);
    heir.sees(won(&lottery)).await;
    second.sees(Msg::DrawLost { code: lottery.code.clone() }).await;
    assert_eq!(heir.count(won(&lottery)).await, 1);
    assert_eq!(lottery.posts_with(&w, "تغيّر أحد الفائزين").await.len(), 1);
    // Too late is too late.
    second.starts_with(&format!("win_{}", lottery.code)).await;
    second.sees(Msg::DrawConfirmedLate { code: lottery.code.clone() }).await;
    w.ends().await;
}

#[tokio::test]
async fn a_winner_confirms_by_the_link_under_the_result_also_before_the_gate() {
    let mut w = World::builder().gate(ChannelPlan::public("أخبار", "qura_news")).idle().start().await;
    let plan = DrawPlan::among(3).with(|s| s.confirmation_hours = Some(1));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let [winner] = &winners(&w, &lottery).await[..] else { panic!("not one winner") };
    let result = lottery.posts_with(&w, "الفائز").await.pop().unwrap();
    assert!(result["buttons"].to_string().contains(&format!("win_{}", lottery.code)), "{result}");
    let link = format!("win_{}", lottery.code);
    winner.starts_with(&link).await;
    winner.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    winner.starts_with(&link).await;
    winner.sees(Msg::DrawConfirmedAgain { code: lottery.code.clone() }).await;
    let loser = lottery.people.iter().find(|person| person.id() != winner.id()).unwrap();
    loser.starts_with(&link).await;
    loser.sees(Msg::DrawConfirmedStranger { code: lottery.code.clone() }).await;
    w.passes(HOUR * 2).await;
    w.is_all_said().await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_winner_who_leaves_within_the_time_loses_also_after_confirming() {
    let (mut w, lottery) = with_a_day(4, 1).await;
    let winner = winners(&w, &lottery).await.remove(0);
    let screen = winner.sees(won(&lottery)).await;
    winner.presses_on(&screen, "تأكيد الفوز").await;
    winner.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    winner.leaves(&lottery.channel).await;
    w.passes(HOUR * 25).await;
    has_documents(&w, &lottery, 2).await;
    let addendum: serde_json::Value = serde_json::from_str(&w.documents(&lottery).await[1]).unwrap();
    assert_eq!((&addendum["reason"], &addendum["status"]), (&"left".into(), &"left".into()));
    w.ends().await;
}

#[tokio::test]
async fn a_winner_whom_an_administrator_removes_within_the_time_keeps_the_win() {
    let (mut w, lottery) = with_a_day(4, 1).await;
    let winner = winners(&w, &lottery).await.remove(0);
    let screen = winner.sees(won(&lottery)).await;
    winner.presses_on(&screen, "تأكيد الفوز").await;
    winner.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    let body = serde_json::json!({"user": winner.id(), "status": "left"});
    w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
    w.settles().await;
    w.passes(HOUR * 25).await;
    w.comes_true("the win is for good", async || {
        let held = "SELECT ticket FROM lottery_winners WHERE hold_until IS NOT NULL";
        w.database.rows::<(i64,)>(held).await.is_empty()
    })
    .await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn who_loses_a_win_that_nobody_inherits_hears_just_that() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(1).winners(1, 0).with(|s| s.confirmation_hours = Some(1));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    w.passes(HOUR * 2).await;
    has_documents(&w, &lottery, 2).await;
    let person = &lottery.people[0];
    person.sees_text("ولم يبقَ من يرثه").await;
    assert_eq!(person.count(Msg::DrawLost { code: lottery.code.clone() }).await, 0);
    // Neither do they hear of an heir when they confirm too late.
    person.starts_with(&format!("win_{}", lottery.code)).await;
    let late = person.sees_text("انتهت مهلة التأكيد").await;
    assert!(!late.text.contains("غيرك"), "{}", late.text);
    w.ends().await;
}

/// A winner whom the bot cannot write to has nothing but the post.
#[tokio::test]
async fn while_the_result_is_not_posted_no_time_runs_out_and_all_of_it_is_left_then() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(3).winners(2, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    w.dies_at("draw.drawn");
    w.program_starts();
    w.program_ends_within(crate::world::PATIENCE).await;
    lottery.channel.removes_the_bot().await;
    w.expected.tolerated.extend(["kicked", "not a member", "member list is inaccessible", "not found"]);
    w.program_starts();
    w.comes_true("the draw is told", async || w.state_of(&lottery).await == "announced").await;
    lottery.organizer.sees(Msg::DrawUnposted { code: lottery.code.clone() }).await;
    for _ in 0..3 {
        w.passes(HOUR * 10).await;
        w.settles().await;
    }
    let orders = "SELECT id FROM jobs WHERE kind = 'draw.replace' AND state = 'queued'";
    assert!(w.database.rows::<(i64,)>(orders).await.is_empty());
    lottery.channel.appoints_the_bot().await;
    w.passes(Duration::from_secs(700)).await;
    w.is_all_said().await;
    assert_eq!(lottery.posts_with(&w, "خلال").await.len(), 1);

    w.passes(HOUR * 23).await;
    let [first, second] = &winners(&w, &lottery).await[..] else { panic!("not two winners") };
    first.starts_with(&format!("win_{}", lottery.code)).await;
    first.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    w.passes(HOUR * 2).await;
    has_documents(&w, &lottery, 2).await;
    second.sees(Msg::DrawLost { code: lottery.code.clone() }).await;
    w.ends().await;
}

#[tokio::test]
async fn an_organizer_redraws_a_winner_with_a_reason_and_nobody_else_can() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).winners(1, 1).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    let winner = tickets(&documents[0], "winners")[0];
    let organizer = &lottery.organizer;
    let list = organizer.sees_button("إعادة سحب فائز").await;
    let stranger = &lottery.people[0];
    let forged = stranger.chat().await.pop().unwrap();
    w.expects_refusal("answerCallbackQuery", "query is too old");
    stranger.forges_a_press(&forged, &format!("draw:of:{}:{winner}", lottery.code)).await;

    organizer.presses_on(&list, "إعادة سحب فائز").await;
    organizer.sees(Msg::DrawRedrawTitle).await;
    organizer.presses(lottery.owner(winner).name()).await;
    organizer.sees(Msg::DrawRedrawReason).await;
    organizer.says(&"س".repeat(201)).await;
    organizer.sees(Msg::DrawRedrawLong).await;
    organizer.says("لم يرد على رسائلنا").await;
    organizer.sees_text("لم يرد على رسائلنا").await;
    organizer.presses("تأكيد").await;
    organizer.sees(Msg::DrawRedrawOrdered).await;
    has_documents(&w, &lottery, 2).await;
    let addendum: serde_json::Value = serde_json::from_str(&w.documents(&lottery).await[1]).unwrap();
    assert_eq!(addendum["note"], "لم يرد على رسائلنا");
    assert_eq!(addendum["reason"], "redrawn");
    assert_eq!(lottery.posts_with(&w, "لم يرد على رسائلنا").await.len(), 1);
    let audit = w.database.audit().await;
    let entry = audit.iter().find(|row| row.action == "lottery.replace_winner").unwrap();
    assert_eq!(entry.actor_id, Some(organizer.id()));
    w.ends().await;
}

#[tokio::test]
async fn heirs_of_a_lost_channel_are_waited_for_and_the_organizer_hears_of_it_once() {
    let (mut w, lottery) = with_a_day(6, 2).await;
    lottery.channel.removes_the_bot().await;
    w.expected.tolerated.extend(["kicked", "not a member", "member list is inaccessible", "not found"]);
    w.passes(HOUR * 25).await;
    let waits = Msg::DrawWaitsChat { code: lottery.code.clone() };
    lottery.organizer.sees(waits.clone()).await;
    let orders = "SELECT run_at FROM jobs WHERE kind = 'draw.replace' AND state = 'queued'";
    for _ in 0..3 {
        w.passes(Duration::from_secs(70)).await;
        w.comes_true("both are looked for again", async || {
            let rows: Vec<(i64,)> = w.database.rows(orders).await;
            rows.len() == 2 && rows.iter().all(|(at,)| *at > w.now())
        })
        .await;
    }
    assert_eq!(w.documents(&lottery).await.len(), 1);
    lottery.channel.appoints_the_bot().await;
    w.passes(Duration::from_secs(70)).await;
    has_documents(&w, &lottery, 3).await;
    assert_eq!(lottery.organizer.count(waits).await, 1);
    assert_eq!(lottery.posts_with(&w, "تغيّر أحد الفائزين").await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn only_whoever_has_rights_in_the_chat_replaces_a_winner_and_an_operator_may() {
    let mut w = World::builder().operator("مشغّل").idle().start().await;
    let lottery = DrawPlan::among(5).winners(1, 1).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let winner = winners(&w, &lottery).await.remove(0);
    let (organizer, operator) = (&lottery.organizer, w.operators()[0].clone());
    let list = organizer.sees_button("إعادة سحب فائز").await;
    organizer.presses_on(&list, "إعادة سحب فائز").await;
    organizer.sees(Msg::DrawRedrawTitle).await;
    organizer.presses(winner.name()).await;
    organizer.sees(Msg::DrawRedrawReason).await;
    lottery.channel.dismisses(organizer).await;
    // Also in the middle of it.
    organizer.says("لم يرد على رسائلنا").await;
    organizer.sees(Msg::ManageLacking).await;

    w.expects_refusal("answerCallbackQuery", "query is too old");
    let screen = operator.chat().await.pop().unwrap();
    operator.forges_a_press(&screen, &format!("draw:again:{}", lottery.code)).await;
    operator.sees(Msg::DrawRedrawTitle).await;
    operator.presses(winner.name()).await;
    operator.sees(Msg::DrawRedrawReason).await;
    operator.says("طلب المنظم ذلك").await;
    operator.sees_text("طلب المنظم ذلك").await;
    operator.presses("تأكيد").await;
    operator.sees(Msg::DrawRedrawOrdered).await;
    has_documents(&w, &lottery, 2).await;
    let audit = w.database.audit().await;
    let entry = audit.iter().find(|row| row.action == "lottery.replace_winner").unwrap();
    assert_eq!(entry.actor_id, Some(operator.id()));
    // One who has no right to it is counted.
    let before = w.counted("callbacks_forbidden_total").await;
    let stranger = &lottery.people[0];
    let screen = stranger.chat().await.pop().unwrap();
    stranger.forges_a_press(&screen, &format!("draw:again:{}", lottery.code)).await;
    w.settles().await;
    assert!(w.counted("callbacks_forbidden_total").await > before);
    w.ends().await;
}
