//! Draws as people see them: the result, the confirmation of a win, the receipt, another winner.

mod confirm;
mod redraw;
pub mod result;
mod verify;
pub mod words;

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::link::DeepLink;
use qura_domain::lottery::{Confirmation, Lottery};
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};

pub use confirm::came as came_to_confirm;
pub use redraw::typed_reason;
pub use verify::came as came_to_verify;

/// The screens of draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawScreen {
    Confirmed { code: Code, outcome: Confirmation },
    Verify(Box<verify::VerifyScreen>),
    Redraw(redraw::RedrawScreen),
}

callback_data! {
    /// Buttons about draws, in private.
    pub enum DrawButton in "draw" {
        /// «تأكيد الفوز»
        Confirm { code: Code } = "win",
        /// «تحقق من السحب»
        Verify { code: Code } = "verify",
        /// The receipt as a file.
        File { code: Code } = "file",
        /// The proof of one's own ticket.
        Proof { code: Code } = "proof",
        /// «إعادة سحب فائز»
        Redraw { code: Code } = "again",
        /// The same below the organizer's list of winners, which stays to be read.
        RedrawBelow { code: Code } = "below",
        RedrawAfter { code: Code, place: u32 } = "after",
        RedrawBefore { code: Code, place: u32 } = "before",
        RedrawOf { code: Code, ticket: u64 } = "of",
        Reopen { code: Code } = "reopen",
        ConfirmReopening { code: Code } = "reopened",
        /// The reason was typed: go on with it.
        ConfirmRedraw { code: Code } = "sure",
    }
}

impl DrawButton {
    /// Where it leads whom the gate stops at it.
    pub fn link(&self) -> Option<DeepLink> {
        match self {
            Self::Verify { code } | Self::File { code } | Self::Proof { code } => {
                Some(DeepLink::Verify(code.clone()))
            }
            // Never gated.
            Self::Confirm { .. } => None,
            // From the organizer's card, which no link leads to.
            Self::Redraw { .. }
            | Self::RedrawBelow { .. }
            | Self::RedrawAfter { .. }
            | Self::RedrawBefore { .. }
            | Self::RedrawOf { .. }
            | Self::Reopen { .. }
            | Self::ConfirmReopening { .. }
            | Self::ConfirmRedraw { .. } => None,
        }
    }
}

impl DrawScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Confirmed { code, outcome } => confirm::view(viewer, code, *outcome),
            Self::Verify(screen) => screen.view(viewer),
            Self::Redraw(screen) => screen.view(viewer),
        }
    }
}

/// A button was pressed. Those of organizers check whose lottery it is.
pub async fn pressed(cx: Context<'_>, press: Press<DrawButton>) -> Result<Outcome, HandleError> {
    match press.button.clone() {
        DrawButton::Confirm { code } => confirm::pressed(cx, press, &code).await,
        DrawButton::Verify { code } => verify::pressed(cx, press, &code).await,
        DrawButton::File { code } => verify::file_asked(cx, press, &code).await,
        DrawButton::Proof { code } => verify::proof_asked(cx, press, &code).await,
        DrawButton::Redraw { code } => redraw::opened(cx, press, &code, Page::First).await,
        DrawButton::RedrawBelow { code } => redraw::opened_below(cx, press, &code).await,
        DrawButton::RedrawAfter { code, place } => redraw::opened(cx, press, &code, Page::After(place)).await,
        DrawButton::RedrawBefore { code, place } => {
            redraw::opened(cx, press, &code, Page::Before(place)).await
        }
        DrawButton::RedrawOf { code, ticket } => redraw::chosen(cx, press, &code, ticket).await,
        DrawButton::ConfirmRedraw { code } => redraw::confirmed(cx, press, &code).await,
        DrawButton::Reopen { code } => redraw::reopening_asked(cx, press, &code).await,
        DrawButton::ConfirmReopening { code } => redraw::reopened(cx, press, &code).await,
    }
}

async fn lottery(cx: Context<'_>, code: &Code) -> Result<Option<Lottery>, HandleError> {
    Ok(cx.services.lotteries.find(code).await?)
}

/// A link that opens the bot.
pub fn link_to(bot_username: &str, link: &DeepLink) -> String {
    format!("https://t.me/{bot_username}?start={}", link.payload())
}
