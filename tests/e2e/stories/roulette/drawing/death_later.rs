//! kill -9 behind the receipt: an heir, another draw of one winner, opening again, a draw that waits, messages
//! on their way. Each comes about once, and at most one message comes twice.

use std::time::Duration;

use qura_i18n::Msg;

use super::death::LEASE;
use super::once::{is_said_once, said};
use crate::world::draw::{DrawPlan, OpenLottery, tickets};
use crate::world::{PATIENCE, Person, World};

/// Longer than «مهلة التأكيد» of these stories.
const A_DAY_AND_MORE: Duration = Duration::from_secs(25 * 3_600);

async fn announced(plan: DrawPlan) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    (w, lottery)
}

async fn has_one_addendum(w: &World, lottery: &OpenLottery, point: &str) {
    w.comes_true("the addendum is there", async || w.documents(lottery).await.len() > 1).await;
    w.is_all_said().await;
    let documents = w.documents(lottery).await;
    assert_eq!(documents.len(), 2, "{point}");
    let addendum: serde_json::Value = serde_json::from_str(&documents[1]).unwrap();
    assert_eq!(addendum["heir"], tickets(&documents[0], "reserves")[0], "{point}");
    is_said_once(w, lottery, point).await;
}

/// Presses a button, and the program dies of it; the press is answered after the restart all the same.
async fn presses_and_it_dies(w: &mut World, person: &Person, label: &str) {
    let person = person.clone();
    tokio::join!(person.presses(label), w.died_and_starts_again());
    w.passes(LEASE).await;
}

#[tokio::test]
async fn a_death_around_an_heir_of_whoever_said_nothing() {
    for point in ["draw.holding", "draw.held", "draw.replacing", "draw.replaced"] {
        let plan = DrawPlan::among(4).winners(1, 1).with(|s| s.confirmation_hours = Some(24));
        let (mut w, lottery) = announced(plan).await;
        w.dies_at(point);
        w.passes(A_DAY_AND_MORE).await;
        w.died_and_starts_again().await;
        w.passes(LEASE).await;
        has_one_addendum(&w, &lottery, point).await;
        assert_eq!(lottery.posts_with(&w, "تغيّر أحد الفائزين").await.len(), 1, "{point}");
        w.ends().await;
    }
}

#[tokio::test]
async fn a_death_around_an_heir_before_anybody_heard() {
    for point in ["draw.passing", "draw.passed"] {
        let mut w = World::builder().idle().start().await;
        let lottery = DrawPlan::among(4).winners(1, 1).ordered(&w).await;
        w.dies_at("draw.drawn");
        w.program_starts();
        w.program_ends_within(PATIENCE).await;
        let receipt = w.documents(&lottery).await.remove(0);
        let winner = lottery.owner(tickets(&receipt, "winners")[0]);
        winner.leaves(&lottery.channel).await;
        w.dies_at(point);
        w.program_starts();
        w.died_and_starts_again().await;
        w.passes(LEASE).await;
        w.is_announced(&lottery).await;
        has_one_addendum(&w, &lottery, point).await;
        assert_eq!(winner.count(Msg::DrawWon { code: lottery.code.clone() }).await, 0, "{point}");
        w.ends().await;
    }
}

#[tokio::test]
async fn a_death_around_the_redraw_of_a_winner() {
    for point in ["draw.redrawing", "draw.redrawn", "draw.replacing", "draw.replaced"] {
        let (mut w, lottery) = announced(DrawPlan::among(5).winners(1, 1)).await;
        let winner = tickets(&w.documents(&lottery).await[0], "winners")[0];
        let organizer = &lottery.organizer;
        let list = organizer.sees_button("إعادة سحب فائز").await;
        organizer.presses_on(&list, "إعادة سحب فائز").await;
        organizer.sees(Msg::DrawRedrawTitle).await;
        organizer.presses(lottery.owner(winner).name()).await;
        organizer.sees(Msg::DrawRedrawReason).await;
        organizer.says("لم يرد").await;
        organizer.sees_button("تأكيد").await;
        w.dies_at(point);
        presses_and_it_dies(&mut w, organizer, "تأكيد").await;
        has_one_addendum(&w, &lottery, point).await;
        let audit = w.database.audit().await;
        let entries = audit.iter().filter(|row| row.action == "lottery.replace_winner").count();
        assert_eq!(entries, 1, "{point}");
        w.ends().await;
    }
}

#[tokio::test]
async fn a_death_around_opening_again() {
    let points = [
        "draw.reopening",
        "draw.reopened",
        "draw.carrying",
        "draw.carried",
        "draw.republishing",
        "draw.republished",
    ];
    for point in points {
        let mut w = World::builder().idle().start().await;
        let lottery = DrawPlan::among(3).winners(2, 0).ordered(&w).await;
        for person in &lottery.people[1..] {
            person.leaves(&lottery.channel).await;
        }
        w.program_starts();
        w.is_announced(&lottery).await;
        let organizer = &lottery.organizer;
        let list = organizer.sees_button("فتح السحب من جديد").await;
        organizer.presses_on(&list, "فتح السحب من جديد").await;
        organizer.sees(Msg::DrawReopenConfirm).await;
        w.dies_at(point);
        presses_and_it_dies(&mut w, organizer, "تأكيد").await;
        let rows = "SELECT id, state FROM lotteries WHERE reopens_id = 4242";
        w.comes_true("the new one is open", async || {
            w.database.rows::<(i64, String)>(rows).await.iter().any(|(_, state)| state == "open")
        })
        .await;
        w.is_all_said().await;
        assert_eq!(w.database.rows::<(i64, String)>(rows).await.len(), 1, "{point}");
        let carried = "SELECT ticket FROM lottery_participants WHERE lottery_id <> 4242 ORDER BY ticket";
        let carried: Vec<(i64,)> = w.database.rows(carried).await;
        assert_eq!(carried, [(1,), (2,), (3,)], "{point}");
        assert_eq!(lottery.posts_with(&w, "فُتح السحب من جديد").await.len(), 1, "{point}");
        assert_eq!(w.documents(&lottery).await.len(), 1, "{point}");
        is_said_once(&w, &lottery, point).await;
        w.ends().await;
    }
}

#[tokio::test]
async fn a_death_while_a_draw_waits_for_its_chat() {
    for point in ["draw.waiting", "draw.waited"] {
        let mut w = World::builder().idle().start().await;
        let lottery = DrawPlan::among(3).ordered(&w).await;
        lottery.channel.removes_the_bot().await;
        w.expected.tolerated.extend(["kicked", "not a member", "not found"]);
        w.dies_at(point);
        w.program_starts();
        w.died_and_starts_again().await;
        w.passes(LEASE).await;
        let waits = Msg::DrawWaitsChat { code: lottery.code.clone() };
        w.is_all_said().await;
        lottery.organizer.sees(waits.clone()).await;
        lottery.channel.appoints_the_bot().await;
        w.settles().await;
        w.passes(LEASE).await;
        w.is_announced(&lottery).await;
        assert_eq!(lottery.organizer.count(waits).await, 1, "{point}");
        assert_eq!(w.documents(&lottery).await.len(), 1, "{point}");
        is_said_once(&w, &lottery, point).await;
        w.ends().await;
    }
}

/// Several messages may be on their way at once: each of them comes, and none a third time.
#[tokio::test]
async fn a_death_while_messages_are_sent() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).winners(3, 1).ordered(&w).await;
    w.dies_at("outbox.sent");
    w.program_starts();
    w.died_and_starts_again().await;
    w.passes(LEASE).await;
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let won = Msg::DrawWon { code: lottery.code.clone() };
    for ticket in tickets(&receipt, "winners") {
        let times = lottery.owner(ticket).count(won.clone()).await;
        assert!([1, 2].contains(&times), "{ticket}: {times}");
    }
    let said = said(&w, &lottery).await;
    assert!(said.values().all(|times| *times <= 2), "{said:#?}");
    assert!(!lottery.posts_with(&w, "الفائزون في السحب").await.is_empty());
    w.ends().await;
}
