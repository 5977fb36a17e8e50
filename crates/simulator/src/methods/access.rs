//! Which conversations a bot may reach, write to and read.

use serde_json::Value;

use super::Call;
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::chat::Chat;
use crate::world::member::Status;
use crate::world::place::Place;

impl World {
    /// The conversation that a `chat_id` names. Refuses what the bot cannot know of.
    pub fn find_place(&self, bot: i64, chat_id: Option<&Value>) -> Result<Place, Refusal> {
        let not_found = || Refusal::bad_request("chat not found");
        let id = match chat_id {
            None => return Err(Refusal::bad_request("chat_id is empty")),
            Some(Value::String(name)) => {
                let name = name.strip_prefix('@').ok_or_else(not_found)?;
                // A username of a person is not resolved for bots.
                let id = self.usernames.get(&name.to_lowercase()).copied().ok_or_else(not_found)?;
                if id > 0 && !self.bots.contains_key(&id) {
                    return Err(not_found());
                }
                id
            }
            Some(id) => id.as_i64().ok_or_else(not_found)?,
        };
        if self.bots.contains_key(&id) {
            return Err(Refusal::forbidden("the bot can't send messages to the bot"));
        }
        if self.people.contains_key(&id) {
            return Ok(Place::Private { bot, person: id });
        }
        let chat = self.chats.get(&id).ok_or_else(not_found)?;
        if let Some(new) = chat.migrated_to {
            return Err(Refusal::migrated(new));
        }
        // A private chat that the bot never was in does not exist for it.
        if chat.username.is_none() && !chat.members.contains_key(&bot) {
            return Err(not_found());
        }
        Ok(Place::Chat(id))
    }

    pub fn place_of(&self, call: &Call) -> Result<Place, Refusal> {
        self.find_place(call.bot, call.params.get("chat_id"))
    }

    /// The group or channel that a call is about.
    pub fn chat_of(&self, call: &Call) -> Result<&Chat, Refusal> {
        match self.place_of(call)? {
            Place::Chat(id) => self.chats.get(&id).ok_or_else(|| Refusal::bad_request("chat not found")),
            Place::Private { .. } => {
                Err(Refusal::bad_request("method is available for supergroup and channel chats only"))
            }
        }
    }

    /// Refuses when the bot may not write there.
    pub fn must_write(&self, bot: i64, place: Place) -> Result<(), Refusal> {
        match place {
            Place::Private { .. } => self.must_write_to_person(place),
            Place::Chat(id) => {
                let chat = self.chats.get(&id).ok_or_else(|| Refusal::bad_request("chat not found"))?;
                let status = self.must_be_inside(bot, chat)?;
                if chat.is_channel() && !status.has("can_post_messages") {
                    return Err(match status.is_administrator() {
                        true => Refusal::bad_request("not enough rights to send text messages to the chat"),
                        false => Refusal::bad_request("need administrator rights in the channel chat"),
                    });
                }
                if matches!(status, Status::Restricted { .. }) {
                    return Err(Refusal::bad_request("not enough rights to send text messages to the chat"));
                }
                Ok(())
            }
        }
    }

    fn must_write_to_person(&self, place: Place) -> Result<(), Refusal> {
        let talk = self.talks.get(&place);
        if talk.is_some_and(|talk| talk.blocked) {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        let may = talk.is_some_and(|talk| talk.started || talk.open_until > self.clock.now());
        if may { Ok(()) } else { Err(Refusal::forbidden("bot can't initiate conversation with a user")) }
    }

    /// The bot's status in a chat that it is in.
    pub fn must_be_inside(&self, bot: i64, chat: &Chat) -> Result<Status, Refusal> {
        let kind = chat.kind.word();
        if chat.deleted {
            return Err(Refusal::forbidden("the group chat was deleted"));
        }
        let status = self.status(chat.id, bot);
        match status {
            Status::Kicked { .. } => Err(Refusal::forbidden(format!("bot was kicked from the {kind} chat"))),
            status if status.is_present() => Ok(status),
            _ => Err(Refusal::forbidden(format!("bot is not a member of the {kind} chat"))),
        }
    }

    /// The bot's status in a chat where it needs this right.
    pub fn must_have(&self, bot: i64, chat: &Chat, right: &str, refusal: &str) -> Result<(), Refusal> {
        let status = self.must_be_inside(bot, chat)?;
        if status.has(right) { Ok(()) } else { Err(Refusal::bad_request(refusal)) }
    }

    /// Refuses when the bot may not look into a conversation.
    pub fn must_read(&self, bot: i64, place: Place) -> Result<(), Refusal> {
        match place {
            Place::Private { .. } => match self.talks.get(&place) {
                Some(_) => Ok(()),
                None => Err(Refusal::bad_request("chat not found")),
            },
            Place::Chat(id) => {
                let chat = self.chats.get(&id).ok_or_else(|| Refusal::bad_request("chat not found"))?;
                let public_channel = chat.is_channel() && chat.username.is_some();
                match self.must_be_inside(bot, chat) {
                    Err(refusal) if !public_channel || self.status(id, bot).word() == "kicked" => {
                        Err(refusal)
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}
