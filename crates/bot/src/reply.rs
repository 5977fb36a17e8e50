//! What a handler wants said. Kept typed in the update log, put into words when sent.

use qura_domain::code::Code;
use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::link::DeepLink;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use crate::features::Screen;
use crate::features::sharing::SharedLottery;

/// One thing to say. Stored replies of older programs must stay readable: variants and fields are
/// added, never renamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Answers a button.
    Answer {
        callback: String,
        /// Who pressed it: a text is in their language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Msg>,
        /// A window to close instead of a line that fades.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        alert: bool,
        /// Opens the private chat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<DeepLink>,
    },
    /// Shows a screen in a person's private chat.
    Show {
        to: UserId,
        screen: Screen,
        #[serde(default, skip_serializing_if = "Place::is_new")]
        place: Place,
    },
    /// Offers Telegram's chat picker below the private chat, in a message of its own.
    OfferChats {
        to: UserId,
        prompt: Msg,
        /// Offers channels.
        button: Msg,
        cancel: Msg,
        /// Comes back with the choice.
        request: i32,
        /// Offers groups as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupChoice>,
    },
    /// Answers an inline query with lotteries to share.
    AnswerInline { query: String, to: UserId, lotteries: Vec<SharedLottery> },
    /// Tells who is about to pay that they cannot.
    RefuseCheckout { query: String, to: UserId, reason: Msg },
    /// The same for a chat that is to be a condition: channels or groups, and no right but to invite.
    OfferConditionChats { to: UserId, prompt: Msg, label: Msg, cancel: Msg, request: i32, channel: bool },
    /// Shows the post of a lottery as it will look, in a message of its own.
    Preview { to: UserId, code: Code },
    /// Turns the buttons of a post that is not the valid one into a link to that.
    Signpost { chat: ChatId, message: MessageId, link: String },
    /// What an answer would have said that came too late for that: in a message of its own, with the link
    /// that it would have opened.
    Tell {
        to: UserId,
        text: Msg,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<DeepLink>,
    },
    /// Takes the chat picker away.
    CloseChats { to: UserId, text: Msg },
}

/// A button of the chat picker that offers groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChoice {
    pub button: Msg,
    /// Comes back with the choice.
    pub request: i32,
}

/// Where a screen goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At the bottom: after something was typed. The screen before it loses its buttons.
    #[default]
    New,
    /// In the living message, whose button was pressed.
    Edit(MessageId),
    /// In the place of that message, which goes: words cannot take the place of a picture, nor a picture
    /// that of words.
    Replace(MessageId),
}

impl Place {
    fn is_new(&self) -> bool {
        *self == Self::New
    }
}

impl Reply {
    /// A screen at the bottom of a person's private chat.
    pub fn show(to: UserId, screen: impl Into<Screen>) -> Self {
        Self::Show { to, screen: screen.into(), place: Place::New }
    }

    /// It answers a press, an inline query or a checkout, which somebody waits for and no chat's limit holds up.
    pub const fn answers_a_query(&self) -> bool {
        matches!(self, Self::Answer { .. } | Self::AnswerInline { .. } | Self::RefuseCheckout { .. })
    }
}
