//! Joining a lottery: the button under the post, the deep link, the challenge, the conditions, the ticket.

mod arrival;
mod card;
mod challenge;
mod leaving;
pub mod notices;
mod post;
mod refusal;
mod ticket;
mod way;

use qura_app::ingest::HandleError;
use qura_app::joining::JoinError;
use qura_domain::code::Code;
use qura_domain::link::DeepLink;
use serde::{Deserialize, Serialize};

use super::menu::{MenuButton, MenuScreen};
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard;

pub use arrival::arrived;
pub use card::{boosted, member_changed, typed};
pub use challenge::picture;
pub use post::pressed as pressed_under_post;
pub use way::Way;

/// The screens between a person and a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinScreen {
    Ticket(ticket::TicketScreen),
    Refused(refusal::RefusedScreen),
    Card(card::CardScreen),
    Puzzle(challenge::PuzzleScreen),
    Locked(challenge::LockedScreen),
    Leaving(leaving::LeavingScreen),
    Left(leaving::LeftScreen),
}

callback_data! {
    /// Buttons on the way to a ticket, all in private.
    pub enum JoinButton in "join" {
        /// «تحقق»: looks again, and asks Telegram.
        Check { code: Code } = "check",
        /// An option of a puzzle in words.
        Answer { code: Code, number: u32, option: u8 } = "is",
        /// An option under a picture.
        Read { code: Code, number: u32, option: u8 } = "reads",
        /// «الرئيسية» under a picture, which no text can take the place of.
        Home = "home",
        /// «انسحاب»
        Leave { code: Code } = "leave",
        /// «تأكيد»
        LeaveNow { code: Code } = "left",
        /// Back to the ticket.
        Stay { code: Code } = "stay",
    }
}

impl JoinButton {
    /// Where it leads whom the gate stops at it.
    pub fn link(&self) -> Option<DeepLink> {
        match self {
            Self::Check { code }
            | Self::Answer { code, .. }
            | Self::Read { code, .. }
            | Self::Leave { code }
            | Self::LeaveNow { code }
            | Self::Stay { code } => Some(DeepLink::Join(code.clone())),
            Self::Home => None,
        }
    }

    /// Whether it stands under a picture.
    pub const fn is_under_picture(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Home)
    }
}

impl JoinScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Ticket(screen) => screen.view(viewer),
            Self::Refused(screen) => screen.view(viewer),
            Self::Card(screen) => screen.view(viewer),
            Self::Puzzle(screen) => screen.view(viewer),
            Self::Locked(screen) => screen.view(viewer),
            Self::Leaving(screen) => screen.view(viewer),
            Self::Left(screen) => screen.view(viewer),
        }
    }

    /// Whether it is a picture with words under it.
    fn is_picture(&self) -> bool {
        matches!(self, Self::Puzzle(puzzle) if puzzle.picture.is_some())
    }
}

/// A button was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<JoinButton>) -> Result<Outcome, HandleError> {
    let person = press.person.clone();
    match press.button.clone() {
        JoinButton::Check { code } => arrival::checked(cx, &press, &code).await,
        JoinButton::Answer { code, number, option } => {
            let way = Way::edit(&press, false);
            challenge::answered(cx, &person, &code, way, number, option).await
        }
        JoinButton::Read { code, number, option } => {
            let way = Way::edit(&press, true);
            challenge::answered(cx, &person, &code, way, number, option).await
        }
        JoinButton::Home => {
            let menu = Way::edit(&press, true).replace(MenuScreen::of(&person));
            wizard::leave(cx, person.id, vec![menu]).await
        }
        JoinButton::Leave { code } => leaving::asked(cx, &press, &code).await,
        JoinButton::LeaveNow { code } => leaving::confirmed(cx, &press, &code).await,
        JoinButton::Stay { code } => arrived(cx, &person, &code, Way::edit(&press, false)).await,
    }
}

/// «الرئيسية», which is one step back as well: whoever comes by a link has no screen behind them.
fn home(view: ViewBuilder) -> View {
    view.press(&qura_i18n::Msg::NavHome, &MenuButton::Home).done()
}

/// What cannot be told now is tried again, as long as it is Telegram's fault.
fn failed(error: JoinError) -> HandleError {
    match error {
        JoinError::Storage(error) => error.into(),
        JoinError::Telegram(error) => HandleError::Transient(error.to_string()),
    }
}
