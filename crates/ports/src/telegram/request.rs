//! What Qura asks of Telegram.

use qura_domain::ids::{ChatId, MessageId};
use qura_domain::text::RichText;

use super::keyboard::{Keyboard, ReplyKeyboard};

/// How urgent a request is, and which limits it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Answers and private replies to somebody who waits.
    Interactive,
    /// What people must hear though they did not ask: winners, organizers.
    Notice,
    /// Edits of public posts.
    Counter,
    /// Broadcasts.
    Bulk,
}

/// A request that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    SendText {
        chat: ChatId,
        /// 1–4,096 code points.
        text: RichText,
        markup: Markup,
    },
    EditText {
        chat: ChatId,
        message: MessageId,
        text: RichText,
        keyboard: Keyboard,
    },
    /// Replaces the buttons under a message; an empty keyboard removes them.
    EditKeyboard {
        chat: ChatId,
        message: MessageId,
        keyboard: Keyboard,
    },
    DeleteMessage {
        chat: ChatId,
        message: MessageId,
    },
    AnswerCallback {
        id: String,
        /// At most 200 code points; empty for none.
        text: String,
        /// A window to close, instead of a line that fades.
        alert: bool,
        /// A link to the bot itself that opens the private chat.
        url: Option<String>,
    },
    /// The commands shown in the menu: for everyone, or in one chat.
    SetCommands {
        chat: Option<ChatId>,
        /// IETF tag of the Telegram that sees them; `None` for all others.
        language: Option<String>,
        /// Name without slash, and description.
        commands: Vec<(String, String)>,
    },
}

/// What stands under a new message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markup {
    None,
    Inline(Keyboard),
    Reply(ReplyKeyboard),
    /// Takes a reply keyboard away.
    RemoveReply,
}

impl Request {
    /// The chat whose limits the request counts against; `None` for what Telegram does not limit.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::SendText { chat, .. }
            | Self::EditText { chat, .. }
            | Self::EditKeyboard { chat, .. }
            | Self::DeleteMessage { chat, .. } => Some(*chat),
            Self::AnswerCallback { .. } | Self::SetCommands { .. } => None,
        }
    }

    /// Whether sending it twice does no more than sending it once.
    pub fn is_repeatable(&self) -> bool {
        !matches!(self, Self::SendText { .. })
    }
}

/// What Telegram gave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The id of the message that was sent or edited.
    Message(MessageId),
    Done,
}
