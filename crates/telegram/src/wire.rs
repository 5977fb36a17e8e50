//! Requests in the Bot API's own form: small structs that borrow what they send.
//!
//! They name only the fields that Qura uses; the full schema is what the simulator checks them by.

mod edit;
mod entity;
mod inline;
mod markup;
mod preview;
mod send;

use qura_domain::chat::ChatRef;
use qura_domain::ids::{ChatId, MessageId, UserId};
use serde::Serialize;

pub use edit::{EditMessageCaption, EditMessageMedia, EditMessageReplyMarkup, EditMessageText};
pub use entity::Entity;
pub use inline::AnswerInlineQuery;
pub use markup::{InlineKeyboard, ReplyMarkup};
pub use preview::LinkPreviewOptions;
pub use send::{SendFile, SendMessage};

#[derive(Serialize)]
pub struct DeleteMessage {
    pub chat_id: ChatId,
    pub message_id: MessageId,
}

#[derive(Serialize)]
pub struct AnswerCallbackQuery<'a> {
    pub callback_query_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub text: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub show_alert: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
}

#[derive(Serialize)]
pub struct AnswerPreCheckoutQuery<'a> {
    pub pre_checkout_query_id: &'a str,
    pub ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<&'a str>,
}

#[derive(Serialize)]
pub struct SetMyCommands<'a> {
    pub commands: Vec<BotCommand<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<CommandScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<&'a str>,
}

#[derive(Serialize)]
pub struct BotCommand<'a> {
    pub command: &'a str,
    pub description: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CommandScope {
    Chat { chat_id: ChatId },
}

#[derive(Serialize)]
pub struct GetMe {}

#[derive(Serialize)]
pub struct GetChatMember {
    pub chat_id: ChatId,
    pub user_id: UserId,
}

#[derive(Serialize)]
pub struct GetUserChatBoosts {
    pub chat_id: ChatId,
    pub user_id: UserId,
}

#[derive(Serialize)]
pub struct GetChatMemberCount {
    pub chat_id: ChatId,
}

#[derive(Serialize)]
pub struct GetChat<'a> {
    pub chat_id: &'a ChatRef,
}

#[derive(Serialize)]
pub struct ExportChatInviteLink {
    pub chat_id: ChatId,
}

#[derive(Serialize)]
pub struct GetUpdates<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    pub limit: u8,
    /// Seconds.
    pub timeout: u64,
    pub allowed_updates: &'a [&'a str],
}
