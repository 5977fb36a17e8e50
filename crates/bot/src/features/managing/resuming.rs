//! «استئناف»: everything that the lottery rests on is looked at again, and what is lost may be given up.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::lottery::LotteryState;
use qura_i18n::Msg;

use super::acts::ended;
use super::lost::{mark_of, may_go_on, ways_out};
use super::refusal::{not_theirs, refused};
use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::channels::failure;
use crate::features::roulette::manage;
use crate::press::Press;
use crate::view::{View, Viewer};

pub fn not_resumed(viewer: &Viewer, code: &Code, checks: &[Check], lost: u32) -> View {
    let again = ManageButton::Resume { code: code.clone() };
    let without = ManageButton::ResumeWithout { code: code.clone(), lost };
    let (again, without) = ((&Msg::ChannelsRecheck, &again), (&Msg::ManageResumeWithout, &without));
    ways_out(viewer, code, checks, &Msg::ManageNotResumed, again, without)
}

/// `given_up`: the mark of lost conditions that hold no more from here on.
pub async fn resumed(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    given_up: Option<u32>,
) -> Result<Outcome, HandleError> {
    let (manager, lotteries) = (manager(cx, press.person.id), &cx.services.lotteries);
    let Some(lottery) = lotteries.managed(manager, code).await? else { return Ok(not_theirs(cx, &press)) };
    if lottery.state != LotteryState::Paused {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    if lottery.settings.is_due(cx.services.clock.now()) {
        return refused(cx, press, code, ManageRefusal::TimePassed).await;
    }
    let looked = lotteries.look_at_everything(manager, &lottery).await.map_err(failure)?;
    if !may_go_on(&looked, given_up) {
        let lost = mark_of(&looked.lost);
        let screen = ManageScreen::NotResumed { code: code.clone(), checks: looked.checks, lost };
        return Ok(cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(screen)]));
    }
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = lotteries.resume(&mut tx, manager, code, &looked.channels, &looked.lost).await?;
    ended(cx, tx, press, code, around, done, Msg::ManageResumed).await
}
