//! «إدارة سحوباتي ومسابقاتي»: what a person made, by state.

use qura_app::ingest::HandleError;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use super::roulette::back_and_home;
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// The screens of what a person made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MineScreen {
    Home,
}

callback_data! {
    /// Buttons of what a person made.
    pub enum MineButton in "mine" {
        Open = "open",
        /// «سحوباتي»
        Lotteries = "lots",
        /// «مسابقاتي»
        Contests = "contests",
    }
}

impl MineScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Home => home(viewer),
        }
    }
}

fn home(viewer: &Viewer) -> View {
    let view = View::of(viewer, &Msg::MineTitle)
        .press(&Msg::MineLotteries, &MineButton::Lotteries)
        .press(&Msg::MineContests, &MineButton::Contests);
    back_and_home(view, &MenuButton::Home)
}

/// A button was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<MineButton>) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    match press.button {
        MineButton::Open | MineButton::Lotteries => {
            wizard::leave(cx, person, vec![press.show(MineScreen::Home)]).await
        }
        MineButton::Contests => Ok(cx.say(vec![press.alert(Msg::SectionSoonAlert)])),
    }
}
