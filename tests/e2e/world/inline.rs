//! Inline mode: a person types the bot's name in some chat, and chooses a result.

use serde_json::{Value, json};

use super::channel::Channel;
use super::person::Person;

/// What the bot offered.
#[derive(Clone, Debug)]
pub struct Offer {
    query: Value,
    pub results: Vec<Value>,
}

impl Offer {
    /// The ids of the results, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.results.iter().map(|result| result["id"].as_str().unwrap()).collect()
    }
}

impl Person {
    /// Types `@bot` and these words; the bot must answer.
    pub async fn asks_inline(&self, words: &str) -> Offer {
        let asked = self.acts("inline", json!({"query": words, "wait_ms": 20_000})).await;
        let Some(results) = asked["results"].as_array() else {
            panic!("«{words}» was never answered to {}", self.name())
        };
        Offer { query: asked["inline_query_id"].clone(), results: results.clone() }
    }

    /// Puts a result into a chat; the number of the message.
    pub async fn chooses(&self, offer: &Offer, id: &str, chat: &Channel) -> i64 {
        let body = json!({"inline_query_id": offer.query, "result_id": id, "chat": chat.id});
        self.acts("choose", body).await["message"].as_i64().unwrap()
    }

    /// Presses a button under a message of a chat; where it leads.
    pub async fn follows(&self, chat: &Channel, message: i64, label: &str) -> Value {
        let pressed = self.acts("press", json!({"chat": chat.id, "message": message, "text": label})).await;
        self.acts("open_link", json!({"url": pressed["url"]})).await
    }
}
