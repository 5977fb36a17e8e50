//! What organizers hear of a lottery without having asked: milestones, a pause, a post that is gone.

use qura_domain::code::Code;
use qura_domain::lottery::PauseReason;
use qura_i18n::Msg;

use super::refusal::number;
use crate::features::mine::MineButton;
use crate::view::{View, Viewer};

pub fn milestone(viewer: &Viewer, code: &Code, count: u64) -> View {
    of_lottery(viewer, &Msg::LotteryMilestone { code: code.to_string(), count: number(count) })
}

pub fn paused(viewer: &Viewer, code: &Code, reason: PauseReason) -> View {
    let code = code.to_string();
    let text = match reason {
        PauseReason::Organizer => Msg::LotteryPaused { code },
        PauseReason::RightsLost => Msg::LotteryPausedRights { code },
        PauseReason::ConditionLost => Msg::LotteryPausedCondition { code },
    };
    of_lottery(viewer, &text)
}

pub fn post_lost(viewer: &Viewer, code: &Code) -> View {
    of_lottery(viewer, &Msg::LotteryPostLost { code: code.to_string() })
}

fn of_lottery(viewer: &Viewer, text: &Msg) -> View {
    View::of(viewer, text).press(&Msg::MenuMine, &MineButton::Lotteries).done()
}
