//! One conversation: its messages, and in a private chat how the person and the bot stand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::World;
use super::message::Message;
use super::place::Place;

#[derive(Default)]
pub struct Talk {
    /// Boxed, for most talks of a crowd hold one or two, and a node has room for eleven.
    pub messages: BTreeMap<i64, Box<Message>>,
    pub pinned: Vec<i64>,
    /// The reply keyboard that the person sees (private chats) or the last one (groups).
    pub reply_keyboard: Option<ReplyKeyboard>,
    /// The message that asks for a reply, with its placeholder.
    pub force_reply: Option<(i64, Option<String>)>,
    last_id: i64,
    /// When a person last did something here.
    pub last_act_ms: Option<i64>,
    pub started: bool,
    pub blocked: bool,
    /// Until when the bot may write because of a join request.
    pub open_until: i64,
}

pub struct ReplyKeyboard {
    pub message: i64,
    /// The `ReplyKeyboardMarkup` as it was sent.
    pub markup: Value,
}

impl ReplyKeyboard {
    pub fn buttons(&self) -> impl Iterator<Item = &Value> {
        let rows = self.markup.get("keyboard").and_then(Value::as_array);
        rows.into_iter().flatten().filter_map(Value::as_array).flatten()
    }
}

impl World {
    pub fn talk_mut(&mut self, place: Place) -> &mut Talk {
        self.talks.entry(place).or_default()
    }

    pub fn next_message_id(&mut self, place: Place) -> i64 {
        if let Some(bot) = place.bot().and_then(|bot| self.bots.get_mut(&bot)) {
            return bot.next_message_id();
        }
        let talk = self.talk_mut(place);
        talk.last_id += 1;
        talk.last_id
    }

    /// A person did something here: what the bot sends now is an answer.
    pub fn note_act(&mut self, place: Place) {
        let now = self.clock.now_ms();
        self.talk_mut(place).last_act_ms = Some(now);
    }

    /// Puts a message into its conversation, forgetting the oldest where histories are bounded.
    pub fn store(&mut self, message: Message) {
        let bound = self.config.history;
        let talk = self.talk_mut(message.place);
        talk.messages.insert(message.id, Box::new(message));
        while bound.is_some_and(|bound| talk.messages.len() > bound) {
            talk.messages.pop_first();
        }
    }
}
