//! Changes of messages in the Bot API's own form. Without `reply_markup`, a message loses its buttons.

use qura_domain::ids::{ChatId, MessageId};
use qura_domain::text::RichText;
use qura_ports::telegram::Keyboard;
use serde::Serialize;

use super::{Entity, InlineKeyboard, LinkPreviewOptions};

#[derive(Serialize)]
pub struct EditMessageText<'a> {
    chat_id: ChatId,
    message_id: MessageId,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_preview_options: Option<LinkPreviewOptions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboard<'a>>,
}

impl<'a> EditMessageText<'a> {
    pub fn new(chat: ChatId, message: MessageId, text: &'a RichText, keyboard: &'a Keyboard) -> Self {
        Self {
            chat_id: chat,
            message_id: message,
            text: text.text(),
            entities: Entity::all_of(text),
            link_preview_options: LinkPreviewOptions::of(text),
            reply_markup: InlineKeyboard::of(keyboard),
        }
    }
}

#[derive(Serialize)]
pub struct EditMessageCaption<'a> {
    chat_id: ChatId,
    message_id: MessageId,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caption_entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    show_caption_above_media: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboard<'a>>,
}

impl<'a> EditMessageCaption<'a> {
    pub fn new(chat: ChatId, message: MessageId, caption: &'a RichText, keyboard: &'a Keyboard) -> Self {
        Self {
            chat_id: chat,
            message_id: message,
            caption: caption.text(),
            caption_entities: Entity::all_of(caption),
            show_caption_above_media: caption.layout().above_media,
            reply_markup: InlineKeyboard::of(keyboard),
        }
    }
}

/// What goes along with a picture that is uploaded as [`Self::PART`].
#[derive(Serialize)]
pub struct EditMessageMedia<'a> {
    chat_id: ChatId,
    message_id: MessageId,
    media: InputMediaPhoto<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboard<'a>>,
}

#[derive(Serialize)]
struct InputMediaPhoto<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    media: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caption_entities: Vec<Entity<'a>>,
}

impl<'a> EditMessageMedia<'a> {
    /// The name of the part that holds the picture.
    pub const PART: &'static str = "picture";

    pub fn new(chat: ChatId, message: MessageId, caption: &'a RichText, keyboard: &'a Keyboard) -> Self {
        Self {
            chat_id: chat,
            message_id: message,
            media: InputMediaPhoto {
                kind: "photo",
                media: "attach://picture",
                caption: caption.text(),
                caption_entities: Entity::all_of(caption),
            },
            reply_markup: InlineKeyboard::of(keyboard),
        }
    }
}

#[derive(Serialize)]
pub struct EditMessageReplyMarkup<'a> {
    chat_id: ChatId,
    message_id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboard<'a>>,
}

impl<'a> EditMessageReplyMarkup<'a> {
    pub fn new(chat: ChatId, message: MessageId, keyboard: &'a Keyboard) -> Self {
        Self { chat_id: chat, message_id: message, reply_markup: InlineKeyboard::of(keyboard) }
    }
}
