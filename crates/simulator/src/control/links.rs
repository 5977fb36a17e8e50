//! Opening a link, as Telegram's apps do, and revoking one.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Body, Problem, Reply};
use crate::bot_api::decode;
use crate::server::App;
use crate::world::World;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    url: String,
}

pub async fn open(State(app): State<App>, Path(person): Path<i64>, Body(open): Body<Open>) -> Reply {
    let mut world = app.world();
    world.must_be_person(person)?;
    let starts = ["https://t.me/", "http://t.me/", "t.me/", "https://telegram.me/"];
    let Some(rest) = starts.iter().find_map(|start| open.url.strip_prefix(start)) else {
        return Ok(Json(json!({"kind": "external", "url": open.url})));
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let view = match parts.as_slice() {
        ["share", "url"] => {
            json!({"kind": "share", "url": param(query, "url"), "text": param(query, "text")})
        }
        ["c", number, rest @ ..] => {
            let id = number.parse().map(|number: i64| -1_000_000_000_000 - number);
            let id = id.map_err(|_| Problem::bad("a broken link"))?;
            chat_view(&world, id, rest.last())?
        }
        [invite] if invite.starts_with('+') => {
            let url = format!("https://t.me/{invite}");
            let id = world.chat_of_invite(&url).ok_or_else(|| Problem::bad("the link has expired"))?;
            json!({"kind": "invite", "chat": id, "member": world.status(id, person).is_present()})
        }
        ["boost", name] => json!({"kind": "boost", "chat": boosted(&world, name)?}),
        ["boost"] => {
            let number = param(query, "c").and_then(|number| number.parse::<i64>().ok());
            let id = number.map(|number| -1_000_000_000_000 - number);
            let id = id.ok_or_else(|| Problem::bad("a broken link"))?;
            world.must_be_chat(id)?;
            json!({"kind": "boost", "chat": id})
        }
        [name] if param(query, "boost").is_some() => {
            json!({"kind": "boost", "chat": boosted(&world, name)?})
        }
        [name, rest @ ..] => {
            let id = world.usernames.get(&name.to_lowercase()).copied();
            match id.ok_or_else(|| Problem::bad("nobody has this username"))? {
                bot if world.bots.contains_key(&bot) => open_bot(&mut world, person, bot, query)?,
                id if world.people.contains_key(&id) => json!({"kind": "person", "person": id}),
                id => chat_view(&world, id, rest.last())?,
            }
        }
        [] => json!({"kind": "external", "url": open.url}),
    };
    Ok(Json(view))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    link: String,
}

/// The owner of a chat, who may do so with the links of all administrators, revokes one.
pub async fn revoke(State(app): State<App>, Path(chat): Path<i64>, Body(revoke): Body<Revoke>) -> Reply {
    let mut world = app.world();
    world.must_be_chat(chat)?;
    match world.revoke_link(chat, &revoke.link) {
        true => Ok(Json(json!({"seq": world.seq()}))),
        false => Err(Problem::bad("the chat has no such link any more")),
    }
}

/// The chat that is to be boosted, by its username.
fn boosted(world: &World, name: &str) -> Result<i64, Problem> {
    let id = world.usernames.get(&name.to_lowercase()).copied();
    let id = id.ok_or_else(|| Problem::bad("nobody has this username"))?;
    world.must_be_chat(id)?;
    Ok(id)
}

fn chat_view(world: &World, id: i64, message: Option<&&str>) -> Result<Value, Problem> {
    world.must_be_chat(id)?;
    let message: Option<i64> = message.and_then(|message| message.parse().ok());
    Ok(json!({"kind": "chat", "chat": id, "message": message}))
}

fn open_bot(world: &mut World, person: i64, bot: i64, query: &str) -> Result<Value, Problem> {
    for (name, place) in [("startchannel", "channel"), ("startgroup", "group")] {
        if let Some(payload) = param(query, name) {
            let rights: Vec<String> =
                param(query, "admin").unwrap_or_default().split([' ', '+']).map(str::to_owned).collect();
            let rights: Vec<String> = rights.into_iter().filter(|right| !right.is_empty()).collect();
            let payload = Some(payload).filter(|payload| !payload.is_empty());
            return Ok(json!({
                "kind": "add_to_chat", "bot": bot, "where": place, "payload": payload, "rights": rights,
            }));
        }
    }
    let message = world.start_bot(person, bot, param(query, "start").as_deref())?;
    Ok(json!({"kind": "start", "bot": bot, "message": message, "seq": world.seq()}))
}

/// A parameter of a query string, decoded; a bare name is an empty one.
fn param(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| decode(value))
    })
}
