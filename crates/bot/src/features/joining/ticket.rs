//! «تم تسجيلك»: the ticket, what the draw is committed to, and what comes next.

use qura_domain::code::Code;
use qura_domain::draw::hash::Hash;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::refusal::number;
use super::{JoinButton, home};
use crate::view::{View, Viewer};

/// A participant's ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketScreen {
    pub code: Code,
    pub ticket: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Hash>,
    /// They were in before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The list is closed: nobody leaves any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_closed: bool,
    /// The lottery from whose card they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Code>,
}

impl TicketScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let ticket = number(self.ticket);
        let text = match self.again {
            false => Msg::JoinRegistered { ticket },
            true => Msg::JoinAlready { ticket },
        };
        let mut view = View::of(viewer, &text);
        if !self.is_closed {
            view = view.below(&Msg::JoinNext);
        }
        if let Some(commitment) = &self.commitment {
            view = view.below(&Msg::JoinCommitment { commitment: commitment.to_base64url() });
        }
        if let Some(code) = &self.unfinished {
            view = view.below(&Msg::JoinUnfinished { code: code.to_string() });
            let label = Msg::JoinGoOnButton { code: code.to_string() };
            view = view.press(&label, &JoinButton::Check { code: code.clone() });
        }
        match self.is_closed {
            true => home(view),
            false => home(view.press(&Msg::JoinLeave, &JoinButton::Leave { code: self.code.clone() })),
        }
    }
}
