//! Reading chats and members.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::json::Put;
use crate::world::World;
use crate::world::chat::Chat;
use crate::world::member::{PERMISSIONS, Status};
use crate::world::place::Place;

pub fn chat(world: &mut World, call: &Call) -> Answer {
    let place = world.place_of(call)?;
    let mut info = world.chat_json(place.chat_id());
    info.put("accent_color_id", 0);
    info.put("max_reaction_count", 11);
    info.put(
        "accepted_gift_types",
        json!({
            "unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true,
            "premium_subscription": true, "gifts_from_channels": true,
        }),
    );
    if let Some(username) = info.get("username").cloned() {
        info.put("active_usernames", json!([username]));
    }
    let pinned = world.talks.get(&place).and_then(|talk| talk.pinned.last());
    if let Some(message) = pinned.and_then(|id| world.message(place, *id)) {
        info.put("pinned_message", world.message_json(message));
    }
    let Place::Chat(id) = place else {
        // A bot sees people that it has met.
        return match world.talks.contains_key(&place) || world.has_met(call.bot, place.chat_id()) {
            true => Ok(info),
            false => Err(Refusal::bad_request("chat not found")),
        };
    };
    let chat = world.chats.get(&id).ok_or_else(|| Refusal::bad_request("chat not found"))?;
    must_look(world, call.bot, chat)?;
    write_chat(world, call.bot, chat, &mut info);
    Ok(info)
}

fn write_chat(world: &World, bot: i64, chat: &Chat, info: &mut Value) {
    if let Some(linked) = chat.linked_chat {
        info.put("linked_chat_id", linked);
    }
    if chat.join_by_request {
        info.put("join_by_request", true);
    }
    if !chat.is_channel() {
        let permissions: serde_json::Map<String, Value> = PERMISSIONS
            .iter()
            .map(|name| {
                ((*name).to_owned(), json!(name.starts_with("can_send") || *name == "can_invite_users"))
            })
            .collect();
        info.put("permissions", Value::Object(permissions));
    }
    let may_invite = world.status(chat.id, bot).has("can_invite_users");
    let own = chat.links.iter().find(|link| link.creator == bot && link.is_primary && !link.is_revoked);
    if let Some(link) = own.filter(|_| may_invite) {
        info.put("invite_link", link.url.as_str());
    }
}

/// A public channel or supergroup can be looked at from outside; a private one cannot.
fn must_look(world: &World, bot: i64, chat: &Chat) -> Result<(), Refusal> {
    match world.must_be_inside(bot, chat) {
        Err(_)
            if chat.username.is_some() && !chat.deleted && world.status(chat.id, bot).word() != "kicked" =>
        {
            Ok(())
        }
        outcome => outcome.map(|_| ()),
    }
}

pub fn member(world: &mut World, call: &Call) -> Answer {
    let user = call.int("user_id").unwrap_or_default();
    let place = world.place_of(call)?;
    let Place::Chat(_) = place else {
        return match user == call.bot || user == place.chat_id() {
            true => Ok(world.member_json(place.chat_id(), user, Status::Member)),
            false => Err(Refusal::bad_request("member not found")),
        };
    };
    let chat = world.chat_of(call)?;
    must_look(world, call.bot, chat)?;
    if chat.is_channel() && user != call.bot && !world.status(chat.id, call.bot).is_administrator() {
        return Err(Refusal::bad_request("member list is inaccessible"));
    }
    if !world.people.contains_key(&user) && !world.bots.contains_key(&user) {
        return Err(Refusal::bad_request("user not found"));
    }
    Ok(world.member_json(chat.id, user, world.status(chat.id, user)))
}

pub fn member_count(world: &mut World, call: &Call) -> Answer {
    let place = world.place_of(call)?;
    if place.is_private() {
        return Ok(json!(2));
    }
    let chat = world.chat_of(call)?;
    must_look(world, call.bot, chat)?;
    Ok(json!(chat.present))
}

pub fn administrators(world: &mut World, call: &Call) -> Answer {
    let place = world.place_of(call)?;
    if place.is_private() {
        return Err(Refusal::bad_request("there are no administrators in the private chat"));
    }
    let chat = world.chat_of(call)?;
    must_look(world, call.bot, chat)?;
    if chat.is_channel() && !world.status(chat.id, call.bot).is_administrator() {
        return Err(Refusal::bad_request("member list is inaccessible"));
    }
    let mut administrators: Vec<(i64, Status)> = chat
        .members
        .iter()
        .filter(|(_, status)| status.is_administrator())
        .map(|(user, status)| (*user, *status))
        .filter(|(user, _)| *user == call.bot || call.flag("return_bots") || !world.bots.contains_key(user))
        .collect();
    administrators.sort_by_key(|(user, status)| (*status != Status::Creator, *user));
    let members = administrators.into_iter().map(|(user, status)| world.member_json(chat.id, user, status));
    Ok(Value::Array(members.collect()))
}

pub fn boosts(world: &mut World, call: &Call) -> Answer {
    let chat = world.chat_of(call)?;
    if !world.must_be_inside(call.bot, chat)?.is_administrator() {
        return Err(Refusal::bad_request("CHAT_ADMIN_REQUIRED"));
    }
    let user = call.int("user_id").unwrap_or_default();
    if !world.people.contains_key(&user) {
        return Err(Refusal::bad_request("user not found"));
    }
    let now = world.clock.now();
    let boosts = chat.boosts.iter().filter(|boost| boost.user == user && boost.expires > now);
    Ok(json!({"boosts": boosts.map(|boost| world.boost_json(boost)).collect::<Vec<_>>()}))
}

impl World {
    /// Whether a bot shares a chat with a person.
    fn has_met(&self, bot: i64, person: i64) -> bool {
        self.chats.values().any(|chat| {
            let inside = |user: i64| chat.members.get(&user).is_some_and(|status| status.is_present());
            inside(bot) && inside(person)
        })
    }
}
