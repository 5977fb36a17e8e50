//! A bot: its account, its settings and the updates that wait for it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::World;
use super::updates::UpdateQueue;
use crate::events::Event;

pub struct Bot {
    pub id: i64,
    pub token: String,
    pub username: String,
    pub name: String,
    pub inline: bool,
    pub inline_feedback: bool,
    pub privacy: bool,
    pub updates: UpdateQueue,
    /// By scope and language, as setMyCommands was called.
    pub commands: HashMap<String, Value>,
    /// Empty while there is none.
    pub webhook: String,
    /// Names, descriptions and the like, as they were set.
    pub profile: HashMap<String, String>,
    /// Message ids of private chats are counted per bot.
    next_message: i64,
}

impl Bot {
    pub fn new(token: &str, username: &str, name: &str, first_update: i64) -> Self {
        let id = token.split(':').next().and_then(|digits| digits.parse().ok()).unwrap_or_default();
        Self {
            id,
            token: token.into(),
            username: username.into(),
            name: name.into(),
            inline: true,
            inline_feedback: true,
            privacy: true,
            updates: UpdateQueue::new(first_update),
            commands: HashMap::new(),
            webhook: String::new(),
            profile: HashMap::new(),
            next_message: 1,
        }
    }

    /// The same account with everything else as on the first day. A poller that waits goes on waiting.
    pub fn renewed(self, first_update: i64) -> Self {
        let updates = self.updates.emptied(first_update);
        Self {
            updates,
            commands: HashMap::new(),
            webhook: String::new(),
            profile: HashMap::new(),
            next_message: 1,
            ..self
        }
    }

    pub fn next_message_id(&mut self) -> i64 {
        self.next_message += 1;
        self.next_message - 1
    }

    /// The Bot API's `User`, as others see the bot.
    pub fn user_json(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": self.name, "username": self.username})
    }
}

impl World {
    pub fn add_bot(&mut self, bot: Bot) {
        let id = bot.id;
        self.tokens.insert(bot.token.clone(), id);
        self.usernames.insert(bot.username.to_lowercase(), id);
        self.bots.insert(id, bot);
        self.touch();
        self.announce(|| Event::new("bot", json!({"id": id})));
    }
}
