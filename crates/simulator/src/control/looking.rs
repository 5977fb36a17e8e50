//! Looking into chats, as a person sees them.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Params, Problem, Reply};
use crate::server::App;
use crate::world::World;
use crate::world::outline::reply_keyboard_view;
use crate::world::place::Place;
use crate::world::talk::Talk;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    bot: Option<String>,
    viewer: Option<i64>,
    after: Option<i64>,
    limit: Option<usize>,
}

pub async fn messages(State(app): State<App>, Path(chat): Path<i64>, Params(look): Params<Look>) -> Reply {
    let world = app.world();
    let place = world.looked_at(chat, look.bot.as_deref())?;
    let viewer = look.viewer.or_else(|| place.is_private().then_some(chat));
    if viewer.is_some_and(|viewer| !world.can_see(viewer, place)) {
        return Err(Problem::bad("this person does not see the chat"));
    }
    let Some(talk) = world.talks.get(&place) else {
        return Ok(Json(
            json!({"messages": [], "seq": world.seq(), "reply_keyboard": null, "force_reply": null}),
        ));
    };
    let limit = look.limit.unwrap_or(100).min(1_000);
    let mut views: Vec<Value> = match look.after {
        Some(after) => {
            talk.messages.range(after + 1..).take(limit).map(|(_, m)| world.message_view(m, viewer)).collect()
        }
        None => talk.messages.values().rev().take(limit).map(|m| world.message_view(m, viewer)).collect(),
    };
    if look.after.is_none() {
        views.reverse();
    }
    let force = talk.force_reply.as_ref();
    Ok(Json(json!({
        "messages": views,
        "seq": world.seq(),
        "reply_keyboard": talk.reply_keyboard.as_ref().map(reply_keyboard_view),
        "force_reply": force.map(|(message, placeholder)| json!({"message": message, "placeholder": placeholder})),
    })))
}

pub async fn message(
    State(app): State<App>,
    Path((chat, message)): Path<(i64, i64)>,
    Params(look): Params<Look>,
) -> Reply {
    let world = app.world();
    let place = world.looked_at(chat, look.bot.as_deref())?;
    let found = world.message(place, message).ok_or_else(|| Problem::not_found("no such message"))?;
    Ok(Json(world.message_view(found, look.viewer)))
}

pub async fn chats_of_person(State(app): State<App>, Path(person): Path<i64>) -> Reply {
    let world = app.world();
    world.must_be_person(person)?;
    let mut views = private_views(&world, person);
    for chat in world.chats.values().filter(|chat| !chat.deleted && chat.migrated_to.is_none()) {
        let status = world.status(chat.id, person);
        if status.is_present() {
            let (order, last) = last_of(&world, world.talks.get(&Place::Chat(chat.id)), person);
            let view = json!({
                "chat": chat.id, "bot": null, "kind": chat.kind.word(), "title": chat.title,
                "username": chat.username, "my_status": status.word(), "last": last,
            });
            views.push((order, view));
        }
    }
    views.sort_by_key(|(order, _)| std::cmp::Reverse(*order));
    let views: Vec<Value> = views.into_iter().map(|(_, view)| view).collect();
    Ok(Json(json!({"chats": views, "seq": world.seq()})))
}

fn private_views(world: &World, person: i64) -> Vec<(i64, Value)> {
    let talks = world.bots.values().filter_map(|bot| {
        let talk = world.talks.get(&Place::Private { bot: bot.id, person })?;
        let (order, last) = last_of(world, Some(talk), person);
        let view = json!({
            "chat": person, "bot": bot.id, "kind": "private", "title": bot.name, "username": bot.username,
            "blocked": talk.blocked, "last": last,
        });
        Some((order, view))
    });
    talks.collect()
}

/// The latest message, and what chats are ordered by.
fn last_of(world: &World, talk: Option<&Talk>, viewer: i64) -> (i64, Value) {
    match talk.and_then(|talk| talk.messages.values().next_back()) {
        Some(message) => (message.seq, world.message_view(message, Some(viewer))),
        None => (0, Value::Null),
    }
}
