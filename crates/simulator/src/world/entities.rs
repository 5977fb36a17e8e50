//! Finds the entities that Telegram adds to a person's text by itself.

use serde_json::{Value, json};

/// Commands, mentions, hashtags and links among the words of a text.
pub fn detect(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some(kind) = kind_of(bare) {
            let length: usize = bare.chars().map(char::len_utf16).sum();
            found.push(json!({"type": kind, "offset": offset, "length": length}));
        }
        offset += word.chars().map(char::len_utf16).sum::<usize>();
    }
    found
}

fn kind_of(word: &str) -> Option<&'static str> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if let Some(command) = word.strip_prefix('/') {
        let mut parts = command.splitn(2, '@');
        let fits = parts.next().is_some_and(is_name) && parts.next().is_none_or(is_name);
        return fits.then_some("bot_command");
    }
    if let Some(name) = word.strip_prefix('@') {
        return (is_name(name) && name.len() >= 3).then_some("mention");
    }
    if let Some(tag) = word.strip_prefix('#') {
        return (!tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_'))
            .then_some("hashtag");
    }
    let is_link = ["http://", "https://", "t.me/"].iter().any(|start| word.starts_with(start));
    is_link.then_some("url")
}

/// The command at the start of a text, and the bot that it names.
pub fn command(text: &str) -> Option<(&str, Option<&str>)> {
    let word = text.split_whitespace().next()?.strip_prefix('/')?;
    Some(match word.split_once('@') {
        Some((name, bot)) => (name, Some(bot)),
        None => (word, None),
    })
}
