//! Pins, bans and leaving.

use serde_json::json;

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::member::{Cause, Status};
use crate::world::place::Place;

pub fn pin(world: &mut World, call: &Call) -> Answer {
    let place = must_pin(world, call)?;
    let id = call.int("message_id").unwrap_or_default();
    let message = world.message(place, id).ok_or_else(|| Refusal::bad_request("message to pin not found"))?;
    if message.service.is_some() {
        return Err(Refusal::bad_request("message can't be pinned"));
    }
    let pinned = world.message_json(message);
    world.pin(place, id);
    world.post_service(place, call.bot, "pinned_message", pinned);
    Ok(json!(true))
}

pub fn unpin(world: &mut World, call: &Call) -> Answer {
    let place = must_pin(world, call)?;
    let talk = world.talk_mut(place);
    match call.int("message_id") {
        Some(id) if !talk.pinned.contains(&id) => {
            return Err(Refusal::bad_request("message to unpin not found"));
        }
        Some(id) => talk.pinned.retain(|pinned| *pinned != id),
        None => {
            talk.pinned.pop();
        }
    }
    world.touch();
    Ok(json!(true))
}

fn must_pin(world: &World, call: &Call) -> Result<Place, Refusal> {
    let place = world.place_of(call)?;
    let Place::Chat(id) = place else {
        world.must_write(call.bot, place)?;
        return Ok(place);
    };
    let chat = world.chats.get(&id).ok_or_else(|| Refusal::bad_request("chat not found"))?;
    let right = if chat.is_channel() { "can_edit_messages" } else { "can_pin_messages" };
    world.must_have(call.bot, chat, right, "not enough rights to manage pinned messages in the chat")?;
    Ok(place)
}

pub fn ban(world: &mut World, call: &Call) -> Answer {
    let until = call.int("until_date").filter(|until| *until > world.clock.now()).unwrap_or(0);
    let (chat, user) = must_restrict(world, call)?;
    if world.status(chat, user).is_administrator() {
        return Err(Refusal::bad_request("user is an administrator of the chat"));
    }
    world.set_status(chat, user, Status::Kicked { until }, call.bot, Cause::default());
    Ok(json!(true))
}

/// Without `only_if_banned` it removes a member too, as Telegram does.
pub fn unban(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = must_restrict(world, call)?;
    let status = world.status(chat, user);
    if status.is_administrator() {
        return Err(Refusal::bad_request("user is an administrator of the chat"));
    }
    let banned = matches!(status, Status::Kicked { .. });
    if banned || (status.is_present() && !call.flag("only_if_banned")) {
        world.set_status(chat, user, Status::Left, call.bot, Cause::default());
    }
    Ok(json!(true))
}

fn must_restrict(world: &World, call: &Call) -> Result<(i64, i64), Refusal> {
    let chat = world.chat_of(call)?;
    world.must_have(
        call.bot,
        chat,
        "can_restrict_members",
        "not enough rights to restrict/unrestrict chat member",
    )?;
    let user =
        call.int("user_id").filter(|user| world.people.contains_key(user) || world.bots.contains_key(user));
    Ok((chat.id, user.ok_or_else(|| Refusal::bad_request("user not found"))?))
}

pub fn leave(world: &mut World, call: &Call) -> Answer {
    let chat = world.chat_of(call)?;
    world.must_be_inside(call.bot, chat)?;
    let id = chat.id;
    world.set_status(id, call.bot, Status::Left, call.bot, Cause::default());
    Ok(json!(true))
}
