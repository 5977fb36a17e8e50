//! «استئناف»: everything that the lottery rests on is looked at again, and what is lost may be given up.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::lottery::LotteryState;
use qura_i18n::Msg;

use super::acts::ended;
use super::refusal::{not_theirs, refused};
use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::channels::failure;
use crate::features::roulette::create::preview::name_checks;
use crate::features::roulette::{RouletteButton, back_and_home};
use crate::press::Press;
use crate::view::{View, Viewer};

/// Whether it is a condition that failed, which the lottery can go on without.
const fn is_condition(check: &Check) -> bool {
    matches!(check, Check::ConditionChat { .. } | Check::ConditionLottery { .. })
}

pub fn not_resumed(viewer: &Viewer, code: &Code, checks: &[Check]) -> View {
    let failed: Vec<Check> = checks.iter().filter(|check| !check.passed()).cloned().collect();
    let mut view = name_checks(View::of(viewer, &Msg::ManageNotResumed), viewer, &failed);
    view = view.press(&Msg::ChannelsRecheck, &ManageButton::Resume { code: code.clone() });
    if !failed.is_empty() && failed.iter().all(is_condition) {
        let without = ManageButton::ResumeWithout { code: code.clone() };
        view = view.press(&Msg::ManageResumeWithout, &without);
    }
    back_and_home(view, &RouletteButton::Card { code: code.clone() })
}

/// `gives_up`: the conditions that are lost hold no more.
pub async fn resumed(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    gives_up: bool,
) -> Result<Outcome, HandleError> {
    let (manager, lotteries) = (manager(cx, press.person.id), &cx.services.lotteries);
    let Some(lottery) = lotteries.managed(manager, code).await? else { return Ok(not_theirs(cx, &press)) };
    if lottery.state != LotteryState::Paused {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let looked = lotteries.look_at_everything(manager, &lottery).await.map_err(failure)?;
    let may_go_on = |check: &Check| check.passed() || (gives_up && is_condition(check));
    if !looked.checks.iter().all(may_go_on) {
        let screen = ManageScreen::NotResumed { code: code.clone(), checks: looked.checks };
        return Ok(cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(screen)]));
    }
    let dropped = match looked.passed() {
        true => Vec::new(),
        false => lotteries.lost_conditions(&lottery).await.map_err(failure)?,
    };
    let mut tx = cx.begin().await?;
    let done = lotteries.resume(&mut tx, manager, code, &looked.channels, &dropped).await?;
    ended(cx, tx, press, code, done, Msg::ManageResumed).await
}
