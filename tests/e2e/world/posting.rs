//! What people send that is more than words; what the bot posted.

use serde_json::{Value, json};

use super::channel::Channel;
use super::person::Person;

impl Person {
    /// Sends a message with these fields of the act `send` to the bot.
    pub async fn sends(&self, mut fields: Value) {
        fields["bot"] = json!(super::USERNAME);
        self.acts("send", fields).await;
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
