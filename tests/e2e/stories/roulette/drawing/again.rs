//! A lottery that is opened again, and the one that carries on is never published.

use std::time::Duration;

use qura_i18n::Msg;

use crate::world::World;
use crate::world::draw::DrawPlan;

/// Longer than a worker holds on to a job.
const LEASE: Duration = Duration::from_secs(60);

const SUCCESSORS: &str = "SELECT id, state FROM lotteries WHERE reopens_id = 4242 ORDER BY created_at";

#[tokio::test]
async fn a_lottery_whose_successor_is_thrown_away_may_be_opened_again_once_more() {
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
    w.dies_at("draw.carrying");
    let presser = organizer.clone();
    tokio::join!(presser.presses("تأكيد"), w.program_ends_within(crate::world::PATIENCE));
    w.expected.survives_a_death();
    // The bot may not edit there any more, so the new one comes back as a draft.
    lottery.channel.appoints_the_bot_with(&["can_post_messages"]).await;
    w.program_starts();
    w.passes(LEASE).await;
    organizer.sees(Msg::RouletteNotPublished).await;
    assert_eq!(w.state_of(&lottery).await, "reopened");

    organizer.presses("إدارة السحب").await.is_quiet();
    organizer.sees_button("حذف المسودة").await;
    organizer.presses("حذف المسودة").await.is_quiet();
    organizer.sees(Msg::RouletteDiscardConfirm).await;
    organizer.presses("تأكيد").await.is_quiet();
    let list = organizer.sees(Msg::RouletteDiscarded).await;
    assert_eq!(w.state_of(&lottery).await, "announced");

    lottery.channel.appoints_the_bot().await;
    organizer.forges_a_press(&list, &format!("draw:reopen:{}", lottery.code)).await;
    organizer.sees(Msg::DrawReopenConfirm).await;
    organizer.presses("تأكيد").await.is_quiet();
    w.comes_true("another one is open", async || {
        let states = w.database.rows::<(i64, String)>(SUCCESSORS).await;
        states.iter().map(|(_, state)| state.as_str()).eq(["cancelled", "open"])
    })
    .await;
    w.is_all_said().await;
    assert_eq!(w.state_of(&lottery).await, "reopened");
    assert_eq!(lottery.posts_with(&w, "فُتح السحب من جديد").await.len(), 1);
    w.ends().await;
}
