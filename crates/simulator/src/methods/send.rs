//! sendMessage, sendPhoto and the like, sendChatAction.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::events::Event;
use crate::world::World;
use crate::world::files::MediaKind;
use crate::world::keyboard::Markup;
use crate::world::message::{Flags, Message, Sender};
use crate::world::place::Place;
use crate::world::text::{self, CleanText, TextKind};

pub fn message(world: &mut World, call: &Call) -> Answer {
    let mut draft = draft(world, call)?;
    let clean = world.clean(draft.message.place, TextKind::Text, call.text("text"), call.list("entities"))?;
    draft.write(clean);
    draft.message.link_preview = call.params.get("link_preview_options").cloned();
    Ok(draft.post(world))
}

pub fn media(world: &mut World, call: &Call) -> Answer {
    let mut draft = draft(world, call)?;
    let caption = world.clean(
        draft.message.place,
        TextKind::Caption,
        call.text("caption"),
        call.list("caption_entities"),
    )?;
    draft.write(caption);
    let field = call.method.strip_prefix("send").unwrap_or_default().to_lowercase();
    let kind = MediaKind::parse(&field).ok_or_else(|| Refusal::not_implemented(&call.method))?;
    draft.message.media = Some(world.take_media(call, kind, &field, call.text(&field))?);
    draft.message.flags.caption_above = call.flag("show_caption_above_media");
    draft.message.flags.spoiler = call.flag("has_spoiler");
    Ok(draft.post(world))
}

pub fn chat_action(world: &mut World, call: &Call) -> Answer {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    let place = world.place_of(call)?;
    world.must_write(call.bot, place)?;
    let action = call.text("action").filter(|action| ACTIONS.contains(action));
    let action = action.ok_or_else(|| Refusal::bad_request("wrong parameter action in request"))?;
    let data = json!({"chat": place.chat_id(), "bot": call.bot, "action": action});
    world.announce(|| Event::new("typing", data).at(place));
    Ok(json!(true))
}

/// A message of the bot before it is posted.
pub struct Draft {
    pub message: Message,
    markup: Markup,
}

/// Checks what all sending methods share: the chat, the right to write, reply, thread and keyboard.
pub fn draft(world: &World, call: &Call) -> Result<Draft, Refusal> {
    refuse_unsupported(call)?;
    let place = world.place_of(call)?;
    world.must_write(call.bot, place)?;
    let mut message = world.message_of_bot(call.bot, place);
    message.flags = Flags { protected: call.flag("protect_content"), ..Flags::default() };
    message.reply_to = reply_target(world, place, call.params.get("reply_parameters"))?;
    if let Some(thread) = call.int("message_thread_id") {
        let root = world.message(place, thread);
        root.ok_or_else(|| Refusal::bad_request("message thread not found"))?;
        message.thread = Some(thread);
        message.reply_to = message.reply_to.or(Some(thread));
    }
    let markup = world.read_markup(call.bot, place, call.params.get("reply_markup"))?;
    Ok(Draft { message, markup })
}

/// Parameters of Telegram that have no behaviour here must not be taken in silence.
fn refuse_unsupported(call: &Call) -> Result<(), Refusal> {
    const UNSUPPORTED: [&str; 5] = [
        "business_connection_id",
        "direct_messages_topic_id",
        "ephemeral_message_parameters",
        "suggested_post_parameters",
        "allow_paid_broadcast",
    ];
    match UNSUPPORTED.iter().find(|name| call.params.contains_key(**name)) {
        Some(name) => Err(Refusal::strict(format!("the parameter \"{name}\" is not supported yet"))),
        None => Ok(()),
    }
}

fn reply_target(world: &World, place: Place, reply: Option<&Value>) -> Result<Option<i64>, Refusal> {
    let Some(reply) = reply else { return Ok(None) };
    let number = |name: &str| reply.get(name).and_then(Value::as_i64);
    if reply.get("quote").is_some() || number("chat_id").is_some_and(|chat| chat != place.chat_id()) {
        return Err(Refusal::strict("replies to other chats and quotes are not supported"));
    }
    let target = number("message_id").filter(|id| world.message(place, *id).is_some());
    let lenient = reply.get("allow_sending_without_reply").and_then(Value::as_bool).unwrap_or(false);
    match target {
        None if !lenient => Err(Refusal::bad_request("message to be replied not found")),
        target => Ok(target),
    }
}

impl Draft {
    pub fn write(&mut self, clean: CleanText) {
        self.message.text = clean.text;
        self.message.entities = clean.entities;
    }

    /// Posts it and gives the `Message`.
    pub fn post(self, world: &mut World) -> Value {
        let (place, id) = self.post_silently(world);
        world.message(place, id).map_or(Value::Null, |message| world.message_json(message))
    }

    pub fn post_silently(self, world: &mut World) -> (Place, i64) {
        let Self { mut message, mut markup } = self;
        match &mut markup {
            Markup::Inline(rows) => message.buttons = std::mem::take(rows),
            Markup::Keyboard(_) | Markup::ForceReply(_) | Markup::Remove => message.had_reply_markup = true,
            Markup::None => {}
        }
        let place = message.place;
        let id = world.post(message);
        world.apply_markup(place, id, markup);
        (place, id)
    }
}

impl World {
    pub fn message_of_bot(&self, bot: i64, place: Place) -> Message {
        let sender = match place {
            Place::Chat(id) if self.is_channel(place) => Sender::Chat(id),
            _ => Sender::User(bot),
        };
        Message::new(place, sender, bot)
    }

    pub fn is_channel(&self, place: Place) -> bool {
        matches!(place, Place::Chat(id) if self.chats.get(&id).is_some_and(|chat| chat.is_channel()))
    }

    /// Cleans a text or caption for a place; custom emoji in a channel become plain.
    pub fn clean(
        &self,
        place: Place,
        kind: TextKind,
        text: Option<&str>,
        entities: &[Value],
    ) -> Result<CleanText, Refusal> {
        let mut clean = text::clean(kind, text.unwrap_or_default(), entities)?;
        if self.is_channel(place) {
            clean
                .entities
                .retain(|entity| entity.get("type").and_then(Value::as_str) != Some("custom_emoji"));
        }
        Ok(clean)
    }
}
