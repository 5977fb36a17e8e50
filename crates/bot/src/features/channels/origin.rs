//! Where somebody adds a chat from, and comes back to.

use qura_domain::code::Code;
use serde::{Deserialize, Serialize};

use super::{ChannelButton, back_and_home};
use crate::features::roulette::RouletteButton;
use crate::view::{View, ViewBuilder};

/// Where somebody adds a chat from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The list of linked chats.
    #[default]
    List,
    /// The first step of «إنشاء روليت»; with the draft that is to be published elsewhere.
    Roulette { draft: Option<Code> },
}

impl Origin {
    pub fn is_list(&self) -> bool {
        *self == Self::List
    }

    /// One step back, and home.
    pub fn back_and_home(&self, view: ViewBuilder) -> View {
        match self.clone() {
            Self::List => back_and_home(view, &ChannelButton::Open),
            Self::Roulette { draft: None } => back_and_home(view, &RouletteButton::Create),
            Self::Roulette { draft: Some(draft) } => back_and_home(view, &RouletteButton::Chats { draft }),
        }
    }
}
