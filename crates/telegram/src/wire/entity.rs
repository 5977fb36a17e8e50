//! Formatting in the Bot API's own form (`MessageEntity`).

use qura_domain::ids::UserId;
use qura_domain::text::{self, EntityKind, RichText};
use serde::Serialize;

/// A run of formatted characters.
#[derive(Serialize)]
pub struct Entity<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    offset: u32,
    length: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<MentionedUser>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_emoji_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unix_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_time_format: Option<&'a str>,
}

/// A `User` of whom Telegram reads only the id; the schema wants the rest.
#[derive(Serialize)]
struct MentionedUser {
    id: UserId,
    is_bot: bool,
    first_name: &'static str,
}

impl Entity<'_> {
    pub fn all_of(text: &RichText) -> Vec<Entity<'_>> {
        text.entities().iter().map(Entity::from).collect()
    }
}

impl<'a> From<&'a text::Entity> for Entity<'a> {
    fn from(entity: &'a text::Entity) -> Self {
        let bare = Entity {
            kind: name(&entity.kind),
            offset: entity.offset,
            length: entity.length,
            url: None,
            user: None,
            language: None,
            custom_emoji_id: None,
            unix_time: None,
            date_time_format: None,
        };
        match &entity.kind {
            EntityKind::Pre { language } => Entity { language: language.as_deref(), ..bare },
            EntityKind::TextLink { url } => Entity { url: Some(url), ..bare },
            EntityKind::TextMention { user } => {
                Entity { user: Some(MentionedUser { id: *user, is_bot: false, first_name: "" }), ..bare }
            }
            EntityKind::CustomEmoji { custom_emoji_id } => {
                Entity { custom_emoji_id: Some(custom_emoji_id), ..bare }
            }
            EntityKind::DateTime { unix_time, date_time_format } => {
                Entity { unix_time: Some(*unix_time), date_time_format: date_time_format.as_deref(), ..bare }
            }
            _ => bare,
        }
    }
}

/// The name of an entity in the Bot API.
fn name(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Mention => "mention",
        EntityKind::Hashtag => "hashtag",
        EntityKind::Cashtag => "cashtag",
        EntityKind::BotCommand => "bot_command",
        EntityKind::Url => "url",
        EntityKind::Email => "email",
        EntityKind::PhoneNumber => "phone_number",
        EntityKind::Bold => "bold",
        EntityKind::Italic => "italic",
        EntityKind::Underline => "underline",
        EntityKind::Strikethrough => "strikethrough",
        EntityKind::Spoiler => "spoiler",
        EntityKind::Blockquote => "blockquote",
        EntityKind::ExpandableBlockquote => "expandable_blockquote",
        EntityKind::Code => "code",
        EntityKind::Pre { .. } => "pre",
        EntityKind::TextLink { .. } => "text_link",
        EntityKind::TextMention { .. } => "text_mention",
        EntityKind::CustomEmoji { .. } => "custom_emoji",
        EntityKind::DateTime { .. } => "date_time",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_carries_what_telegram_wants_with_it() {
        let mut text = RichText::plain("😀");
        text.push_styled(EntityKind::ExpandableBlockquote, "a")
            .push_styled(EntityKind::TextLink { url: "https://x.y/".into() }, "b")
            .push_styled(EntityKind::TextMention { user: UserId::new(7) }, "c")
            .push_styled(EntityKind::Pre { language: None }, "d")
            .push_styled(EntityKind::CustomEmoji { custom_emoji_id: "99".into() }, "e")
            .push_styled(EntityKind::DateTime { unix_time: 5, date_time_format: Some("wDT".into()) }, "f")
            .push_styled(EntityKind::DateTime { unix_time: 6, date_time_format: None }, "g");
        assert_eq!(
            serde_json::to_value(Entity::all_of(&text)).unwrap(),
            json!([
                {"type": "expandable_blockquote", "offset": 2, "length": 1},
                {"type": "text_link", "offset": 3, "length": 1, "url": "https://x.y/"},
                {"type": "text_mention", "offset": 4, "length": 1,
                 "user": {"id": 7, "is_bot": false, "first_name": ""}},
                {"type": "pre", "offset": 5, "length": 1},
                {"type": "custom_emoji", "offset": 6, "length": 1, "custom_emoji_id": "99"},
                {"type": "date_time", "offset": 7, "length": 1, "unix_time": 5, "date_time_format": "wDT"},
                {"type": "date_time", "offset": 8, "length": 1, "unix_time": 6},
            ])
        );
    }
}
