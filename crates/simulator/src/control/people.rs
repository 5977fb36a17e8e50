//! Bots, people and files.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::body::{Body, Params, Problem, Reply};
use crate::server::App;
use crate::world::bot::Bot;
use crate::world::files::{MediaKind, NewFile};
use crate::world::person::Person;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBot {
    token: String,
    username: String,
    name: Option<String>,
    inline: Option<bool>,
    inline_feedback: Option<bool>,
    privacy: Option<bool>,
}

pub async fn add_bot(State(app): State<App>, Body(new): Body<NewBot>) -> Reply {
    let id: Option<i64> = new.token.split_once(':').and_then(|(id, _)| id.parse().ok());
    let id = id.ok_or_else(|| Problem::bad("a token is <id>:<secret>"))?;
    let mut world = app.world();
    let first = world.config.first_update_id;
    let mut bot = match world.bots.remove(&id) {
        Some(bot) => {
            world.tokens.remove(&bot.token);
            world.usernames.remove(&bot.username.to_lowercase());
            bot
        }
        None => Bot::new(&new.token, &new.username, &new.username, first),
    };
    bot.token = new.token;
    bot.username.clone_from(&new.username);
    bot.name = new.name.unwrap_or(bot.name);
    bot.inline = new.inline.unwrap_or(bot.inline);
    bot.inline_feedback = new.inline_feedback.unwrap_or(bot.inline_feedback);
    bot.privacy = new.privacy.unwrap_or(bot.privacy);
    world.add_bot(bot);
    Ok(Json(json!({"id": id, "username": new.username})))
}

pub async fn bots(State(app): State<App>) -> Reply {
    let world = app.world();
    let mut bots: Vec<&Bot> = world.bots.values().collect();
    bots.sort_by_key(|bot| bot.id);
    let views = bots.into_iter().map(|bot| {
        json!({
            "id": bot.id, "username": bot.username, "name": bot.name, "inline": bot.inline,
            "inline_feedback": bot.inline_feedback, "privacy": bot.privacy, "token": bot.token,
            "commands": bot.commands.get("{\"type\":\"default\"}|").cloned().unwrap_or_else(|| json!([])),
            "first_poll": bot.updates.first_poll_ms.map(|ms| ms / 1_000),
        })
    });
    Ok(Json(json!({"bots": views.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    id: Option<i64>,
    first_name: String,
    last_name: Option<String>,
    username: Option<String>,
    language_code: Option<String>,
    is_premium: Option<bool>,
}

pub async fn add(State(app): State<App>, Body(new): Body<NewPerson>) -> Reply {
    let mut world = app.world();
    let id = new.id.unwrap_or_else(|| world.new_person_id());
    if id <= 0 || world.people.contains_key(&id) || world.bots.contains_key(&id) {
        return Err(Problem::bad(format!("the id {id} is taken")));
    }
    if new.username.as_ref().is_some_and(|name| world.usernames.contains_key(&name.to_lowercase())) {
        return Err(Problem::bad("the username is taken"));
    }
    world.put_person(Person {
        id,
        first_name: new.first_name,
        last_name: new.last_name,
        username: new.username,
        language_code: new.language_code,
        is_premium: new.is_premium.unwrap_or(false),
    });
    Ok(Json(json!({"id": id})))
}

pub async fn list(State(app): State<App>) -> Reply {
    let world = app.world();
    let mut people: Vec<&Person> = world.people.values().collect();
    people.sort_by_key(|person| person.id);
    Ok(Json(json!({"people": people})))
}

pub async fn one(State(app): State<App>, Path(id): Path<i64>) -> Reply {
    let world = app.world();
    let person = world.people.get(&id).ok_or_else(|| Problem::not_found(format!("no person {id}")))?;
    Ok(Json(json!(person)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedPerson {
    first_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    last_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    username: Option<Option<String>>,
    language_code: Option<String>,
    is_premium: Option<bool>,
}

/// Tells a field that is null from one that is not there.
pub fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

pub async fn change(State(app): State<App>, Path(id): Path<i64>, Body(new): Body<ChangedPerson>) -> Reply {
    let mut world = app.world();
    let old = world.people.get(&id).cloned().ok_or_else(|| Problem::not_found(format!("no person {id}")))?;
    let person = Person {
        id,
        first_name: new.first_name.unwrap_or(old.first_name),
        last_name: new.last_name.unwrap_or(old.last_name),
        username: new.username.unwrap_or(old.username),
        language_code: new.language_code.or(old.language_code),
        is_premium: new.is_premium.unwrap_or(old.is_premium),
    };
    world.put_person(person.clone());
    Ok(Json(json!(person)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileParams {
    kind: String,
    file_name: Option<String>,
    mime_type: Option<String>,
}

pub async fn add_file(State(app): State<App>, Params(params): Params<FileParams>, bytes: Bytes) -> Reply {
    let kind = MediaKind::parse(&params.kind).ok_or_else(|| Problem::bad("unknown kind of file"))?;
    let new = NewFile { kind, name: params.file_name, mime_type: params.mime_type, bytes: bytes.to_vec() };
    let media = app.world().files.add(new);
    Ok(Json(json!({"file_id": media.file_id})))
}

pub async fn file(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let world = app.world();
    let media = world.files.get(&id).ok_or_else(|| Problem::not_found("no such file"))?;
    let headers = [
        (header::CONTENT_TYPE, media.mime_type.as_str()),
        // Whatever was uploaded, and whatever its uploader called it: it is shown, never run.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
    ];
    Ok((headers, media.bytes.clone()).into_response())
}
