//! Puts messages into conversations, changes and deletes them, and tells the bots and the page.

use serde_json::{Value, json};

use super::World;
use super::entities;
use super::keyboard::Markup;
use super::member::Status;
use super::message::{Message, Sender};
use super::place::Place;
use super::talk::ReplyKeyboard;
use super::updates::Kind;
use crate::events::Event;

impl World {
    /// Gives a message its id, date and number, stores it, and tells everyone. Returns its id.
    pub fn post(&mut self, mut message: Message) -> i64 {
        message.id = self.next_message_id(message.place);
        message.date = self.clock.now();
        message.seq = self.touch();
        message.shown = message.seq;
        self.join_thread(&mut message);
        let (id, place) = (message.id, message.place);
        if self.bots.contains_key(&message.author) {
            self.loads.answered(place);
        } else if self.people.contains_key(&message.author) {
            self.note_act(place);
        }
        self.tell_bots(&message, false);
        self.store(message);
        self.forward_to_discussion(place, id);
        self.announce_message(place, id, "added");
        id
    }

    /// A reply in a supergroup stands in the thread of what it replies to.
    fn join_thread(&self, message: &mut Message) {
        let Place::Chat(chat) = message.place else { return };
        let supergroup =
            self.chats.get(&chat).is_some_and(|chat| chat.kind == super::chat::ChatKind::Supergroup);
        if !supergroup || message.thread.is_some() {
            return;
        }
        let replied = message.reply_to.and_then(|id| self.message(message.place, id));
        message.thread = replied.map(|replied| replied.thread.unwrap_or(replied.id));
    }

    /// Applies a change to a message, and tells everyone.
    pub fn change(&mut self, place: Place, id: i64, edited: bool, apply: impl FnOnce(&mut Message)) {
        if let Some(message) = self.message_mut(place, id) {
            apply(message);
            self.changed(place, id, edited);
        }
    }

    fn changed(&mut self, place: Place, id: i64, edited: bool) {
        let (now, seq) = (self.clock.now(), self.touch());
        let Some(message) = self.message_mut(place, id) else { return };
        message.seq = seq;
        if edited || !message.buttons.is_empty() {
            message.shown = seq;
        }
        if edited {
            message.edit_date = Some(now);
        }
        let message = message.clone();
        if self.bots.contains_key(&message.author) {
            self.loads.answered(place);
        }
        if edited {
            self.tell_bots(&message, true);
        }
        self.announce_message(place, id, "edited");
        let Some((group, copied)) = message.discussion.filter(|_| edited) else { return };
        let group = Place::Chat(group);
        if let Some(copy) = self.message_mut(group, copied) {
            copy.text = message.text;
            copy.entities = message.entities;
            copy.media = message.media;
            self.changed(group, copied, edited);
        }
    }

    pub fn delete(&mut self, place: Place, id: i64) -> bool {
        let Some(talk) = self.talks.get_mut(&place) else { return false };
        if talk.messages.remove(&id).is_none() {
            return false;
        }
        talk.pinned.retain(|pinned| *pinned != id);
        let seq = self.touch();
        self.announce(|| {
            let data = json!({
                "change": "deleted", "seq": seq, "chat": place.chat_id(), "bot": place.bot(), "message": {"id": id},
            });
            Event::new("message", data).at(place)
        });
        true
    }

    fn announce_message(&self, place: Place, id: i64, change: &str) {
        if !self.has_event_readers() {
            return;
        }
        let Some(message) = self.message(place, id) else { return };
        let data = json!({
            "change": change, "seq": message.seq, "chat": place.chat_id(), "bot": place.bot(),
            "message": self.message_view(message, None),
        });
        self.announce(|| Event::new("message", data).at(place));
    }

    fn tell_bots(&mut self, message: &Message, edited: bool) {
        let (kind, readers) = match message.place {
            Place::Private { bot, .. } => (Kind::Message, vec![bot]),
            Place::Chat(chat) => {
                let channel = self.chats.get(&chat).is_some_and(|chat| chat.is_channel());
                let kind = if channel { Kind::ChannelPost } else { Kind::Message };
                let present = self.bots.keys().copied().filter(|bot| self.status(chat, *bot).is_present());
                (kind, present.filter(|bot| channel || self.may_read(*bot, chat, message)).collect())
            }
        };
        let kind = match (kind, edited) {
            (Kind::ChannelPost, true) => Kind::EditedChannelPost,
            (_, true) => Kind::EditedMessage,
            (kind, false) => kind,
        };
        let by_a_bot = self.bots.contains_key(&message.author);
        // Of its own messages a bot hears only about some service messages, such as a pin.
        let own_is_told = message.service.as_ref().is_some_and(|(field, _)| field == "pinned_message");
        let mut body = None;
        for bot in readers {
            let own = message.author == bot;
            let unheard = if own { !own_is_told } else { by_a_bot && message.place.is_private() };
            if unheard {
                continue;
            }
            let key = message.place.chat_id();
            let body = body.get_or_insert_with(|| self.message_json(message)).clone();
            self.deliver(bot, kind, key, &body);
        }
    }

    /// Group privacy mode: what a bot may read in a group.
    fn may_read(&self, bot_id: i64, chat: i64, message: &Message) -> bool {
        let Some(bot) = self.bots.get(&bot_id) else { return false };
        let by_another_bot = message.author != bot_id && self.bots.contains_key(&message.author);
        if by_another_bot {
            return false;
        }
        if !bot.privacy || self.status(chat, bot_id).is_administrator() || message.service.is_some() {
            return true;
        }
        let to_it = message
            .reply_to
            .and_then(|id| self.message(message.place, id))
            .is_some_and(|m| m.is_from(bot_id));
        let commands_it = entities::command(&message.text)
            .is_some_and(|(_, named)| named.is_none_or(|named| named.eq_ignore_ascii_case(&bot.username)));
        to_it || commands_it || message.via_bot == Some(bot_id)
    }

    /// A channel post appears in the linked discussion group by itself.
    fn forward_to_discussion(&mut self, place: Place, id: i64) {
        let Place::Chat(channel_id) = place else { return };
        let Some(group) =
            self.chats.get(&channel_id).filter(|chat| chat.is_channel()).and_then(|c| c.linked_chat)
        else {
            return;
        };
        let Some(post) = self.message(place, id).filter(|post| post.service.is_none()) else { return };
        let mut copy = Message::new(Place::Chat(group), Sender::Chat(channel_id), super::person::TELEGRAM);
        copy.text.clone_from(&post.text);
        copy.entities.clone_from(&post.entities);
        copy.media.clone_from(&post.media);
        copy.flags = post.flags;
        copy.origin = Some(post.origin());
        copy.automatic_forward = true;
        let copied = self.post(copy);
        if let Some(post) = self.message_mut(place, id) {
            post.discussion = Some((group, copied));
        }
        self.pin(Place::Chat(group), copied);
    }

    /// Pins without a notice.
    pub fn pin(&mut self, place: Place, id: i64) {
        let talk = self.talk_mut(place);
        talk.pinned.retain(|pinned| *pinned != id);
        talk.pinned.push(id);
        self.touch();
    }

    pub fn post_service(&mut self, place: Place, author: i64, field: &str, value: Value) -> i64 {
        let sender = match place {
            Place::Chat(chat) if self.chats.get(&chat).is_some_and(|chat| chat.is_channel()) => {
                Sender::Chat(chat)
            }
            _ => Sender::User(author),
        };
        let mut message = Message::new(place, sender, author);
        message.service = Some((field.to_owned(), value));
        self.post(message)
    }

    /// Groups say who came and went.
    pub fn post_membership_notice(&mut self, place: Place, user: i64, change: (Status, Status), by: i64) {
        let Place::Chat(chat) = place else { return };
        if self.chats.get(&chat).is_none_or(|chat| chat.is_channel() || chat.deleted) {
            return;
        }
        match (change.0.is_present(), change.1.is_present()) {
            (false, true) => {
                let user = self.user_json(user);
                self.post_service(place, by, "new_chat_members", json!([user]));
            }
            (true, false) => {
                let user = self.user_json(user);
                self.post_service(place, by, "left_chat_member", user);
            }
            _ => {}
        }
    }

    /// Gives a new message its keyboard, or the conversation its reply keyboard.
    pub fn apply_markup(&mut self, place: Place, id: i64, markup: Markup) {
        let talk = self.talk_mut(place);
        match markup {
            // Inline keyboards were written before the message was posted.
            Markup::None | Markup::Inline(_) => return,
            Markup::Keyboard(markup) => {
                talk.reply_keyboard = Some(ReplyKeyboard { message: id, markup });
                talk.force_reply = None;
            }
            Markup::Remove => {
                talk.reply_keyboard = None;
                talk.force_reply = None;
            }
            Markup::ForceReply(placeholder) => talk.force_reply = Some((id, placeholder)),
        }
        self.touch();
        let data = json!({"chat": place.chat_id(), "bot": place.bot()});
        self.announce(|| Event::new("keyboard", data).at(place));
    }
}
