//! copyMessage and forwardMessage.

use serde_json::json;

use super::send::draft;
use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::message::{Message, Sender};
use crate::world::text::{CleanText, TextKind};

pub fn copy(world: &mut World, call: &Call) -> Answer {
    let mut draft = draft(world, call)?;
    let source = source(world, call, "message to copy not found")?;
    if source.service.is_some() {
        return Err(Refusal::bad_request("message can't be copied"));
    }
    let replaced = source.media.is_some() && call.params.contains_key("caption");
    let (text, entities) = (source.text.clone(), source.entities.clone());
    draft.message.media.clone_from(&source.media);
    draft.message.flags.spoiler = source.flags.spoiler;
    draft.message.flags.caption_above = source.flags.caption_above;
    draft.message.link_preview.clone_from(&source.link_preview);
    draft.write(match replaced {
        true => {
            let (caption, entities) = (call.text("caption"), call.list("caption_entities"));
            world.clean(draft.message.place, TextKind::Caption, caption, entities)?
        }
        false => CleanText { text, entities },
    });
    let (_, id) = draft.post_silently(world);
    Ok(json!({"message_id": id}))
}

pub fn forward(world: &mut World, call: &Call) -> Answer {
    let mut draft = draft(world, call)?;
    let source = source(world, call, "message to forward not found")?;
    if source.service.is_some() {
        return Err(Refusal::bad_request("message can't be forwarded"));
    }
    draft.message.origin = Some(source.origin());
    draft.message.media.clone_from(&source.media);
    draft.message.flags = source.flags;
    draft.message.link_preview.clone_from(&source.link_preview);
    let (text, entities) = (source.text.clone(), source.entities.clone());
    draft.write(CleanText { text, entities });
    Ok(draft.post(world))
}

fn source<'a>(world: &'a World, call: &Call, missing: &str) -> Result<&'a Message, Refusal> {
    let place = world.find_place(call.bot, call.params.get("from_chat_id"))?;
    world.must_read(call.bot, place)?;
    let id = call.int("message_id").unwrap_or_default();
    let message = world.message(place, id).ok_or_else(|| Refusal::bad_request(missing))?;
    let own = message.sender == Sender::User(call.bot);
    if message.flags.protected && !own {
        return Err(Refusal::bad_request("message has protected content and can't be forwarded"));
    }
    Ok(message)
}
