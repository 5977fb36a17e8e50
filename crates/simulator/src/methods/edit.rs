//! editMessageText, editMessageCaption, editMessageReplyMarkup, editMessageMedia.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::files::MediaKind;
use crate::world::keyboard::Markup;
use crate::world::message::Message;
use crate::world::place::Place;
use crate::world::text::TextKind;

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly \
                            the same as a current content and reply markup of the message";

pub fn text(world: &mut World, call: &Call) -> Answer {
    let target = Target::find(world, call)?;
    let message = target.message(world)?;
    if message.media.is_some() || message.service.is_some() {
        return Err(Refusal::bad_request("there is no text in the message to edit"));
    }
    if call.params.contains_key("rich_message") {
        return Err(Refusal::strict("rich messages are not supported"));
    }
    let clean = world.clean(target.place, TextKind::Text, call.text("text"), call.list("entities"))?;
    let mut new = message.clone();
    new.text = clean.text;
    new.entities = clean.entities;
    new.link_preview = call.params.get("link_preview_options").cloned();
    target.finish(world, call, new, true)
}

pub fn caption(world: &mut World, call: &Call) -> Answer {
    let target = Target::find(world, call)?;
    let message = target.message(world)?;
    if message.media.is_none() {
        return Err(Refusal::bad_request("there is no caption in the message to edit"));
    }
    let clean =
        world.clean(target.place, TextKind::Caption, call.text("caption"), call.list("caption_entities"))?;
    let mut new = message.clone();
    new.text = clean.text;
    new.entities = clean.entities;
    new.flags.caption_above = call.flag("show_caption_above_media");
    target.finish(world, call, new, true)
}

pub fn reply_markup(world: &mut World, call: &Call) -> Answer {
    let target = Target::find(world, call)?;
    let new = target.message(world)?.clone();
    target.finish(world, call, new, false)
}

pub fn media(world: &mut World, call: &Call) -> Answer {
    let target = Target::find(world, call)?;
    let mut new = target.message(world)?.clone();
    let input = call.params.get("media").unwrap_or(&Value::Null);
    if input.get("parse_mode").is_some() {
        return Err(Refusal::strict("parse_mode is not supported: send entities"));
    }
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let flag = |name: &str| input.get(name).and_then(Value::as_bool).unwrap_or(false);
    let kind = text("type").and_then(MediaKind::parse);
    let kind = kind.ok_or_else(|| Refusal::strict("this type of media is not supported"))?;
    if target.inline && text("media").is_some_and(|media| media.starts_with("attach://")) {
        return Err(Refusal::bad_request("can't upload a new file to an inline message"));
    }
    let entities = input.get("caption_entities").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let clean = world.clean(target.place, TextKind::Caption, text("caption"), entities)?;
    new.media = Some(world.take_media(call, kind, "media", text("media"))?);
    new.text = clean.text;
    new.entities = clean.entities;
    new.flags.caption_above = flag("show_caption_above_media");
    new.flags.spoiler = flag("has_spoiler");
    target.finish(world, call, new, true)
}

/// The message that an edit is about.
struct Target {
    place: Place,
    id: i64,
    inline: bool,
}

impl Target {
    fn find(world: &World, call: &Call) -> Result<Self, Refusal> {
        let not_found = || Refusal::bad_request("message to edit not found");
        if let Some(inline) = call.text("inline_message_id") {
            let found = world.queries.inline_messages.get(inline);
            let (place, id) = *found.ok_or_else(|| Refusal::bad_request("MESSAGE_ID_INVALID"))?;
            let ours = world.message(place, id).is_some_and(|message| message.via_bot == Some(call.bot));
            return if ours { Ok(Self { place, id, inline: true }) } else { Err(not_found()) };
        }
        let place = world.place_of(call)?;
        let missing = || Refusal::bad_request("message identifier is not specified");
        let id = call.int("message_id").ok_or_else(missing)?;
        world.must_read(call.bot, place)?;
        let message = world.message(place, id).ok_or_else(not_found)?;
        world.must_edit(call.bot, message)?;
        Ok(Self { place, id, inline: false })
    }

    fn message<'a>(&self, world: &'a World) -> Result<&'a Message, Refusal> {
        world.message(self.place, self.id).ok_or_else(|| Refusal::bad_request("message to edit not found"))
    }

    /// Writes the keyboard and puts the new message in the place of the old, unless they are the same.
    fn finish(self, world: &mut World, call: &Call, mut new: Message, edited: bool) -> Answer {
        new.buttons = match world.read_markup(call.bot, self.place, call.params.get("reply_markup"))? {
            Markup::Inline(rows) => rows,
            _ => Vec::new(),
        };
        let old = self.message(world)?;
        let same_media = match (&old.media, &new.media) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (old, new) => old.is_none() && new.is_none(),
        };
        let same = same_media
            && old.text == new.text
            && old.entities == new.entities
            && old.buttons == new.buttons
            && old.link_preview == new.link_preview
            && old.flags == new.flags;
        if same {
            return Err(Refusal::bad_request(NOT_MODIFIED));
        }
        world.change(self.place, self.id, edited, |message| *message = new);
        if self.inline {
            return Ok(json!(true));
        }
        let message = self.message(world)?;
        Ok(world.message_json(message))
    }
}

impl World {
    fn must_edit(&self, bot: i64, message: &Message) -> Result<(), Refusal> {
        let refused = || Refusal::bad_request("message can't be edited");
        // TDLib edits no message that carried a reply keyboard, and no forward.
        if message.had_reply_markup || message.service.is_some() || message.origin.is_some() {
            return Err(refused());
        }
        if self.is_channel(message.place) {
            let status = self.status(message.place.chat_id(), bot);
            let own = message.is_from(bot) && status.has("can_post_messages");
            return if own || status.has("can_edit_messages") { Ok(()) } else { Err(refused()) };
        }
        if let Place::Private { .. } = message.place
            && self.talks.get(&message.place).is_some_and(|talk| talk.blocked)
        {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        if message.is_from(bot) { Ok(()) } else { Err(refused()) }
    }
}
