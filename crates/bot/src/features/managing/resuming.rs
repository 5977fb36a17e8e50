//! «استئناف»: everything that the lottery rests on is looked at again, and what is lost may be given up.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::draw::hash::Hash;
use qura_domain::lottery::LotteryState;
use qura_i18n::Msg;

use super::acts::ended;
use super::refusal::{not_theirs, refused};
use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::channels::failure;
use crate::features::roulette::create::preview::name_checks;
use crate::features::roulette::{RouletteButton, back_and_home, manage};
use crate::press::Press;
use crate::view::{View, Viewer};

/// Whether it is a condition that failed, which the lottery can go on without.
const fn is_condition(check: &Check) -> bool {
    matches!(check, Check::ConditionChat { .. } | Check::ConditionLottery { .. })
}

/// Tells what was lost from what else may be lost later: «بدون الشرط» gives up what was shown, and no more.
fn mark_of(lost: &[Condition]) -> u32 {
    let lost = serde_json::json!(lost).to_string();
    let [a, b, c, d, ..] = *Hash::of(&[lost.as_bytes()]).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

pub fn not_resumed(viewer: &Viewer, code: &Code, checks: &[Check], lost: u32) -> View {
    let failed: Vec<Check> = checks.iter().filter(|check| !check.passed()).cloned().collect();
    let mut view = name_checks(View::of(viewer, &Msg::ManageNotResumed), viewer, &failed);
    view = view.press(&Msg::ChannelsRecheck, &ManageButton::Resume { code: code.clone() });
    if !failed.is_empty() && failed.iter().all(is_condition) {
        let without = ManageButton::ResumeWithout { code: code.clone(), lost };
        view = view.press(&Msg::ManageResumeWithout, &without);
    }
    back_and_home(view, &RouletteButton::Card { code: code.clone() })
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
    let looked = lotteries.look_at_everything(manager, &lottery).await.map_err(failure)?;
    let lost = mark_of(&looked.lost);
    let gives_up = given_up == Some(lost);
    let may_go_on = |check: &Check| check.passed() || (gives_up && is_condition(check));
    if !looked.checks.iter().all(may_go_on) {
        let screen = ManageScreen::NotResumed { code: code.clone(), checks: looked.checks, lost };
        return Ok(cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(screen)]));
    }
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = lotteries.resume(&mut tx, manager, code, &looked.channels, &looked.lost).await?;
    ended(cx, tx, press, code, around, done, Msg::ManageResumed).await
}
