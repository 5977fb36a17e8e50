//! «كليشة»: the organizer's text with its formatting and media, kept so that it comes out as it went in.

use serde::{Deserialize, Serialize};

use crate::text::{Entity, EntityKind, RichText};

/// What an organizer wants to be posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The text, or the caption where there is media.
    text: RichText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media: Option<Media>,
}

/// A file that Telegram already has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub kind: MediaKind,
    /// Good for this bot only.
    pub file_id: String,
    /// Covered until somebody taps on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_spoiler: bool,
}

impl Media {
    pub fn new(kind: MediaKind, file_id: impl Into<String>) -> Self {
        Self { kind, file_id: file_id.into(), has_spoiler: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Photo,
    Video,
    Animation,
}

/// Why something can be no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("there is neither text nor media")]
    Empty,
    /// In Unicode code points, which is what Telegram counts.
    #[error("{length} characters are more than {limit}")]
    TooLong { length: usize, limit: usize },
    #[error("the formatting reaches past the text, or halves a letter")]
    BrokenFormatting,
}

impl Template {
    /// Unicode code points of a message (Bot API, `sendMessage`).
    pub const TEXT_LIMIT: usize = 4096;
    /// Unicode code points of a caption (Bot API, `sendPhoto`).
    pub const CAPTION_LIMIT: usize = 1024;

    /// Takes what Telegram would take again. Blank text without media is none.
    pub fn new(text: RichText, media: Option<Media>) -> Result<Self, TemplateError> {
        let template = Self { text, media };
        if template.media.is_none() && template.text.text().trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        let (length, limit) = (template.text.chars(), template.limit());
        if length > limit {
            return Err(TemplateError::TooLong { length, limit });
        }
        let marks = letter_boundaries(template.text.text());
        let is_whole = |entity: &Entity| {
            let end = entity.offset.checked_add(entity.length);
            let known = |offset: u32| marks.binary_search(&offset).is_ok();
            entity.length > 0 && known(entity.offset) && end.is_some_and(known)
        };
        if template.text.entities().iter().all(is_whole) {
            Ok(template)
        } else {
            Err(TemplateError::BrokenFormatting)
        }
    }

    /// What a draft has until its organizer sends something. Nothing can be published with it.
    pub fn blank() -> Self {
        Self { text: RichText::new(), media: None }
    }

    pub fn is_blank(&self) -> bool {
        self.media.is_none() && self.text.text().trim().is_empty()
    }

    pub fn text(&self) -> &RichText {
        &self.text
    }

    /// Whether it has emoji that only some bots may send to a channel (Bot API, `MessageEntity`).
    pub fn has_custom_emoji(&self) -> bool {
        self.text.entities().iter().any(|entity| matches!(entity.kind, EntityKind::CustomEmoji { .. }))
    }

    pub fn media(&self) -> Option<&Media> {
        self.media.as_ref()
    }

    /// How many code points its text may have.
    pub fn limit(&self) -> usize {
        if self.media.is_some() { Self::CAPTION_LIMIT } else { Self::TEXT_LIMIT }
    }

    /// How many code points still fit under the text.
    pub fn room(&self) -> usize {
        self.limit().saturating_sub(self.text.chars())
    }

    /// The beginning, for lists: at most `most` code points, whose formatting ends where they end.
    pub fn excerpt(&self, most: usize) -> RichText {
        cut(&self.text, most)
    }
}

/// The first `most` code points of a text. Never half a letter: neither of a code point that has two
/// UTF-16 units, nor of an entity.
pub fn cut(text: &RichText, most: usize) -> RichText {
    let kept: String = text.text().chars().take(most).collect();
    let end = RichText::plain(kept.as_str()).utf16_len();
    let clip = |entity: &Entity| {
        let length = entity.length.min(end.checked_sub(entity.offset)?);
        (length > 0).then(|| Entity { length, ..entity.clone() })
    };
    RichText::from_parts(kept, text.entities().iter().filter_map(clip).collect())
}

/// The UTF-16 offsets at which a letter begins, and the end of the text; rising.
fn letter_boundaries(text: &str) -> Vec<u32> {
    let mut at = 0;
    let mut marks = vec![0];
    marks.extend(text.chars().map(|c| {
        // One or two.
        at += c.len_utf16() as u32;
        at
    }));
    marks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Layout, LinkPreview};

    fn photo() -> Option<Media> {
        Some(Media::new(MediaKind::Photo, "AgAD"))
    }

    fn bold(text: &str, offset: u32, length: u32) -> RichText {
        RichText::from_parts(text.into(), vec![Entity { kind: EntityKind::Bold, offset, length }])
    }

    #[test]
    fn code_points_are_counted_and_not_bytes_or_units() {
        let full = "🎁".repeat(4096);
        assert_eq!(Template::new(full.as_str().into(), None).unwrap().room(), 0);
        let long = format!("{full}ق");
        assert_eq!(
            Template::new(long.into(), None),
            Err(TemplateError::TooLong { length: 4097, limit: 4096 })
        );
        let caption = "ق".repeat(1024);
        assert_eq!(Template::new(caption.as_str().into(), photo()).unwrap().room(), 0);
        assert_eq!(
            Template::new(format!("{caption}ق").into(), photo()),
            Err(TemplateError::TooLong { length: 1025, limit: 1024 })
        );
        assert_eq!(Template::new(caption.into(), None).unwrap().room(), 3072);
    }

    #[test]
    fn nothing_is_no_template_but_a_picture_alone_is() {
        for nothing in ["", " \n\u{a0}"] {
            assert_eq!(Template::new(nothing.into(), None), Err(TemplateError::Empty));
        }
        assert!(Template::blank().is_blank());
        assert!(!Template::new("a".into(), None).unwrap().is_blank());
        assert!(!Template::new(RichText::new(), photo()).unwrap().is_blank());
        assert_eq!(Template::new(RichText::new(), photo()).unwrap().limit(), 1024);
    }

    #[test]
    fn formatting_that_halves_a_letter_or_leaves_the_text_is_refused() {
        for (offset, length) in [(0, 2), (2, 1), (0, 5), (3, 2), (0, 0), (u32::MAX, 2)] {
            let taken = Template::new(bold("a🎁b", offset, length), None);
            assert_eq!(taken, Err(TemplateError::BrokenFormatting), "{offset} {length}");
        }
        for (offset, length) in [(0, 1), (1, 2), (0, 4), (3, 1)] {
            assert!(Template::new(bold("a🎁b", offset, length), None).is_ok(), "{offset} {length}");
        }
    }

    #[test]
    fn a_stored_template_comes_out_identical() {
        let mut text = RichText::plain("سحب على 🎁");
        text.push_styled(EntityKind::TextLink { url: "https://t.me/c".into() }, "هنا");
        text.push_styled(EntityKind::CustomEmoji { custom_emoji_id: "5368".into() }, "🎉");
        let date_time =
            EntityKind::DateTime { unix_time: 1_790_000_000, date_time_format: Some("wDT".into()) };
        text.push_styled(date_time, "الليلة");
        let link_preview = Some(LinkPreview { show_above_text: true, ..LinkPreview::default() });
        let text = text.laid_out(Layout { link_preview, above_media: true });
        let media = Media { has_spoiler: true, ..Media::new(MediaKind::Photo, "AgAD") };
        let template = Template::new(text, Some(media)).unwrap();
        assert!(template.has_custom_emoji());
        assert!(!Template::new(bold("a", 0, 1), None).unwrap().has_custom_emoji());
        let stored = serde_json::to_string(&template).unwrap();
        assert_eq!(serde_json::from_str::<Template>(&stored).unwrap(), template);
    }

    #[test]
    fn a_template_of_an_older_program_is_still_one() {
        let stored = r#"{"text":{"text":"سحب"},"media":{"kind":"photo","file_id":"AgAD"}}"#;
        let template = Template::new("سحب".into(), photo()).unwrap();
        assert_eq!(serde_json::from_str::<Template>(stored).unwrap(), template);
        assert_eq!(serde_json::to_string(&template).unwrap(), stored, "what is usual takes no room");
    }

    #[test]
    fn an_excerpt_ends_with_a_whole_letter_and_its_formatting_with_it() {
        assert_eq!(cut(&bold("a🎁b", 1, 3), 2), bold("a🎁", 1, 2));
        assert_eq!(cut(&bold("a🎁b", 1, 3), 1), RichText::plain("a"));
        assert_eq!(cut(&bold("a🎁b", 1, 3), 9), bold("a🎁b", 1, 3));
    }

    proptest! {
        #[test]
        fn whatever_is_cut_is_still_a_template(
            text in "[a🎁ق]{1,30}", from in 0usize..30, letters in 0usize..30, most in 1usize..31
        ) {
            let marks = letter_boundaries(&text);
            let count = marks.len() - 1;
            let from = from % count;
            let to = from + 1 + letters % (count - from);
            let whole = bold(&text, marks[from], marks[to] - marks[from]);
            prop_assert!(Template::new(whole.clone(), None).is_ok());
            let excerpt = cut(&whole, most);
            prop_assert_eq!(excerpt.chars(), text.chars().count().min(most));
            prop_assert!(Template::new(excerpt, None).is_ok());
        }
    }
}
