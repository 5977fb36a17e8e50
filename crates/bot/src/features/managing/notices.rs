//! What organizers hear of their lotteries without having asked, and can act on at once.

use qura_domain::code::Code;
use qura_i18n::Msg;

use super::{Act, ManageButton};
use crate::features::roulette::RouletteButton;
use crate::view::{View, Viewer};

/// The post was deleted by hand: it may be published anew.
pub fn post_lost(viewer: &Viewer, code: &Code) -> View {
    View::of(viewer, &Msg::LotteryPostLost { code: code.to_string() })
        .press(&Msg::ManageRepublish, &ManageButton::Ask { code: code.clone(), act: Act::Republish })
        .press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() })
        .done()
}

/// The group became a supergroup.
pub fn moved(viewer: &Viewer, code: &Code) -> View {
    View::of(viewer, &Msg::LotteryMoved { code: code.to_string() })
        .press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() })
        .done()
}

pub fn not_republished(viewer: &Viewer, code: &Code) -> View {
    View::of(viewer, &Msg::ManageNotRepublished { code: code.to_string() })
        .press(&Msg::ManageRepublish, &ManageButton::Ask { code: code.clone(), act: Act::Republish })
        .press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() })
        .done()
}

pub fn taken_over(viewer: &Viewer, code: &Code) -> View {
    View::of(viewer, &Msg::ManageTakenOver { code: code.to_string() }).done()
}

pub fn report_failed(viewer: &Viewer, code: &Code) -> View {
    View::of(viewer, &Msg::ManageReportFailed { code: code.to_string() })
        .press(&Msg::ManageReportButton, &ManageButton::Reports { code: code.clone() })
        .done()
}
