//! Formatted text as Telegram keeps it: characters, and entities that point into them.
//!
//! Qura never sends markup for Telegram to parse: what a person typed can therefore not turn into
//! formatting, whatever it contains. Offsets count UTF-16 code units (Bot API, `MessageEntity`).

use serde::{Deserialize, Serialize};

/// Text with its formatting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RichText {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Layout::is_usual")]
    layout: Layout,
}

/// How a message shows its text, where it is not as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// What its writer wants of the preview of a link in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<LinkPreview>,
    /// A caption that stands above its media.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub above_media: bool,
}

/// `LinkPreviewOptions` of the Bot API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkPreview {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_disabled: bool,
    /// The link that is shown; `None` for the first of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prefer_small_media: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prefer_large_media: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub show_above_text: bool,
}

/// A run of formatted characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    #[serde(flatten)]
    pub kind: EntityKind,
    /// UTF-16 code units from the beginning of the text.
    pub offset: u32,
    /// UTF-16 code units.
    pub length: u32,
}

/// What an entity does, with what it needs for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EntityKind {
    Mention,
    Hashtag,
    Cashtag,
    BotCommand,
    Url,
    Email,
    PhoneNumber,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    ExpandableBlockquote,
    Code,
    Pre {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
    },
    TextLink {
        url: String,
    },
    TextMention {
        user: crate::ids::UserId,
    },
    CustomEmoji {
        custom_emoji_id: String,
    },
    /// A moment, which everybody reads in their own zone.
    DateTime {
        /// Seconds since 1970.
        unix_time: i64,
        /// `r|w?[dD]?[tT]?`; without one the text stands as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date_time_format: Option<String>,
    },
}

impl Layout {
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl RichText {
    pub fn new() -> Self {
        Self::default()
    }

    /// Text and entities as they came from Telegram.
    pub fn from_parts(text: String, entities: Vec<Entity>) -> Self {
        Self { text, entities, layout: Layout::default() }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::from_parts(text.into(), Vec::new())
    }

    /// The same text, shown so.
    pub fn laid_out(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub fn into_parts(self) -> (String, Vec<Entity>) {
        (self.text, self.entities)
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Length in Unicode code points, which is what Telegram's limits count (4,096 in a message,
    /// 1,024 in a caption, 200 in an alert).
    pub fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Length in UTF-16 code units, which is what entity offsets count.
    pub fn utf16_len(&self) -> u32 {
        utf16_len(&self.text)
    }

    pub fn push_str(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds text that is formatted as `kind`. Empty text adds nothing, as Telegram refuses empty entities.
    pub fn push_styled(&mut self, kind: EntityKind, text: &str) -> &mut Self {
        let (offset, length) = (self.utf16_len(), utf16_len(text));
        if length > 0 {
            self.text.push_str(text);
            self.entities.push(Entity { kind, offset, length });
        }
        self
    }

    /// Adds another text behind this one; its entities move along. The layout stays this one's.
    pub fn append(&mut self, other: RichText) -> &mut Self {
        let shift = self.utf16_len();
        self.text.push_str(&other.text);
        self.entities.extend(other.entities.into_iter().map(|e| Entity { offset: e.offset + shift, ..e }));
        self
    }
}

impl From<&str> for RichText {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for RichText {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

fn utf16_len(text: &str) -> u32 {
    // A message has at most 32,768 bytes, so this cannot overflow for what Telegram accepts.
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units_and_move_when_appended() {
        let mut tail = RichText::new();
        tail.push_str("🎉").push_styled(EntityKind::Bold, "قُرعة");
        let mut text = RichText::plain("😀 ");
        text.append(tail);
        assert_eq!(text.text(), "😀 🎉قُرعة");
        assert_eq!(text.entities(), [Entity { kind: EntityKind::Bold, offset: 5, length: 5 }]);
        assert_eq!((text.chars(), text.utf16_len()), (8, 10));
    }

    #[test]
    fn an_empty_run_is_no_entity() {
        let mut text = RichText::plain("a");
        text.push_styled(EntityKind::Code, "");
        assert!(text.entities().is_empty());
    }

    #[test]
    fn entities_are_stored_in_telegrams_own_form() {
        let entity =
            Entity { kind: EntityKind::TextLink { url: "https://x.y".into() }, offset: 1, length: 2 };
        let json = serde_json::to_value(&entity).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"type": "text_link", "url": "https://x.y", "offset": 1, "length": 2})
        );
        assert_eq!(serde_json::from_value::<Entity>(json).unwrap(), entity);
    }
}
