//! What a person can choose from who types `@bot …` somewhere.

use qura_domain::template::Media;
use qura_domain::text::RichText;

use super::keyboard::Keyboard;

/// A result of an inline query: a line to choose, and the message that it puts into the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineResult {
    /// 1–64 bytes, each only once in an answer (Bot API, `InlineQueryResult`).
    pub id: String,
    pub title: String,
    /// Telegram shows none beside an animation.
    pub description: String,
    pub content: InlineContent,
    pub keyboard: Keyboard,
}

/// The message that a result puts into the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineContent {
    /// 1–4,096 code points.
    Text(RichText),
    /// A caption has at most 1,024 code points.
    Media(Media, RichText),
}
