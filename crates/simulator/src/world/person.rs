//! A person with a Telegram account.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::World;
use crate::events::Event;
use crate::json::Put;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
    pub is_premium: bool,
}

/// Telegram's own account, in whose name channel posts are forwarded into discussion groups.
pub const TELEGRAM: i64 = 777_000;
/// The account that stands for anonymous administrators.
pub const ANONYMOUS: i64 = 1_087_968_824;
/// The account that stands for channels that write in groups.
pub const CHANNEL_WRITER: i64 = 136_817_688;

impl Person {
    pub fn name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.clone(),
        }
    }

    /// The Bot API's `User`.
    pub fn user_json(&self) -> Value {
        let mut user = json!({"id": self.id, "is_bot": false, "first_name": self.first_name});
        if let Some(last) = &self.last_name {
            user.put("last_name", last.as_str());
        }
        if let Some(username) = &self.username {
            user.put("username", username.as_str());
        }
        if let Some(language) = &self.language_code {
            user.put("language_code", language.as_str());
        }
        if self.is_premium {
            user.put("is_premium", true);
        }
        user
    }
}

impl World {
    pub fn put_person(&mut self, person: Person) {
        let id = person.id;
        if let Some(old) = self.people.get(&id).and_then(|old| old.username.clone()) {
            self.usernames.remove(&old.to_lowercase());
        }
        if let Some(username) = &person.username {
            self.usernames.insert(username.to_lowercase(), id);
        }
        self.people.insert(id, person);
        self.touch();
        self.announce(|| Event::new("person", json!({"id": id})));
    }

    /// The Bot API's `User` of a person, a bot, or one of Telegram's own accounts.
    pub fn user_json(&self, id: i64) -> Value {
        if let Some(person) = self.people.get(&id) {
            return person.user_json();
        }
        if let Some(bot) = self.bots.get(&id) {
            return bot.user_json();
        }
        match id {
            TELEGRAM => json!({"id": id, "is_bot": false, "first_name": "Telegram"}),
            ANONYMOUS => {
                json!({"id": id, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"})
            }
            CHANNEL_WRITER => {
                json!({"id": id, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot"})
            }
            _ => json!({"id": id, "is_bot": false, "first_name": ""}),
        }
    }

    pub fn user_name(&self, id: i64) -> String {
        match (self.people.get(&id), self.bots.get(&id)) {
            (Some(person), _) => person.name(),
            (_, Some(bot)) => bot.name.clone(),
            _ => String::new(),
        }
    }
}
