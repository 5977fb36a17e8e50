//! What a lottery has lost, where that stops «استئناف» or «سحب الفائزين»: named, with the ways out.

use qura_app::lotteries::{Check, Rehearsal};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::draw::hash::Hash;
use qura_i18n::Msg;

use super::ManageButton;
use crate::features::roulette::create::preview::name_checks;
use crate::features::roulette::{RouletteButton, back_and_home};
use crate::view::{View, Viewer};

/// Whether it is a condition that failed, which the lottery can go on without.
pub const fn is_condition(check: &Check) -> bool {
    matches!(check, Check::ConditionChat { .. } | Check::ConditionLottery { .. })
}

/// Tells what was lost from what else may be lost later: «دون الشروط المفقودة» gives up what was shown, and no
/// more.
pub fn mark_of(lost: &[Condition]) -> u32 {
    let lost = serde_json::json!(lost).to_string();
    let [a, b, c, d, ..] = *Hash::of(&[lost.as_bytes()]).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Whether nothing stands in the way but what is given up.
pub fn may_go_on(looked: &Rehearsal, given_up: Option<u32>) -> bool {
    let gives_up = given_up == Some(mark_of(&looked.lost));
    looked.checks.iter().all(|check| check.passed() || (gives_up && is_condition(check)))
}

/// Names what failed. The last button goes on without it, where only conditions did.
pub fn ways_out(
    viewer: &Viewer,
    code: &Code,
    checks: &[Check],
    title: &Msg,
    again: (&Msg, &ManageButton),
    without: (&Msg, &ManageButton),
) -> View {
    let failed: Vec<Check> = checks.iter().filter(|check| !check.passed()).cloned().collect();
    let mut view = name_checks(View::of(viewer, title), viewer, &failed);
    view = view.press(again.0, again.1);
    if !failed.is_empty() && failed.iter().all(is_condition) {
        view = view.press(without.0, without.1);
    }
    back_and_home(view, &RouletteButton::Card { code: code.clone() })
}
