//! How Telegram says no, sorted by what the caller can do about it.

use std::time::Duration;

use qura_domain::ids::ChatId;

/// A call that did not succeed. Never holds the address of the call: that contains the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelegramError {
    /// 401: the token is wrong or was revoked.
    #[error("Telegram does not know this token")]
    Unauthorized,
    /// 409: another program polls with the same token, or a webhook is set.
    #[error("another program uses this token: {0}")]
    Conflict(String),
    /// 403: the person blocked the bot, is gone, or never started it.
    #[error("the person cannot be written to: {0}")]
    Unreachable(String),
    /// 403 or 400: the bot is not in the chat, or the chat is gone.
    #[error("the chat is out of reach: {0}")]
    ChatLost(String),
    /// The bot lacks a right that the call needs.
    #[error("a right is missing: {0}")]
    NotAllowed(String),
    /// The group became a supergroup.
    #[error("the group has become the supergroup {0}")]
    Migrated(ChatId),
    /// The message to edit, delete or reply to does not exist any more.
    #[error("the message is gone: {0}")]
    MessageGone(String),
    /// A callback or inline query that is too old to be answered.
    #[error("too late to answer the query")]
    QueryExpired,
    /// Any other 4xx: the request itself is wrong.
    #[error("Telegram refused the request: {0}")]
    Refused(String),
    /// 429, past all patience of the messenger.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    Flooded(Duration),
    /// 5xx, a broken connection or no answer. Whether the call took effect is unknown.
    #[error("Telegram cannot be reached: {0}")]
    Unavailable(String),
    /// A success that the adapter could not understand.
    #[error("Telegram's answer was not understood: {0}")]
    Unreadable(String),
}

impl TelegramError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Flooded(_) | Self::Unavailable(_) | Self::Conflict(_))
    }

    /// Whether it tells nothing of what was asked for: it may pass, or the operator has to mend the token first.
    pub fn is_no_answer(&self) -> bool {
        self.is_transient() || *self == Self::Unauthorized
    }
}

/// An update whose shape is not the one its kind has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);
