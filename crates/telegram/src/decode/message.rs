//! Reads messages and their formatting.

use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::template::{Media, MediaKind};
use qura_domain::text::{Entity, EntityKind, Layout, LinkPreview, RichText};
use qura_ports::telegram::{ChatSummary, Malformed, Message, Origin};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::object::from_objects;
use super::shape::{self, Chat, Sender};

/// `Message`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct MessageShape {
    message_id: MessageId,
    chat: Chat,
    from: Option<Sender>,
    /// The chat in whose name it was sent; `from` is then a stand-in (Bot API, `Message.from`).
    sender_chat: Option<Present>,
    date: i64,
    text: Option<String>,
    #[serde(default, deserialize_with = "entities")]
    entities: Vec<Entity>,
    caption: Option<String>,
    #[serde(default, deserialize_with = "entities")]
    caption_entities: Vec<Entity>,
    /// The same picture in several sizes.
    #[serde(default)]
    photo: Vec<PhotoSize>,
    video: Option<File>,
    animation: Option<File>,
    #[serde(default)]
    has_media_spoiler: bool,
    #[serde(default)]
    show_caption_above_media: bool,
    link_preview_options: Option<LinkPreviewOptions>,
    /// An animation is a document, too.
    document: Option<Present>,
    audio: Option<Present>,
    voice: Option<Present>,
    video_note: Option<Present>,
    sticker: Option<Present>,
    story: Option<Present>,
    paid_media: Option<Present>,
    poll: Option<Present>,
    checklist: Option<Present>,
    contact: Option<Present>,
    location: Option<Present>,
    dice: Option<Present>,
    game: Option<Present>,
    media_group_id: Option<String>,
    reply_to_message: Option<ReplyTo>,
    forward_origin: Option<ForwardOrigin>,
    chat_shared: Option<ChatShared>,
    migrate_to_chat_id: Option<ChatId>,
}

/// Anything at all.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Present {}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct ReplyTo {
    message_id: MessageId,
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct PhotoSize {
    file_id: String,
    width: i64,
    height: i64,
}

/// `Video` or `Animation`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct File {
    file_id: String,
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct LinkPreviewOptions {
    #[serde(default)]
    is_disabled: bool,
    url: Option<String>,
    #[serde(default)]
    prefer_small_media: bool,
    #[serde(default)]
    prefer_large_media: bool,
    #[serde(default)]
    show_above_text: bool,
}

/// `MessageOrigin`, of which only the channel's form has both.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct ForwardOrigin {
    #[serde(rename = "type")]
    kind: String,
    chat: Option<Chat>,
    message_id: Option<MessageId>,
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct ChatShared {
    request_id: i32,
    chat_id: ChatId,
}

/// A message of which only the place matters (`MaybeInaccessibleMessage`).
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub struct Place {
    chat: Chat,
    message_id: MessageId,
}

from_objects!(
    MessageShape,
    Present,
    PhotoSize,
    File,
    LinkPreviewOptions,
    ReplyTo,
    ForwardOrigin,
    ChatShared,
    Place,
    EntityShape,
    MentionedUser
);

impl From<Place> for (ChatSummary, MessageId) {
    fn from(Place { chat, message_id }: Place) -> Self {
        (chat.summary(), message_id)
    }
}

impl From<LinkPreviewOptions> for LinkPreview {
    fn from(options: LinkPreviewOptions) -> Self {
        Self {
            is_disabled: options.is_disabled,
            url: options.url,
            prefer_small_media: options.prefer_small_media,
            prefer_large_media: options.prefer_large_media,
            show_above_text: options.show_above_text,
        }
    }
}

impl From<ForwardOrigin> for Origin {
    fn from(origin: ForwardOrigin) -> Self {
        match origin {
            ForwardOrigin { kind, chat: Some(chat), message_id: Some(message) } if kind == "channel" => {
                Self::Channel { chat: chat.summary(), message }
            }
            _ => Self::Elsewhere,
        }
    }
}

impl MessageShape {
    fn has_other_content(&self) -> bool {
        let others = [
            &self.audio,
            &self.voice,
            &self.video_note,
            &self.sticker,
            &self.story,
            &self.paid_media,
            &self.poll,
            &self.checklist,
            &self.contact,
            &self.location,
            &self.dice,
            &self.game,
        ];
        others.into_iter().any(Option::is_some) || (self.document.is_some() && self.animation.is_none())
    }
}

/// Reads a message of any chat.
pub fn read(body: &str) -> Result<Message, Malformed> {
    let message: MessageShape = shape::read(body)?;
    let has_other_content = message.has_other_content();
    let text = match (message.text, message.caption) {
        (Some(text), _) => rich(text, message.entities),
        (None, Some(caption)) => rich(caption, message.caption_entities),
        (None, None) => RichText::new(),
    };
    let text = text.laid_out(Layout {
        link_preview: message.link_preview_options.map(Into::into),
        above_media: message.show_caption_above_media,
    });
    let media = media(message.photo, message.video, message.animation)
        .map(|media| Media { has_spoiler: message.has_media_spoiler, ..media });
    let in_a_chats_name = message.sender_chat.is_some();
    Ok(Message {
        id: message.message_id,
        chat: message.chat.summary(),
        from: message.from.filter(|_| !in_a_chats_name).map(Into::into),
        date: shape::date(message.date),
        text,
        media,
        has_other_content,
        album: message.media_group_id,
        reply_to: message.reply_to_message.map(|reply| reply.message_id),
        origin: message.forward_origin.map(Into::into),
        chat_shared: message.chat_shared.map(|shared| (shared.request_id, shared.chat_id)),
        migrated_to: message.migrate_to_chat_id,
    })
}

fn media(photo: Vec<PhotoSize>, video: Option<File>, animation: Option<File>) -> Option<Media> {
    let largest = photo.into_iter().max_by_key(|size| size.width.saturating_mul(size.height));
    let photo = largest.map(|size| Media::new(MediaKind::Photo, size.file_id));
    let of = |kind| move |file: File| Media::new(kind, file.file_id);
    photo.or(video.map(of(MediaKind::Video))).or(animation.map(of(MediaKind::Animation)))
}

/// Drops the entities that point beyond the text or into a letter: sent back, they would be refused.
fn rich(text: String, mut entities: Vec<Entity>) -> RichText {
    let end = RichText::plain(text.as_str()).utf16_len();
    let middles = if entities.is_empty() { Vec::new() } else { middles(&text) };
    let is_within_a_letter = |at: u32| middles.binary_search(&at).is_ok();
    entities.retain(|entity| {
        let last = entity.offset.checked_add(entity.length);
        entity.length > 0
            && last.is_some_and(|last| last <= end && !is_within_a_letter(last))
            && !is_within_a_letter(entity.offset)
    });
    RichText::from_parts(text, entities)
}

/// Where the second halves of letters are that take two UTF-16 units, in order.
fn middles(text: &str) -> Vec<u32> {
    let units = text.chars().scan(0, |at: &mut u32, letter| {
        *at += letter.len_utf16() as u32;
        Some((*at - 1, letter.len_utf16() == 2))
    });
    units.filter(|(_, is_pair)| *is_pair).map(|(at, _)| at).collect()
}

/// Reads a list of entities and drops those that are not understood, be it for their kind or form.
fn entities<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entity>, D::Error> {
    let raw = Vec::<&RawValue>::deserialize(deserializer)?;
    let entity = |raw: &&RawValue| serde_json::from_str::<EntityShape>(raw.get()).ok()?.understood();
    Ok(raw.iter().filter_map(entity).collect())
}

/// `MessageEntity`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct EntityShape {
    #[serde(rename = "type")]
    kind: String,
    offset: u32,
    length: u32,
    url: Option<String>,
    user: Option<MentionedUser>,
    language: Option<String>,
    custom_emoji_id: Option<String>,
    unix_time: Option<i64>,
    date_time_format: Option<String>,
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct MentionedUser {
    id: UserId,
}

impl EntityShape {
    fn understood(self) -> Option<Entity> {
        let kind = match self.kind.as_str() {
            "mention" => EntityKind::Mention,
            "hashtag" => EntityKind::Hashtag,
            "cashtag" => EntityKind::Cashtag,
            "bot_command" => EntityKind::BotCommand,
            "url" => EntityKind::Url,
            "email" => EntityKind::Email,
            "phone_number" => EntityKind::PhoneNumber,
            "bold" => EntityKind::Bold,
            "italic" => EntityKind::Italic,
            "underline" => EntityKind::Underline,
            "strikethrough" => EntityKind::Strikethrough,
            "spoiler" => EntityKind::Spoiler,
            "blockquote" => EntityKind::Blockquote,
            "expandable_blockquote" => EntityKind::ExpandableBlockquote,
            "code" => EntityKind::Code,
            "pre" => EntityKind::Pre { language: self.language },
            "text_link" => EntityKind::TextLink { url: self.url? },
            "text_mention" => EntityKind::TextMention { user: self.user?.id },
            "custom_emoji" => EntityKind::CustomEmoji { custom_emoji_id: self.custom_emoji_id? },
            "date_time" => {
                EntityKind::DateTime { unix_time: self.unix_time?, date_time_format: self.date_time_format }
            }
            _ => return None,
        };
        Some(Entity { kind, offset: self.offset, length: self.length })
    }
}
