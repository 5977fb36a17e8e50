//! Payments: a person presses «pay» on an invoice.

use serde_json::{Value, json};

use super::person::Person;

impl Person {
    /// Pays an invoice of so many Stars that is not the bot's; what the bot answers to the question before.
    pub async fn pays(&self, stars: u32) -> Value {
        let invoice = json!({"amount": stars, "payload": "unknown", "wait_ms": 60_000});
        self.acts("pay", invoice).await["answer"].clone()
    }
}
