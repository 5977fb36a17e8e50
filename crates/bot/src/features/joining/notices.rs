//! What organizers hear of a lottery without having asked: milestones, a pause.

use qura_domain::code::Code;
use qura_domain::lottery::PauseReason;
use qura_i18n::Msg;

use super::refusal::number;
use crate::features::roulette::RouletteButton;
use crate::view::{View, Viewer};

pub fn milestone(viewer: &Viewer, code: &Code, count: u64) -> View {
    of_lottery(viewer, code, &Msg::LotteryMilestone { code: code.to_string(), count: number(count) })
}

pub fn paused(viewer: &Viewer, code: &Code, reason: PauseReason) -> View {
    let named = code.to_string();
    let text = match reason {
        PauseReason::Organizer => Msg::LotteryPaused { code: named },
        PauseReason::RightsLost => Msg::LotteryPausedRights { code: named },
        PauseReason::ConditionLost => Msg::LotteryPausedCondition { code: named },
    };
    of_lottery(viewer, code, &text)
}

fn of_lottery(viewer: &Viewer, code: &Code, text: &Msg) -> View {
    View::of(viewer, text).press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() }).done()
}
