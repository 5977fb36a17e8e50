//! A person as Telegram introduces them.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// What an update tells of its sender. Names are the person's own words: never trusted, always isolated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub first_name: String,
    pub last_name: Option<String>,
    /// Without its `@`.
    pub username: Option<String>,
    /// IETF tag of the person's Telegram, e.g. `ar` or `en-GB`.
    pub language_code: Option<String>,
    pub is_premium: bool,
    pub is_bot: bool,
}

impl Person {
    /// First and last name; a deleted or nameless account has neither.
    pub fn full_name(&self) -> String {
        match self.last_name.as_deref() {
            Some(last) if !last.is_empty() => format!("{} {last}", self.first_name),
            _ => self.first_name.clone(),
        }
    }
}
