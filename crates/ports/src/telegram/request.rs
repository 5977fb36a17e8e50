//! What Qura asks of Telegram.

use std::time::Duration;

use bytes::Bytes;
use qura_domain::ids::{ChatId, MessageId};
use qura_domain::template::Media;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;

use super::inline::InlineResult;
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
        /// The message that it answers. Where that is gone, it is sent as no answer.
        reply_to: Option<MessageId>,
    },
    /// Sends what Telegram already has.
    SendMedia {
        chat: ChatId,
        media: Media,
        /// At most 1,024 code points, here and wherever there is a caption.
        caption: RichText,
        markup: Markup,
        /// As in `SendText`.
        reply_to: Option<MessageId>,
    },
    SendPicture {
        chat: ChatId,
        /// A PNG of at most 10 MB (Bot API, `sendPhoto`).
        picture: Bytes,
        caption: RichText,
        keyboard: Keyboard,
    },
    SendFile {
        chat: ChatId,
        /// The name under which people save it.
        name: String,
        /// 1 byte to 50 MB (Bot API, `sendDocument`).
        content: Bytes,
        caption: RichText,
        keyboard: Keyboard,
    },
    EditText {
        chat: ChatId,
        message: MessageId,
        text: RichText,
        keyboard: Keyboard,
    },
    /// Replaces what stands under a photo, video, animation or file; a message of text alone is
    /// [`Refused`](super::TelegramError::Refused).
    EditCaption {
        chat: ChatId,
        message: MessageId,
        caption: RichText,
        keyboard: Keyboard,
    },
    /// Replaces the picture and what stands under it. A message of text alone becomes one with a picture,
    /// and remains one: [`EditText`](Self::EditText) is then [`Refused`](super::TelegramError::Refused).
    EditPicture {
        chat: ChatId,
        message: MessageId,
        /// As in `SendPicture`.
        picture: Bytes,
        caption: RichText,
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
    /// To be given within seconds, and once.
    AnswerInline {
        id: String,
        /// At most 50 (Bot API, `answerInlineQuery`).
        results: Vec<InlineResult>,
        /// How long Telegram may give the same answer to the same words, in whole seconds.
        cache: Duration,
        /// Whether the answer is for this person alone.
        personal: bool,
        /// Comes back with the query when the person wants more; at most 64 bytes, empty for no more.
        next_offset: String,
    },
    /// To be given within 10 s, and once.
    AnswerCheckout {
        id: String,
        /// Why the payment cannot be made; Telegram shows it to the person. `None` lets them pay.
        refusal: Option<String>,
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
            | Self::SendMedia { chat, .. }
            | Self::SendPicture { chat, .. }
            | Self::SendFile { chat, .. }
            | Self::EditText { chat, .. }
            | Self::EditCaption { chat, .. }
            | Self::EditPicture { chat, .. }
            | Self::EditKeyboard { chat, .. }
            | Self::DeleteMessage { chat, .. } => Some(*chat),
            Self::AnswerCallback { .. }
            | Self::AnswerInline { .. }
            | Self::AnswerCheckout { .. }
            | Self::SetCommands { .. } => None,
        }
    }

    /// Whether sending it twice does no more than sending it once.
    pub fn is_repeatable(&self) -> bool {
        !matches!(
            self,
            Self::SendText { .. } | Self::SendMedia { .. } | Self::SendPicture { .. } | Self::SendFile { .. }
        )
    }
}

/// What Telegram gave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The id of the message that was sent or edited.
    Message(MessageId),
    Done,
}

/// A message that was posted, with the date that everyone sees on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    pub message: MessageId,
    /// Telegram's, in whole seconds.
    pub date: Timestamp,
}
