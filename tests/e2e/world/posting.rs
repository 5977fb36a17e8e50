//! What people send that is more than words, and what they press under posts.

use std::time::Instant;

use serde_json::{Value, json};

use super::channel::Channel;
use super::person::Person;
use super::press::{Label, Press};

impl Person {
    /// Sends a message with these fields of the act `send` to the bot.
    pub async fn sends(&self, mut fields: Value) {
        fields["bot"] = json!(super::USERNAME);
        self.acts("send", fields).await;
    }

    /// Presses a button under a post; it must be answered.
    pub async fn presses_in(&self, chat: &Channel, message: i64, label: impl Label) -> Press {
        let label = label.text(self.language());
        let begun = Instant::now();
        let body = json!({"chat": chat.id, "message": message, "text": label, "wait_ms": 20_000});
        let pressed = self.acts("press", body).await;
        let is_answered = pressed["kind"] != "callback" || !pressed["answer"].is_null();
        assert!(is_answered, "«{label}» was never answered to {}", self.name());
        Press { pressed, took: begun.elapsed(), language: self.language() }
    }
}

impl Channel {
    /// The posts of the bot that stand there, as the control API views them, the oldest first.
    pub async fn posts_of_the_bot(&self, w: &super::World) -> Vec<Value> {
        let found = w.control.get(&format!("/chats/{}/messages?limit=1000", self.id)).await;
        let messages = found["messages"].as_array().unwrap().iter();
        messages
            .filter(|message| {
                message["from"]["name"] != "مالك القناة" && !message["buttons"].as_array().unwrap().is_empty()
            })
            .cloned()
            .collect()
    }
}
