//! «قسم الروليت»: lotteries, from their creation to their management.

pub mod post;

use qura_app::ingest::HandleError;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use super::mine::MineButton;
use crate::callback::{CallbackData, callback_data};
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard;

/// The screens of lotteries, as their organizers see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouletteScreen {
    Home,
}

callback_data! {
    /// Buttons of lotteries in private.
    pub enum RouletteButton in "roul" {
        Open = "open",
    }
}

impl RouletteScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Home => home(viewer),
        }
    }
}

fn home(viewer: &Viewer) -> View {
    let view = View::of(viewer, &Msg::RouletteTitle).press(&Msg::RouletteMine, &MineButton::Lotteries);
    back_and_home(view, &MenuButton::Home)
}

/// A button was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<RouletteButton>) -> Result<Outcome, HandleError> {
    match press.button {
        RouletteButton::Open => {
            wizard::leave(cx, press.person.id, vec![press.show(RouletteScreen::Home)]).await
        }
    }
}

/// One step back, and home.
pub fn back_and_home(view: ViewBuilder, back: &impl CallbackData) -> View {
    let row = vec![view.button(&Msg::NavBack, back), view.button(&Msg::NavHome, &MenuButton::Home)];
    view.row(row).done()
}
