//! A person with the bot: what they do, and what they must see then.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use qura_domain::language::Language;
use qura_i18n::Msg;
use serde_json::{Value, json};

use super::channel::Channel;
use super::control::Control;
use super::press::{Label, Press};
use super::screen::Screen;

/// A person. Cheap to clone; the clones are the same person.
#[derive(Clone)]
pub struct Person {
    me: Arc<Me>,
    language: Language,
}

struct Me {
    control: Control,
    id: i64,
    name: String,
    /// Changes up to this one happened before their last act.
    since: AtomicI64,
    /// The message that they last saw.
    screen: AtomicI64,
}

impl Person {
    /// Makes a person from the fields of `POST /control/people`.
    pub async fn make(control: &Control, fields: Value) -> Self {
        let id = control.post("/people", fields.clone()).await["id"].as_i64().unwrap();
        let names = [fields["first_name"].as_str(), fields["last_name"].as_str()];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let me =
            Me { control: control.clone(), id, name, since: AtomicI64::new(0), screen: AtomicI64::new(0) };
        Self { me: Arc::new(me), language: Language::Arabic }
    }

    pub fn id(&self) -> i64 {
        self.me.id
    }

    /// First and last name.
    pub fn name(&self) -> &str {
        &self.me.name
    }

    /// The same person, who expects everything in another language from now on.
    pub fn reading(&self, language: Language) -> Self {
        Self { language, ..self.clone() }
    }

    /// The title of their main menu.
    pub fn menu(&self) -> Msg {
        Msg::MenuTitle { name: self.me.name.clone() }
    }

    // What they do. Each act draws a line: what they see next must have happened after it.

    /// Presses «start» in the bot's chat.
    pub async fn starts(&self) {
        self.acts("start", json!({})).await;
    }

    /// Follows a link to the bot.
    pub async fn starts_with(&self, payload: &str) {
        self.acts("start", json!({"payload": payload})).await;
    }

    pub async fn says(&self, text: &str) {
        self.acts("send", json!({"bot": super::USERNAME, "text": text})).await;
    }

    /// Forwards a post to the bot.
    pub async fn forwards(&self, channel: &Channel, message: i64) {
        let post = json!({"chat": channel.id, "message": message});
        self.acts("send", json!({"bot": super::USERNAME, "forward": post})).await;
    }

    /// Chooses a chat with Telegram's own picker.
    pub async fn shares(&self, channel: &Channel) {
        self.acts("share_chat", json!({"chat": channel.id})).await;
    }

    /// Chooses a chat with the picker's only button that fits its kind.
    pub async fn picks(&self, channel: &Channel) {
        let request = if channel.is_group { 3 } else { 2 };
        self.acts("share_chat", json!({"chat": channel.id, "request_id": request})).await;
    }

    /// Joins, or asks to join a channel that approves its members.
    pub async fn joins(&self, channel: &Channel) {
        self.acts("join", channel.way_in()).await;
    }

    pub async fn leaves(&self, channel: &Channel) {
        self.acts("leave", json!({"chat": channel.id})).await;
    }

    pub async fn blocks_the_bot(&self) {
        self.acts("block", json!({})).await;
    }

    pub async fn unblocks_the_bot(&self) {
        self.acts("unblock", json!({})).await;
    }

    /// Deletes a message from their chat by hand.
    pub async fn deletes(&self, screen: &Screen) {
        self.acts("delete", json!({"message": screen.id})).await;
    }

    /// Presses a button of the message that they saw last. Whatever it is, it must be answered.
    pub async fn presses(&self, label: impl Label) -> Press {
        self.presses_under(self.me.screen.load(Ordering::SeqCst), label).await
    }

    /// Presses a button of this message, even if it is not the one that they saw last.
    pub async fn presses_on(&self, screen: &Screen, label: impl Label) -> Press {
        self.presses_under(screen.id, label).await
    }

    /// Sends what a press of a button would send that was never there.
    pub async fn forges_a_press(&self, screen: &Screen, data: &str) {
        self.looks_away().await;
        let chat = json!({"id": self.id(), "type": "private", "first_name": self.name()});
        let bot =
            json!({"id": super::BOT, "is_bot": true, "first_name": "قُرعة", "username": super::USERNAME});
        let from =
            json!({"id": self.id(), "is_bot": false, "first_name": self.name(), "language_code": "ar"});
        let message =
            json!({"message_id": screen.id, "date": 1_800_000_000, "chat": chat, "from": bot, "text": "…"});
        // A number that the simulator never gave to a press.
        let query =
            json!({"id": "4294967296", "chat_instance": "1", "data": data, "from": from, "message": message});
        self.me.control.injects(json!({"callback_query": query})).await;
    }

    /// Presses a button of a message in a channel or group.
    pub async fn presses_in(&self, chat: i64, message: i64, label: impl Label) -> Press {
        self.presses_at(json!({"chat": chat, "message": message}), label).await
    }

    /// Opens a link to the bot.
    pub async fn opens(&self, url: &str) {
        self.acts("open_link", json!({"url": url})).await;
    }

    async fn presses_under(&self, message: i64, label: impl Label) -> Press {
        self.presses_at(json!({"message": message}), label).await
    }

    async fn presses_at(&self, mut body: Value, label: impl Label) -> Press {
        let label = label.text(self.language);
        let begun = Instant::now();
        (body["text"], body["wait_ms"]) = (json!(label), json!(20_000));
        let pressed = self.acts("press", body).await;
        let took = begun.elapsed();
        assert!(
            pressed["kind"] != "callback" || !pressed["answer"].is_null(),
            "«{label}» was never answered to {}",
            self.name()
        );
        Press { pressed, took, language: self.language }
    }

    pub(super) async fn acts(&self, act: &str, body: Value) -> Value {
        let seq = self.me.control.seq().await;
        self.me.since.store(seq, Ordering::SeqCst);
        self.me.control.post(&format!("/people/{}/{act}", self.id()), body).await
    }

    // What they see.

    /// Waits for a message that says this, new or changed since the person's last act.
    pub async fn sees(&self, message: Msg) -> Screen {
        self.sees_text(&message.plain(self.language)).await
    }

    /// The same for a text that is no sentence of the bot's own.
    pub async fn sees_text(&self, text: &str) -> Screen {
        self.finds("text", text).await
    }

    async fn finds(&self, field: &str, words: &str) -> Screen {
        let (chat, since) = (self.id().to_string(), self.me.since.load(Ordering::SeqCst).to_string());
        let about = [("chat", &*chat), ("from", "bot"), ("since", &*since), (field, words)];
        let Some(found) = self.me.control.wait("message", &about).await else {
            panic!("{} never saw the {field} «{words}»; the chat:\n{:#?}", self.name(), self.chat().await)
        };
        let screen = Screen::of(found["messages"].as_array().unwrap().last().unwrap());
        self.me.screen.store(screen.id, Ordering::SeqCst);
        screen
    }

    /// Waits for a message with such a button, new or changed since the person's last act.
    pub async fn sees_button(&self, label: impl Label) -> Screen {
        let label = label.text(self.language);
        self.finds("button", &label).await
    }

    /// From now on only what is new counts as seen.
    pub async fn looks_away(&self) {
        self.me.since.store(self.me.control.seq().await, Ordering::SeqCst);
    }

    /// The message as it is now.
    pub async fn looks_at(&self, screen: &Screen) -> Screen {
        Screen::of(&self.me.control.get(&format!("/chats/{}/messages/{}", self.id(), screen.id)).await)
    }

    /// Waits until the buttons of an older message are gone.
    pub async fn sees_no_buttons_on(&self, screen: &Screen) {
        let deadline = Instant::now() + super::control::PATIENCE;
        while !self.looks_at(screen).await.rows.is_empty() {
            assert!(Instant::now() < deadline, "«{}» keeps its buttons", screen.text);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// All that the bot said in their chat, oldest first.
    pub async fn chat(&self) -> Vec<Screen> {
        let found = self.me.control.get(&format!("/chats/{}/messages?limit=1000", self.id())).await;
        let messages = found["messages"].as_array().unwrap().iter();
        messages.filter(|message| message["from"]["kind"] == "bot").map(Screen::of).collect()
    }

    /// How many messages of the bot say this.
    pub async fn count(&self, message: Msg) -> usize {
        let text = message.plain(self.language);
        self.chat().await.iter().filter(|screen| screen.text.contains(&text)).count()
    }

    /// The labels of the keyboard below their chat, if there is one.
    pub async fn keyboard(&self) -> Option<Vec<String>> {
        let found = self.me.control.get(&format!("/chats/{}/messages?limit=1", self.id())).await;
        let rows = found["reply_keyboard"].get("rows")?.as_array()?.clone();
        let labels = rows.iter().flat_map(|row| row.as_array().unwrap().clone());
        Some(labels.map(|button| button["text"].as_str().unwrap().to_owned()).collect())
    }
}
