//! Answers to inline queries in the Bot API's own form.

use std::time::Duration;

use qura_domain::template::{Media, MediaKind};
use qura_domain::text::RichText;
use qura_ports::telegram::{self, InlineContent};
use serde::Serialize;

use super::{Entity, InlineKeyboard, LinkPreviewOptions};

#[derive(Serialize)]
pub struct AnswerInlineQuery<'a> {
    inline_query_id: &'a str,
    results: Vec<InlineResult<'a>>,
    /// Seconds.
    cache_time: u64,
    is_personal: bool,
    next_offset: &'a str,
}

impl<'a> AnswerInlineQuery<'a> {
    pub fn new(
        id: &'a str,
        results: &'a [telegram::InlineResult],
        cache: Duration,
        personal: bool,
        next_offset: &'a str,
    ) -> Self {
        Self {
            inline_query_id: id,
            results: results.iter().map(InlineResult::of).collect(),
            cache_time: cache.as_secs(),
            is_personal: personal,
            next_offset,
        }
    }
}

#[derive(Serialize)]
struct InlineResult<'a> {
    #[serde(flatten)]
    content: Content<'a>,
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboard<'a>>,
}

/// `InlineQueryResultArticle`, `InlineQueryResultCachedPhoto` and the like.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content<'a> {
    Article {
        #[serde(skip_serializing_if = "str::is_empty")]
        description: &'a str,
        input_message_content: TextContent<'a>,
    },
    Photo {
        #[serde(skip_serializing_if = "str::is_empty")]
        description: &'a str,
        photo_file_id: &'a str,
        #[serde(flatten)]
        caption: Caption<'a>,
    },
    Video {
        #[serde(skip_serializing_if = "str::is_empty")]
        description: &'a str,
        video_file_id: &'a str,
        #[serde(flatten)]
        caption: Caption<'a>,
    },
    #[serde(rename = "mpeg4_gif")]
    Animation {
        mpeg4_file_id: &'a str,
        #[serde(flatten)]
        caption: Caption<'a>,
    },
}

#[derive(Serialize)]
struct TextContent<'a> {
    message_text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_preview_options: Option<LinkPreviewOptions<'a>>,
}

/// A result of known media cannot be covered: no result has a `has_spoiler`.
#[derive(Serialize)]
struct Caption<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caption_entities: Vec<Entity<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    show_caption_above_media: bool,
}

impl<'a> InlineResult<'a> {
    fn of(result: &'a telegram::InlineResult) -> Self {
        let description = result.description.as_str();
        let content = match &result.content {
            InlineContent::Text(text) => Content::Article {
                description,
                input_message_content: TextContent {
                    message_text: text.text(),
                    entities: Entity::all_of(text),
                    link_preview_options: LinkPreviewOptions::of(text),
                },
            },
            InlineContent::Media(media, text) => Content::of_media(description, media, text),
        };
        Self {
            content,
            id: &result.id,
            title: &result.title,
            reply_markup: InlineKeyboard::of(&result.keyboard),
        }
    }
}

impl<'a> Content<'a> {
    fn of_media(description: &'a str, media: &'a Media, text: &'a RichText) -> Self {
        let caption = Caption {
            caption: text.text(),
            caption_entities: Entity::all_of(text),
            show_caption_above_media: text.layout().above_media,
        };
        let file_id = media.file_id.as_str();
        match media.kind {
            MediaKind::Photo => Self::Photo { description, photo_file_id: file_id, caption },
            MediaKind::Video => Self::Video { description, video_file_id: file_id, caption },
            MediaKind::Animation => Self::Animation { mpeg4_file_id: file_id, caption },
        }
    }
}
