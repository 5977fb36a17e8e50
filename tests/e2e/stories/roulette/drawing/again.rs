//! A lottery that is opened again, and the one that carries on is never published.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::Value;

use crate::world::draw::{DrawPlan, OpenLottery};
use crate::world::{Screen, World};

/// Longer than a worker holds on to a job.
const LEASE: Duration = Duration::from_secs(60);

/// Longer than it takes until wins, and orders that wait, are looked at again.
const A_MINUTE: Duration = Duration::from_secs(70);

const SUCCESSORS: &str = "SELECT id, state FROM lotteries WHERE reopens_id = 4242 ORDER BY created_at";
const HELD: &str = "SELECT ticket FROM lottery_winners WHERE hold_until IS NOT NULL ORDER BY ticket";

/// Drawn among people of whom only the first ones are still there, fewer than were to win.
async fn with_too_few(plan: DrawPlan, stay: usize) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let lottery = plan.ordered(&w).await;
    for person in &lottery.people[stay..] {
        person.leaves(&lottery.channel).await;
    }
    w.program_starts();
    w.is_announced(&lottery).await;
    (w, lottery)
}

/// Opens it again. The bot may not edit there any more, so the new one comes back as a draft.
async fn is_carried_on_in_vain(w: &mut World, lottery: &OpenLottery, list: &Screen) {
    let organizer = &lottery.organizer;
    organizer.forges_a_press(list, &format!("draw:reopen:{}", lottery.code)).await;
    organizer.sees(Msg::DrawReopenConfirm).await;
    w.dies_at("draw.carrying");
    let presser = organizer.clone();
    tokio::join!(presser.presses("تأكيد"), w.program_ends_within(crate::world::PATIENCE));
    w.expected.survives_a_death();
    lottery.channel.appoints_the_bot_with(&["can_post_messages"]).await;
    w.program_starts();
    w.passes(LEASE).await;
    organizer.sees(Msg::RouletteNotPublished).await;
    assert_eq!(w.state_of(lottery).await, "reopened");
}

/// Throws the draft away; the list that is shown then.
async fn the_draft_is_thrown_away(w: &World, lottery: &OpenLottery) -> Screen {
    let organizer = &lottery.organizer;
    organizer.presses("إدارة السحب").await.is_quiet();
    organizer.sees_button("حذف المسودة").await;
    organizer.presses("حذف المسودة").await.is_quiet();
    organizer.sees(Msg::RouletteDiscardConfirm).await;
    organizer.presses("تأكيد").await.is_quiet();
    let list = organizer.sees(Msg::RouletteDiscarded).await;
    assert_eq!(w.state_of(lottery).await, "announced");
    list
}

/// Opens it again once more, and now the new one is published.
async fn is_carried_on(w: &World, lottery: &OpenLottery, list: &Screen) {
    let organizer = &lottery.organizer;
    lottery.channel.appoints_the_bot().await;
    organizer.forges_a_press(list, &format!("draw:reopen:{}", lottery.code)).await;
    organizer.sees(Msg::DrawReopenConfirm).await;
    organizer.presses("تأكيد").await.is_quiet();
    w.comes_true("another one is open", async || {
        let states = w.database.rows::<(i64, String)>(SUCCESSORS).await;
        states.iter().map(|(_, state)| state.as_str()).eq(["cancelled", "open"])
    })
    .await;
    w.is_all_said().await;
    assert_eq!(w.state_of(lottery).await, "reopened");
}

async fn addendum(w: &World, lottery: &OpenLottery) -> Value {
    w.comes_true("the addendum is there", async || w.documents(lottery).await.len() == 2).await;
    w.is_all_said().await;
    serde_json::from_str(&w.documents(lottery).await[1]).unwrap()
}

#[tokio::test]
async fn a_lottery_whose_successor_is_thrown_away_may_be_opened_again_once_more() {
    let (mut w, lottery) = with_too_few(DrawPlan::among(3).winners(2, 0), 1).await;
    let list = lottery.organizer.sees_button("فتح السحب من جديد").await;
    is_carried_on_in_vain(&mut w, &lottery, &list).await;
    let list = the_draft_is_thrown_away(&w, &lottery).await;
    is_carried_on(&w, &lottery, &list).await;
    assert_eq!(lottery.posts_with(&w, "فُتح السحب من جديد").await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn whoever_won_cannot_join_the_one_that_carries_on() {
    let (mut w, lottery) = with_too_few(DrawPlan::among(3).winners(2, 0), 1).await;
    let (organizer, [winner, others @ ..]) = (&lottery.organizer, &lottery.people[..]) else {
        unreachable!()
    };
    let list = organizer.sees_button("فتح السحب من جديد").await;
    organizer.presses_on(&list, "فتح السحب من جديد").await;
    organizer.sees(Msg::DrawReopenConfirm).await;
    organizer.presses("تأكيد").await.is_quiet();
    w.comes_true("the new one is open", async || {
        w.database.rows::<(i64, String)>(SUCCESSORS).await.iter().any(|(_, state)| state == "open")
    })
    .await;
    w.is_all_said().await;
    let new = "SELECT id, code, message_id FROM lotteries WHERE reopens_id = 4242";
    let (new, code, post) = w.database.rows::<(i64, String, i64)>(new).await.remove(0);

    winner.presses_in(lottery.channel.id, post, "الاشتراك في السحب").await.alerts(Msg::JoinWonAlert);
    winner.starts_with(&format!("join_{code}")).await;
    winner.sees(Msg::JoinWon).await;
    others[0].joins(&lottery.channel).await;
    others[0].presses_in(lottery.channel.id, post, "الاشتراك في السحب").await;
    let counts = "SELECT lottery_id, tickets, participants FROM lottery_counters ORDER BY lottery_id";
    let counts = w.database.rows::<(i64, i64, i64)>(counts).await;
    assert!(counts.contains(&(new, 3, 2)), "{counts:?}");

    // Also where the winner comes up first in its draw: their ticket is void, and all may see that.
    w.expects_refusal("answerCallbackQuery", "query is too old");
    organizer.forges_a_press(&list, &format!("mng:do:{code}:draw")).await;
    w.comes_true("the new one is drawn", async || {
        w.database.rows::<(i64, String)>(SUCCESSORS).await.iter().any(|(_, state)| state == "announced")
    })
    .await;
    w.is_all_said().await;
    let receipts = "SELECT content, lottery_id FROM draw_receipts";
    let receipts = w.database.rows::<(String, i64)>(receipts).await;
    let (receipt, _) = receipts.iter().find(|(_, id)| *id == new).unwrap();
    let receipt: Value = serde_json::from_str(receipt).unwrap();
    assert_eq!((&receipt["tickets"], &receipt["winners"]), (&3.into(), &serde_json::json!([2])));
    for candidate in receipt["walk"].as_array().unwrap() {
        assert_eq!(candidate["outcome"] == "void", candidate["ticket"] == 1, "{candidate}");
    }
    w.ends().await;
}

#[tokio::test]
async fn wins_stay_on_hold_until_the_one_that_carries_on_is_published() {
    let plan = DrawPlan::among(4).winners(3, 0).with(|s| s.confirmation_hours = Some(24));
    let (mut w, lottery) = with_too_few(plan, 2).await;
    let list = lottery.organizer.sees_button("فتح السحب من جديد").await;
    is_carried_on_in_vain(&mut w, &lottery, &list).await;
    let [leaver, winner] = &lottery.people[..2] else { panic!("not two winners") };
    leaver.leaves(&lottery.channel).await;
    for _ in 0..2 {
        w.passes(A_MINUTE).await;
        w.settles().await;
    }
    assert_eq!(w.database.rows::<(i64,)>(HELD).await, [(1,), (2,)]);
    assert_eq!(w.documents(&lottery).await.len(), 1);

    let list = the_draft_is_thrown_away(&w, &lottery).await;
    w.passes(A_MINUTE).await;
    let addendum = addendum(&w, &lottery).await;
    assert_eq!((&addendum["replaced"], &addendum["reason"]), (&1.into(), &"left".into()));
    leaver.sees(Msg::DrawLostToNobody { code: lottery.code.clone() }).await;
    assert_eq!(w.database.rows::<(i64,)>(HELD).await, [(2,)]);

    is_carried_on(&w, &lottery, &list).await;
    winner.leaves(&lottery.channel).await;
    w.passes(A_MINUTE).await;
    w.comes_true("the win is for good", async || w.database.rows::<(i64,)>(HELD).await.is_empty()).await;
    assert_eq!(w.documents(&lottery).await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn a_winner_is_redrawn_as_ordered_when_the_one_that_carries_on_is_thrown_away() {
    let (mut w, lottery) = with_too_few(DrawPlan::among(3).winners(2, 0), 1).await;
    let organizer = &lottery.organizer;
    let list = organizer.sees_button("إعادة سحب فائز").await;
    organizer.presses_on(&list, "إعادة سحب فائز").await;
    organizer.sees(Msg::DrawRedrawTitle).await;
    organizer.presses(lottery.people[0].name()).await;
    organizer.sees(Msg::DrawRedrawReason).await;
    organizer.says("لم يرد على رسائلنا").await;
    organizer.sees_text("لم يرد على رسائلنا").await;
    // The order stays behind, in the hands of a worker that is dead.
    w.dies_at("draw.replacing");
    let presser = organizer.clone();
    tokio::join!(presser.presses("تأكيد"), w.program_ends_within(crate::world::PATIENCE));
    w.program_starts();
    is_carried_on_in_vain(&mut w, &lottery, &list).await;
    w.passes(A_MINUTE).await;
    w.settles().await;
    assert_eq!(w.documents(&lottery).await.len(), 1);

    the_draft_is_thrown_away(&w, &lottery).await;
    w.passes(A_MINUTE).await;
    let addendum = addendum(&w, &lottery).await;
    assert_eq!((&addendum["replaced"], &addendum["reason"]), (&1.into(), &"redrawn".into()));
    w.ends().await;
}
