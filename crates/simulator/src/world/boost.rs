//! Boosts of a channel or group by its people.

use serde_json::{Value, json};

use super::World;
use super::updates::Kind;

pub struct Boost {
    pub id: String,
    pub user: i64,
    pub added: i64,
    pub expires: i64,
}

impl World {
    pub fn boost_json(&self, boost: &Boost) -> Value {
        json!({
            "boost_id": boost.id,
            "add_date": boost.added,
            "expiration_date": boost.expires,
            "source": {"source": "premium", "user": self.user_json(boost.user)},
        })
    }

    pub fn add_boost(&mut self, chat_id: i64, user: i64, days: i64) -> Option<String> {
        let id = format!("boost{}", self.touch());
        let now = self.clock.now();
        let boost = Boost { id: id.clone(), user, added: now, expires: now + days * 86_400 };
        let body = json!({"chat": self.chat_json(chat_id), "boost": self.boost_json(&boost)});
        self.chats.get_mut(&chat_id)?.boosts.push(boost);
        self.deliver_to_administrators(chat_id, Kind::ChatBoost, user, &body);
        Some(id)
    }

    pub fn remove_boost(&mut self, chat_id: i64, boost_id: &str) -> bool {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return false };
        let Some(index) = chat.boosts.iter().position(|boost| boost.id == boost_id) else { return false };
        let boost = chat.boosts.remove(index);
        let body = json!({
            "chat": self.chat_json(chat_id),
            "boost_id": boost.id,
            "remove_date": self.clock.now(),
            "source": {"source": "premium", "user": self.user_json(boost.user)},
        });
        self.deliver_to_administrators(chat_id, Kind::RemovedChatBoost, boost.user, &body);
        self.touch();
        true
    }

    fn deliver_to_administrators(&mut self, chat_id: i64, kind: Kind, key: i64, body: &Value) {
        let bots: Vec<i64> =
            self.bots.keys().copied().filter(|bot| self.status(chat_id, *bot).is_administrator()).collect();
        for bot in bots {
            self.deliver(bot, kind, key, body);
        }
    }
}
