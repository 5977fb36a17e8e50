//! New messages in the Bot API's own form.

use qura_domain::ids::{ChatId, MessageId};
use qura_domain::template::{Media, MediaKind};
use qura_domain::text::RichText;
use qura_ports::telegram::{Keyboard, Markup};
use serde::Serialize;

use super::{Entity, InlineKeyboard, LinkPreviewOptions, ReplyMarkup};

#[derive(Serialize)]
pub struct SendMessage<'a> {
    chat_id: ChatId,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_preview_options: Option<LinkPreviewOptions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<ReplyParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<ReplyMarkup<'a>>,
}

impl<'a> SendMessage<'a> {
    pub fn new(chat: ChatId, text: &'a RichText, markup: &'a Markup, reply_to: Option<MessageId>) -> Self {
        Self {
            chat_id: chat,
            text: text.text(),
            entities: Entity::all_of(text),
            link_preview_options: LinkPreviewOptions::of(text),
            reply_parameters: reply_to.map(ReplyParameters::to),
            reply_markup: ReplyMarkup::of(markup),
        }
    }
}

/// `sendPhoto`, `sendVideo`, `sendAnimation` of a known file; without one of them what goes along with an
/// upload.
#[derive(Serialize)]
pub struct SendFile<'a> {
    chat_id: ChatId,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    animation: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caption_entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    show_caption_above_media: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    has_spoiler: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<ReplyParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<ReplyMarkup<'a>>,
}

impl<'a> SendFile<'a> {
    pub fn known(
        chat: ChatId,
        media: &'a Media,
        caption: &'a RichText,
        markup: &'a Markup,
        reply_to: Option<MessageId>,
    ) -> Self {
        let file_id = |kind| (media.kind == kind).then_some(media.file_id.as_str());
        Self {
            photo: file_id(MediaKind::Photo),
            video: file_id(MediaKind::Video),
            animation: file_id(MediaKind::Animation),
            has_spoiler: media.has_spoiler,
            reply_parameters: reply_to.map(ReplyParameters::to),
            reply_markup: ReplyMarkup::of(markup),
            ..Self::with_caption(chat, caption)
        }
    }

    /// All but the file itself.
    pub fn uploaded(chat: ChatId, caption: &'a RichText, keyboard: &'a Keyboard) -> Self {
        Self {
            reply_markup: InlineKeyboard::of(keyboard).map(ReplyMarkup::Inline),
            ..Self::with_caption(chat, caption)
        }
    }

    fn with_caption(chat: ChatId, caption: &'a RichText) -> Self {
        Self {
            chat_id: chat,
            photo: None,
            video: None,
            animation: None,
            caption: caption.text(),
            caption_entities: Entity::all_of(caption),
            show_caption_above_media: caption.layout().above_media,
            has_spoiler: false,
            reply_parameters: None,
            reply_markup: None,
        }
    }
}

#[derive(Serialize)]
struct ReplyParameters {
    message_id: MessageId,
    allow_sending_without_reply: bool,
}

impl ReplyParameters {
    fn to(message: MessageId) -> Self {
        Self { message_id: message, allow_sending_without_reply: true }
    }
}
