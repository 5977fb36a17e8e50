//! Between the draw and its announcement nobody learns from the bot who has won.

use std::time::Duration;

use qura_domain::draw::commitment::{Mode, Secret, commitment};
use qura_i18n::Msg;

use crate::world::World;
use crate::world::draw::{DrawPlan, tickets};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn whoever_asks_before_the_announcement_hears_not_yet() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(3).winners(1, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    w.is_drawn_but_not_told().await;
    let receipt = w.documents(&lottery).await.remove(0);
    let winner = lottery.owner(tickets(&receipt, "winners")[0]);
    let reserve = lottery.owner(tickets(&receipt, "reserves")[0]);
    let link = format!("win_{}", lottery.code);
    for person in [winner, reserve] {
        person.starts_with(&link).await;
        person.sees(Msg::DrawConfirmedEarly { code: lottery.code.clone() }).await;
    }
    winner.starts_with(&link).await;
    let theirs = winner.sees(Msg::DrawConfirmedEarly { code: lottery.code.clone() }).await;
    let sara = w.member("سارة").await;
    sara.starts_with(&format!("verify_{}", lottery.code)).await;
    let code = qura_domain::code::Code::parse(&lottery.code).unwrap();
    let commitment = commitment(&code, Mode::Secret, &Secret::new([7; 32])).to_base64url();
    let pending = || Msg::DrawVerifyPending { code: lottery.code.clone(), commitment: commitment.clone() };
    let screen = sara.sees(pending()).await;
    w.expects_refusal("answerCallbackQuery", "query is too old");
    sara.forges_a_press(&screen, &format!("draw:file:{}", lottery.code)).await;
    winner.forges_a_press(&theirs, &format!("draw:proof:{}", lottery.code)).await;
    // What is shown instead is the draw as it stands.
    winner.sees(pending()).await;
    w.is_all_said().await;
    assert!(w.control.calls("sendDocument").await.is_empty());
    assert_eq!(w.state_of(&lottery).await, "drawn");

    w.passes(HOUR * 2).await;
    w.is_announced(&lottery).await;
    winner.sees(Msg::DrawWon { code: lottery.code.clone() }).await;
    winner.starts_with(&link).await;
    winner.sees(Msg::DrawConfirmed { code: lottery.code.clone() }).await;
    reserve.starts_with(&link).await;
    reserve.sees(Msg::DrawConfirmedStranger { code: lottery.code.clone() }).await;
    w.ends().await;
}
