//! The small objects of the Bot API that many others contain.

use qura_domain::chat::ChatKind;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_ports::telegram::{ChatInfo, ChatSummary, Malformed};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::object::from_objects;
use crate::complaint::complaint;

/// Reads an object. What its text says beyond the shape's fields is ignored.
pub fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Malformed> {
    serde_json::from_str(body).map_err(|error| Malformed(complaint(&error)))
}

/// Whole seconds since 1970, which is how the Bot API tells time.
pub fn date(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

/// `User`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub struct Sender {
    #[serde(deserialize_with = "user_id")]
    pub id: UserId,
    is_bot: bool,
    first_name: String,
    last_name: Option<String>,
    username: Option<String>,
    language_code: Option<String>,
    /// Present only when true.
    #[serde(default)]
    is_premium: bool,
}

from_objects!(Sender, Chat);

/// The number of a person. A negative one would be a group's, which must not read what is for one person.
fn user_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
    let id = i64::deserialize(deserializer)?;
    if id > 0 { Ok(UserId::new(id)) } else { Err(D::Error::custom("a person without a person's id")) }
}

impl From<Sender> for Person {
    fn from(user: Sender) -> Self {
        Self {
            id: user.id,
            first_name: user.first_name,
            last_name: user.last_name,
            username: user.username,
            language_code: user.language_code,
            is_premium: user.is_premium,
            is_bot: user.is_bot,
        }
    }
}

/// `Chat`, and the part of `ChatFullInfo` that Qura uses.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub struct Chat {
    id: ChatId,
    #[serde(rename = "type")]
    kind: Kind,
    title: Option<String>,
    username: Option<String>,
    invite_link: Option<String>,
    linked_chat_id: Option<ChatId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Private,
    Group,
    Supergroup,
    Channel,
}

impl From<Kind> for ChatKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Private => Self::Private,
            Kind::Group => Self::Group,
            Kind::Supergroup => Self::Supergroup,
            Kind::Channel => Self::Channel,
        }
    }
}

impl Chat {
    pub fn summary(self) -> ChatSummary {
        ChatSummary { id: self.id, kind: self.kind.into(), title: self.title, username: self.username }
    }

    pub fn info(self) -> ChatInfo {
        ChatInfo {
            id: self.id,
            kind: self.kind.into(),
            title: self.title,
            username: self.username,
            invite_link: self.invite_link,
            linked: self.linked_chat_id,
        }
    }
}
