//! What a person says: start, send, edit, delete.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Body, Params, Problem, Reply};
use crate::server::App;
use crate::world::World;
use crate::world::entities;
use crate::world::files::MediaKind;
use crate::world::member::Status;
use crate::world::message::{Message, Sender};
use crate::world::place::Place;
use crate::world::text::{self, TextKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    bot: Option<Value>,
    payload: Option<String>,
}

pub async fn start(State(app): State<App>, Path(person): Path<i64>, Body(start): Body<Start>) -> Reply {
    let mut world = app.world();
    world.must_be_person(person)?;
    let bot = world.named_bot(start.bot.as_ref())?;
    let message = world.start_bot(person, bot, start.payload.as_deref())?;
    Ok(Json(json!({"message": message, "seq": world.seq()})))
}

impl World {
    /// A person presses «start» in a bot's chat; the message's id.
    pub fn start_bot(&mut self, person: i64, bot: i64, payload: Option<&str>) -> Result<i64, Problem> {
        let text = match payload {
            Some(payload) if crate::methods::is_payload(payload) => format!("/start {payload}"),
            Some(_) => return Err(Problem::bad("a payload is 1 to 64 of A-Z, a-z, 0-9, _ and -")),
            None => "/start".to_owned(),
        };
        let place = Place::Private { bot, person };
        self.open_private(place);
        let mut message = Message::new(place, Sender::User(person), person);
        message.entities = entities::detect(&text);
        message.text = text;
        Ok(self.post(message))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    chat: Option<i64>,
    bot: Option<Value>,
    text: Option<String>,
    entities: Option<Vec<Value>>,
    reply_to: Option<i64>,
    media: Option<SentMedia>,
    forward: Option<Forward>,
    as_chat: Option<Value>,
    via_bot: Option<Value>,
    album: Option<String>,
    link_preview: Option<Value>,
    #[serde(default)]
    caption_above: bool,
    #[serde(default)]
    spoiler: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentMedia {
    kind: String,
    file_id: Option<String>,
    file_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    chat: Option<i64>,
    bot: Option<Value>,
    message: i64,
}

pub async fn send(State(app): State<App>, Path(person): Path<i64>, Body(send): Body<Send>) -> Reply {
    let mut world = app.world();
    let place = world.acting_place(person, send.chat, send.bot.as_ref())?;
    world.must_be_writer(person, place)?;
    let mut message = world.message_of_person(person, place, send.as_chat.as_ref())?;
    if let Some(target) = send.reply_to {
        world.message(place, target).ok_or_else(|| Problem::bad("the message to reply to is not there"))?;
        message.reply_to = Some(target);
    }
    if let Some(bot) = &send.via_bot {
        message.via_bot = Some(world.named_bot(Some(bot))?);
    }
    if send.album.is_some() && send.media.is_none() {
        return Err(Problem::bad("an album has media"));
    }
    if (send.caption_above || send.spoiler) && send.media.is_none() {
        return Err(Problem::bad("only media have a caption, or are covered"));
    }
    message.album = send.album;
    message.flags.caption_above = send.caption_above;
    message.flags.spoiler = send.spoiler;
    message.link_preview = send.link_preview;
    match send.forward {
        Some(forward) => world.write_forward(person, &mut message, &forward)?,
        None => world.write_content(&mut message, send.text, send.entities, send.media)?,
    }
    if place.is_private() {
        world.open_private(place);
        consume_one_time_keyboard(&mut world, place, &message.text);
    }
    let id = world.post(message);
    Ok(Json(json!({"chat": place.chat_id(), "message": id, "seq": world.seq()})))
}

/// Pressing a button of a one-time keyboard hides it.
fn consume_one_time_keyboard(world: &mut World, place: Place, text: &str) {
    let talk = world.talk_mut(place);
    talk.force_reply = None;
    let pressed = talk.reply_keyboard.as_ref().is_some_and(|keyboard| {
        let one_time = keyboard.markup.get("one_time_keyboard").and_then(Value::as_bool).unwrap_or(false);
        one_time && keyboard.buttons().any(|button| button.get("text").and_then(Value::as_str) == Some(text))
    });
    if pressed {
        talk.reply_keyboard = None;
    }
}

impl World {
    pub fn must_be_writer(&self, person: i64, place: Place) -> Result<(), Problem> {
        let Place::Chat(id) = place else { return Ok(()) };
        let status = self.status(id, person);
        let chat = self.chats.get(&id).filter(|chat| !chat.deleted && chat.migrated_to.is_none());
        let chat = chat.ok_or_else(|| Problem::bad("the chat is gone"))?;
        // In a discussion group, whoever sees the channel may comment.
        let comments = chat.linked_chat.is_some() && !chat.is_channel() && status == Status::Left;
        let may = match chat.is_channel() {
            true => status.has("can_post_messages"),
            false => comments || (status.is_present() && !matches!(status, Status::Restricted { .. })),
        };
        if may { Ok(()) } else { Err(Problem::bad("this person may not write there")) }
    }

    fn message_of_person(
        &self,
        person: i64,
        place: Place,
        as_chat: Option<&Value>,
    ) -> Result<Message, Problem> {
        let sender = match (place, as_chat) {
            (Place::Chat(id), None | Some(Value::Bool(false))) if self.is_channel(place) => Sender::Chat(id),
            (Place::Chat(id), Some(Value::Bool(true))) if self.status(id, person).is_administrator() => {
                Sender::Chat(id)
            }
            (Place::Chat(_), Some(Value::Number(chat))) => {
                let chat = chat.as_i64().unwrap_or_default();
                if !self.status(chat, person).is_administrator() {
                    return Err(Problem::bad("this person does not own that chat"));
                }
                Sender::Chat(chat)
            }
            (_, None | Some(Value::Bool(false))) => Sender::User(person),
            _ => return Err(Problem::bad("as_chat does not fit here")),
        };
        Ok(Message::new(place, sender, person))
    }

    fn write_content(
        &mut self,
        message: &mut Message,
        text: Option<String>,
        entities: Option<Vec<Value>>,
        media: Option<SentMedia>,
    ) -> Result<(), Problem> {
        let kind = if media.is_some() { TextKind::Caption } else { TextKind::Text };
        let text = text.unwrap_or_default();
        let clean = text::clean(kind, &text, entities.as_deref().unwrap_or_default())?;
        message.entities =
            if clean.entities.is_empty() { entities::detect(&clean.text) } else { clean.entities };
        message.text = clean.text;
        if let Some(media) = media {
            let kind = MediaKind::parse(&media.kind).ok_or_else(|| Problem::bad("unknown kind of media"))?;
            message.media = Some(match media.file_id {
                Some(id) => self.files.get(&id).cloned().ok_or_else(|| Problem::bad("no such file"))?,
                None => self.files.placeholder(kind, media.file_name),
            });
        }
        Ok(())
    }

    fn write_forward(&self, person: i64, message: &mut Message, forward: &Forward) -> Result<(), Problem> {
        let place = self.acting_place(person, forward.chat, forward.bot.as_ref())?;
        let source = self.message(place, forward.message).filter(|_| self.can_see(person, place));
        let source = source.ok_or_else(|| Problem::bad("the message to forward is not there"))?;
        if source.flags.protected {
            return Err(Problem::bad("the message is protected from forwarding"));
        }
        message.origin = Some(source.origin());
        message.text.clone_from(&source.text);
        message.entities.clone_from(&source.entities);
        message.media.clone_from(&source.media);
        message.flags = source.flags;
        message.link_preview.clone_from(&source.link_preview);
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    chat: Option<i64>,
    bot: Option<Value>,
    message: i64,
    text: String,
    entities: Option<Vec<Value>>,
}

pub async fn edit(State(app): State<App>, Path(person): Path<i64>, Body(edit): Body<Edit>) -> Reply {
    let mut world = app.world();
    let place = world.acting_place(person, edit.chat, edit.bot.as_ref())?;
    let message = world.message(place, edit.message).filter(|message| message.is_from(person));
    let message = message.ok_or_else(|| Problem::bad("no such message of this person"))?;
    let kind = if message.media.is_some() { TextKind::Caption } else { TextKind::Text };
    let clean = text::clean(kind, &edit.text, edit.entities.as_deref().unwrap_or_default())?;
    let entities = if clean.entities.is_empty() { entities::detect(&clean.text) } else { clean.entities };
    world.change(place, edit.message, true, |message| {
        message.text = clean.text;
        message.entities = entities;
    });
    Ok(Json(json!({"seq": world.seq()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    chat: Option<i64>,
    bot: Option<Value>,
    message: i64,
}

pub async fn delete(State(app): State<App>, Path(person): Path<i64>, Body(delete): Body<Delete>) -> Reply {
    let mut world = app.world();
    let place = world.acting_place(person, delete.chat, delete.bot.as_ref())?;
    let own = world.message(place, delete.message).is_some_and(|message| message.is_from(person));
    // In a private chat either side may delete anything.
    if !own && !place.is_private() {
        return Err(Problem::bad("no such message of this person"));
    }
    if !world.delete(place, delete.message) {
        return Err(Problem::not_found("no such message"));
    }
    Ok(Json(json!({"seq": world.seq()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    by: Option<i64>,
}

pub async fn delete_by_owner(
    State(app): State<App>,
    Path((chat, message)): Path<(i64, i64)>,
    Params(by): Params<By>,
) -> Reply {
    let mut world = app.world();
    let owner =
        world.chats.get(&chat).map(|chat| chat.owner).ok_or_else(|| Problem::not_found("no such chat"))?;
    if !world.status(chat, by.by.unwrap_or(owner)).has("can_delete_messages") {
        return Err(Problem::bad("this person may not delete messages"));
    }
    if !world.delete(Place::Chat(chat), message) {
        return Err(Problem::not_found("no such message"));
    }
    Ok(Json(json!({"seq": world.seq()})))
}
