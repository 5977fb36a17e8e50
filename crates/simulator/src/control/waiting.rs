//! Waiting for something to be so, in the place of sleeping.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::body::{Params, Problem, Reply};
use crate::server::App;
use crate::world::World;
use crate::world::message::Message;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    what: String,
    timeout_ms: Option<u64>,
    chat: Option<i64>,
    bot: Option<String>,
    viewer: Option<i64>,
    since: Option<i64>,
    after: Option<i64>,
    from: Option<String>,
    text: Option<String>,
    button: Option<String>,
    edited: Option<bool>,
    message: Option<i64>,
    method: Option<String>,
    ok: Option<bool>,
}

pub async fn wait(State(app): State<App>, Params(wait): Params<Wait>) -> Reply {
    let until = Instant::now() + Duration::from_millis(wait.timeout_ms.unwrap_or(5_000).min(60_000));
    let mut changes = app.world().changes();
    loop {
        {
            let world = app.world();
            if let Some(found) = look(&world, &wait)? {
                return Ok(Json(found));
            }
        }
        let changed = tokio::select! {
            changed = timeout_at(until, changes.changed()) => changed.is_ok(),
            () = app.stopping() => false,
        };
        if !changed {
            return Err(Problem::timed_out(&wait.what, app.world().seq()));
        }
    }
}

fn look(world: &World, wait: &Wait) -> Result<Option<Value>, Problem> {
    let seq = world.seq();
    let chat = || wait.chat.ok_or_else(|| Problem::bad("name the chat"));
    let bot = || world.named_bot(wait.bot.clone().map(Value::from).as_ref());
    Ok(match wait.what.as_str() {
        "message" => {
            let place = world.looked_at(chat()?, wait.bot.as_deref())?;
            let messages = world.talks.get(&place).into_iter().flat_map(|talk| talk.messages.values());
            let found: Vec<Value> = messages
                .filter(|message| fits(world, wait, message))
                .map(|message| world.message_view(message, wait.viewer))
                .collect();
            (!found.is_empty()).then(|| json!({"messages": found, "seq": seq}))
        }
        "gone" => {
            let place = world.looked_at(chat()?, wait.bot.as_deref())?;
            let message = wait.message.ok_or_else(|| Problem::bad("name the message"))?;
            world.message(place, message).is_none().then(|| json!({"seq": seq}))
        }
        "call" => {
            let after = u64::try_from(wait.after.unwrap_or(0)).unwrap_or(0);
            let calls = world.calls.calls_after(after).filter(|call| {
                wait.method.as_ref().is_none_or(|method| call.method.eq_ignore_ascii_case(method))
                    && (wait.chat.is_none() || call.chat == wait.chat)
                    && wait.ok.is_none_or(|ok| call.ok == ok)
            });
            let calls: Vec<_> = calls.collect();
            (!calls.is_empty()).then(|| json!({"calls": calls}))
        }
        "idle" => {
            let bot = bot()?;
            world.bots.get(&bot).is_some_and(|bot| bot.updates.len() == 0).then(|| json!({"seq": seq}))
        }
        "polled" => {
            let bot = bot()?;
            world.bots.get(&bot).and_then(|bot| bot.updates.first_poll_ms).map(|_| json!({"seq": seq}))
        }
        "change" => (seq > wait.since.unwrap_or(0)).then(|| json!({"seq": seq})),
        other => return Err(Problem::bad(format!("cannot wait for {other}"))),
    })
}

fn fits(world: &World, wait: &Wait, message: &Message) -> bool {
    let has_button = |wanted: &String| {
        let buttons = message.buttons.iter().filter_map(Value::as_array).flatten();
        buttons.filter_map(|button| button.get("text")?.as_str()).any(|text| text.contains(wanted.as_str()))
    };
    message.shown > wait.since.unwrap_or(0)
        && message.id > wait.after.unwrap_or(0)
        && wait.message.is_none_or(|id| message.id == id)
        && wait.text.as_ref().is_none_or(|text| message.text.contains(text))
        && wait.button.as_ref().is_none_or(has_button)
        && wait.edited.is_none_or(|edited| message.edit_date.is_some() == edited)
        && match wait.from.as_deref() {
            None => true,
            Some("bot") => world.bots.contains_key(&message.author),
            Some(id) => id.parse() == Ok(message.author),
        }
}
