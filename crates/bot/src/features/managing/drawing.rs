//! «سحب الفائزين», confirmed: what the draw will have to see is looked at before the list is closed for good, and
//! what is lost may be given up.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::lottery::{Lottery, LotteryState};
use qura_i18n::Msg;

use super::acts::{Act, ended};
use super::lost::{mark_of, may_go_on, ways_out};
use super::refusal::{not_theirs, refused};
use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::channels::failure;
use crate::features::roulette::manage;
use crate::press::Press;
use crate::view::{View, Viewer};

pub fn not_drawn(viewer: &Viewer, code: &Code, checks: &[Check], lost: u32) -> View {
    // It asks once more: nothing that cannot be undone is done by looking.
    let again = ManageButton::Ask { code: code.clone(), act: Act::Draw };
    let without = ManageButton::DrawWithout { code: code.clone(), lost };
    let (again, without) = ((&Msg::ManageDraw, &again), (&Msg::ManageDrawWithout, &without));
    ways_out(viewer, code, checks, &Msg::ManageNotDrawn, again, without)
}

/// `given_up`: the mark of lost conditions that hold no more from here on.
pub async fn ordered(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    given_up: Option<u32>,
) -> Result<Outcome, HandleError> {
    let (manager, lotteries) = (manager(cx, press.person.id), &cx.services.lotteries);
    let Some(lottery) = lotteries.managed(manager, code).await? else { return Ok(not_theirs(cx, &press)) };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let looked = lotteries.look_before_draw(manager, &lottery).await.map_err(failure)?;
    if !may_go_on(&looked, given_up) {
        let lost = mark_of(&looked.lost);
        let (code, checks) = (code.clone(), looked.checks);
        let is_of_the_chat = |check: &Check| matches!(check, Check::Chat { .. }) && !check.passed();
        let screen = match checks.iter().any(is_of_the_chat) {
            true => ManageScreen::Lacking { code, checks },
            false => ManageScreen::NotDrawn { code, checks, lost },
        };
        return Ok(cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(screen)]));
    }
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let ordered = lotteries.order_draw(&mut tx, manager, code, &looked.channels, &looked.lost).await?;
    // A job closes it in a moment: nothing else is to be done to it any more.
    let closing = ordered.map(|lottery| Lottery { state: LotteryState::Frozen, pause: None, ..lottery });
    ended(cx, tx, press, code, around, closing, Msg::ManageDrawOrdered).await
}
