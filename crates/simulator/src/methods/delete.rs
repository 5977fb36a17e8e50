//! deleteMessage and deleteMessages.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::message::Message;
use crate::world::place::Place;

/// A message can be deleted for 48 hours.
const DELETABLE: i64 = 48 * 3_600;

pub fn one(world: &mut World, call: &Call) -> Answer {
    let place = world.place_of(call)?;
    world.must_read(call.bot, place)?;
    let id = call.int("message_id").unwrap_or_default();
    let message =
        world.message(place, id).ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
    if !world.may_delete(call.bot, message) {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    world.delete(place, id);
    Ok(json!(true))
}

/// Those that cannot be found are skipped.
pub fn many(world: &mut World, call: &Call) -> Answer {
    let place = world.place_of(call)?;
    world.must_read(call.bot, place)?;
    let ids: Vec<i64> = call.list("message_ids").iter().filter_map(Value::as_i64).collect();
    if ids.is_empty() || ids.len() > 100 {
        return Err(Refusal::bad_request("message identifiers are not specified"));
    }
    let found: Vec<&Message> = ids.iter().filter_map(|id| world.message(place, *id)).collect();
    if found.iter().any(|message| !world.may_delete(call.bot, message)) {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    for id in ids {
        world.delete(place, id);
    }
    Ok(json!(true))
}

impl World {
    fn may_delete(&self, bot: i64, message: &Message) -> bool {
        if message.date + DELETABLE < self.clock.now() {
            return false;
        }
        let Place::Chat(chat) = message.place else { return true };
        let status = self.status(chat, bot);
        let own =
            message.is_from(bot) && (!self.is_channel(message.place) || status.has("can_post_messages"));
        own || status.has("can_delete_messages")
    }
}
