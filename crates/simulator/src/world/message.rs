//! One message, and how the Bot API shows it.

use serde_json::{Value, json};

use crate::json::Put;

use super::World;
use super::files::Media;
use super::person::{ANONYMOUS, CHANNEL_WRITER, TELEGRAM};
use super::place::Place;

/// In whose name a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    User(i64),
    /// A channel, or a group in the name of an anonymous administrator.
    Chat(i64),
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: i64,
    pub place: Place,
    /// The number of its latest change.
    pub seq: i64,
    /// The number of its latest change that gave something to see. Losing its buttons gives nothing.
    pub shown: i64,
    pub date: i64,
    pub edit_date: Option<i64>,
    pub sender: Sender,
    /// The account that wrote it, also where it stands in a chat's name.
    pub author: i64,
    pub text: String,
    pub entities: Vec<Value>,
    pub media: Option<Media>,
    /// What the parts of an album have in common.
    pub album: Option<String>,
    /// The Bot API's field of a service message and its value.
    pub service: Option<(String, Value)>,
    /// The rows of the inline keyboard.
    pub buttons: Vec<Value>,
    /// It was sent with a reply keyboard or force reply; such a message cannot be edited.
    pub had_reply_markup: bool,
    pub reply_to: Option<i64>,
    pub thread: Option<i64>,
    pub origin: Option<Origin>,
    pub automatic_forward: bool,
    pub via_bot: Option<i64>,
    pub inline_id: Option<String>,
    /// The automatic forward of this channel post in the discussion group.
    pub discussion: Option<(i64, i64)>,
    pub link_preview: Option<Value>,
    pub flags: Flags,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub caption_above: bool,
    pub spoiler: bool,
    pub protected: bool,
}

/// Where a forwarded message comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    User { user: i64, date: i64 },
    Chat { chat: i64, date: i64 },
    Channel { chat: i64, message: i64, date: i64 },
}

impl Message {
    /// A message that stands nowhere yet; posting it gives it its id, date and number.
    pub fn new(place: Place, sender: Sender, author: i64) -> Self {
        Self {
            id: 0,
            place,
            seq: 0,
            shown: 0,
            date: 0,
            edit_date: None,
            sender,
            author,
            text: String::new(),
            entities: Vec::new(),
            media: None,
            album: None,
            service: None,
            buttons: Vec::new(),
            had_reply_markup: false,
            reply_to: None,
            thread: None,
            origin: None,
            automatic_forward: false,
            via_bot: None,
            inline_id: None,
            discussion: None,
            link_preview: None,
            flags: Flags::default(),
        }
    }

    pub fn is_from(&self, user: i64) -> bool {
        self.author == user
    }

    /// How a forward of it names its origin.
    pub fn origin(&self) -> Origin {
        if let Some(origin) = &self.origin {
            return origin.clone();
        }
        match (self.sender, self.place) {
            (Sender::User(user), _) => Origin::User { user, date: self.date },
            (Sender::Chat(chat), Place::Chat(place)) if chat == place && self.thread.is_none() => {
                Origin::Channel { chat, message: self.id, date: self.date }
            }
            (Sender::Chat(chat), _) => Origin::Chat { chat, date: self.date },
        }
    }
}

impl World {
    pub fn message(&self, place: Place, id: i64) -> Option<&Message> {
        self.talks.get(&place)?.messages.get(&id).map(Box::as_ref)
    }

    pub fn message_mut(&mut self, place: Place, id: i64) -> Option<&mut Message> {
        self.talks.get_mut(&place)?.messages.get_mut(&id).map(Box::as_mut)
    }

    /// The Bot API's `Message`.
    pub fn message_json(&self, message: &Message) -> Value {
        let mut json = self.message_alone_json(message);
        let replied = message.reply_to.and_then(|id| self.message(message.place, id));
        if let Some(replied) = replied {
            json.put("reply_to_message", self.message_alone_json(replied));
        }
        json
    }

    fn message_alone_json(&self, message: &Message) -> Value {
        let mut json = json!({
            "message_id": message.id,
            "date": message.date,
            "chat": self.chat_json(message.place.chat_id()),
        });
        self.write_sender(message, &mut json);
        if let Some(date) = message.edit_date {
            json.put("edit_date", date);
        }
        if let Some(thread) = message.thread {
            json.put("message_thread_id", thread);
        }
        if let Some(origin) = &message.origin {
            json.put("forward_origin", self.origin_json(origin));
        }
        if message.automatic_forward {
            json.put("is_automatic_forward", true);
        }
        if let Some(bot) = message.via_bot {
            json.put("via_bot", self.user_json(bot));
        }
        if message.flags.protected {
            json.put("has_protected_content", true);
        }
        write_content(message, &mut json);
        if !message.buttons.is_empty() {
            json.put("reply_markup", json!({"inline_keyboard": message.buttons}));
        }
        json
    }

    fn write_sender(&self, message: &Message, json: &mut Value) {
        match message.sender {
            Sender::User(user) => json.put("from", self.user_json(user)),
            Sender::Chat(chat) => {
                json.put("sender_chat", self.chat_json(chat));
                let in_channel =
                    self.chats.get(&message.place.chat_id()).is_some_and(|chat| chat.is_channel());
                let stand_in = match message.place {
                    _ if message.automatic_forward => TELEGRAM,
                    Place::Chat(place) if place == chat => ANONYMOUS,
                    _ => CHANNEL_WRITER,
                };
                if !in_channel {
                    json.put("from", self.user_json(stand_in));
                }
            }
        }
    }

    fn origin_json(&self, origin: &Origin) -> Value {
        match *origin {
            Origin::User { user, date } => {
                json!({"type": "user", "date": date, "sender_user": self.user_json(user)})
            }
            Origin::Chat { chat, date } => {
                json!({"type": "chat", "date": date, "sender_chat": self.chat_json(chat)})
            }
            Origin::Channel { chat, message, date } => {
                json!({"type": "channel", "date": date, "chat": self.chat_json(chat), "message_id": message})
            }
        }
    }
}

fn write_content(message: &Message, json: &mut Value) {
    if let Some((field, value)) = &message.service {
        json.put(field.as_str(), value.clone());
        return;
    }
    let (text, entities) = match &message.media {
        Some(media) => {
            media.write(json);
            if let Some(album) = &message.album {
                json.put("media_group_id", album.as_str());
            }
            ("caption", "caption_entities")
        }
        None => ("text", "entities"),
    };
    if !message.text.is_empty() {
        json.put(text, message.text.as_str());
    }
    if !message.entities.is_empty() {
        json.put(entities, message.entities.clone());
    }
    if message.media.is_some() && message.flags.caption_above {
        json.put("show_caption_above_media", true);
    }
    if message.media.is_some() && message.flags.spoiler {
        json.put("has_media_spoiler", true);
    }
    if let Some(options) = &message.link_preview {
        json.put("link_preview_options", options.clone());
    }
}
