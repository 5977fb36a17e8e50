//! One Bot API call: who called what with which parameters and files.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::world::World;
use crate::world::place::Place;

pub struct Upload {
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    pub bytes: Vec<u8>,
}

pub struct Call {
    pub bot: i64,
    pub method: String,
    pub params: Map<String, Value>,
    pub files: HashMap<String, Upload>,
}

impl Call {
    pub fn new(bot: i64, method: &str) -> Self {
        Self { bot, method: method.into(), params: Map::new(), files: HashMap::new() }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.params.get(name)?.as_i64()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn list(&self, name: &str) -> &[Value] {
        self.params.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The conversation that a call is about, as far as it can be told without its rules.
    pub fn place(&self, world: &World) -> Option<Place> {
        if let Some(inline) = self.text("inline_message_id") {
            return world.queries.inline_messages.get(inline).map(|(place, _)| *place);
        }
        let id = match self.params.get("chat_id")? {
            Value::String(name) => *world.usernames.get(&name.strip_prefix('@')?.to_lowercase())?,
            id => id.as_i64()?,
        };
        if world.people.contains_key(&id) {
            return Some(Place::Private { bot: self.bot, person: id });
        }
        world.chats.contains_key(&id).then_some(Place::Chat(id))
    }
}
