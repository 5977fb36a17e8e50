//! Chats and what the bot may do in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ChatId;

/// Telegram's four kinds of chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Private,
    /// A basic group; it must become a supergroup before Qura can work in it.
    Group,
    Supergroup,
    Channel,
}

/// How a chat is named by those who speak of it: by number, or by its public name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChatRef {
    Id(ChatId),
    /// With its `@`.
    Username(String),
}

impl From<ChatId> for ChatRef {
    fn from(id: ChatId) -> Self {
        Self::Id(id)
    }
}

impl fmt::Display for ChatRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Username(name) => name.fmt(f),
        }
    }
}

impl ChatRef {
    /// Reads what a person typed: `@name`, `t.me/name`, `https://t.me/name/12`, or `-100…`.
    ///
    /// A private invite link (`t.me/+…`, `t.me/joinchat/…`) cannot be resolved by a bot.
    pub fn parse(typed: &str) -> Result<Self, ChatRefError> {
        let typed = typed.trim();
        if let Ok(id) = crate::number::latin_digits(typed).parse::<i64>() {
            return if id < 0 { Ok(Self::Id(ChatId::new(id))) } else { Err(ChatRefError::NotAChat) };
        }
        let link = typed.trim_start_matches("https://").trim_start_matches("http://");
        let hosts = ["t.me/", "telegram.me/", "telegram.dog/"];
        let name = match hosts.iter().find_map(|host| link.strip_prefix(host)) {
            Some(path) if path.starts_with('+') || path.starts_with("joinchat/") => {
                return Err(ChatRefError::PrivateLink);
            }
            Some(path) => path.split(['/', '?']).next().unwrap_or_default(),
            None => link.strip_prefix('@').ok_or(ChatRefError::NotAChat)?,
        };
        if is_username(name) { Ok(Self::Username(format!("@{name}"))) } else { Err(ChatRefError::NotAChat) }
    }
}

/// Telegram's rule for public names: 4–32 of letters, digits and `_`, beginning with a letter.
fn is_username(name: &str) -> bool {
    (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Why a typed text names no chat that the bot can look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatRefError {
    #[error("a private invite link cannot be resolved by a bot")]
    PrivateLink,
    #[error("neither a public link, nor an @username, nor a chat id")]
    NotAChat,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_paste() {
        let name = Ok(ChatRef::Username("@qura_news".into()));
        for typed in
            ["@qura_news", " t.me/qura_news ", "https://t.me/qura_news/15", "http://t.me/qura_news?x"]
        {
            assert_eq!(ChatRef::parse(typed), name, "{typed}");
        }
        assert_eq!(ChatRef::parse("-1001234"), Ok(ChatRef::Id(ChatId::new(-1_001_234))));
        assert_eq!(ChatRef::parse("-١٠٠١٢٣٤"), Ok(ChatRef::Id(ChatId::new(-1_001_234))));
    }

    #[test]
    fn refuses_what_names_no_chat() {
        for typed in
            ["", "قناتي", "qura_news", "@1abc", "@a", "12345", "https://example.com/qura_news", "@a-b-c"]
        {
            assert_eq!(ChatRef::parse(typed), Err(ChatRefError::NotAChat), "{typed}");
        }
        for typed in ["https://t.me/+AbCdEf", "t.me/joinchat/AbCdEf"] {
            assert_eq!(ChatRef::parse(typed), Err(ChatRefError::PrivateLink), "{typed}");
        }
    }
}
