//! Pressing a button of an inline keyboard, and waiting for the answer.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::body::{Body, Problem, Reply};
use crate::json::Put;
use crate::server::App;
use crate::world::World;
use crate::world::outline::button_action;
use crate::world::place::Place;
use crate::world::queries::Callback;
use crate::world::updates::Kind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    chat: Option<i64>,
    bot: Option<Value>,
    message: i64,
    data: Option<String>,
    text: Option<String>,
    row: Option<usize>,
    col: Option<usize>,
    wait_ms: Option<u64>,
}

pub async fn press(State(app): State<App>, Path(person): Path<i64>, Body(press): Body<Press>) -> Reply {
    let (query, changes) = {
        let mut world = app.world();
        let place = world.acting_place(person, press.chat, press.bot.as_ref())?;
        let button = find_button(&world, person, place, &press)?;
        let (kind, data) = button_action(&button);
        match kind {
            "callback" => (world.press(person, place, press.message, &data), world.changes()),
            _ => return Ok(Json(without_query(&world, place, press.message, &button, kind, &data))),
        }
    };
    let until = Instant::now() + Duration::from_millis(press.wait_ms.unwrap_or(5_000).min(60_000));
    wait_for_answer(&app, query, changes, until).await
}

async fn wait_for_answer(
    app: &App,
    query: u64,
    mut changes: tokio::sync::watch::Receiver<i64>,
    until: Instant,
) -> Reply {
    loop {
        let (answer, seq) = {
            let world = app.world();
            let answer = world.queries.callbacks.get(&query).and_then(|callback| callback.answer.clone());
            (answer, world.seq())
        };
        let answered = answer.is_some();
        let late = !answered && timeout_at(until, changes.changed()).await.is_err();
        if answered || late {
            let answer = answer.map(|a| json!({"text": a.text, "show_alert": a.show_alert, "url": a.url}));
            let query = query.to_string();
            return Ok(Json(
                json!({"kind": "callback", "answer": answer, "callback_query_id": query, "seq": seq}),
            ));
        }
    }
}

/// What an app does by itself when such a button is pressed.
fn without_query(world: &World, place: Place, message: i64, button: &Value, kind: &str, data: &str) -> Value {
    match kind {
        "url" | "web_app" | "login" => json!({"kind": kind, "url": data}),
        "copy_text" => json!({"kind": kind, "text": data}),
        "switch_inline" => {
            let here = button.get("switch_inline_query_current_chat").is_some();
            let message = world.message(place, message);
            let bot = message.and_then(|message| message.via_bot.or(Some(message.author)));
            let bot = bot.and_then(|bot| world.bots.get(&bot)).map(|bot| &bot.username);
            let place = if here { "current_chat" } else { "any_chat" };
            json!({"kind": kind, "query": data, "where": place, "bot": bot})
        }
        _ => json!({"kind": kind}),
    }
}

fn find_button(world: &World, person: i64, place: Place, press: &Press) -> Result<Value, Problem> {
    let message = world.message(place, press.message).filter(|_| world.can_see(person, place));
    let message = message.ok_or_else(|| Problem::bad("no such message that this person sees"))?;
    let rows: Vec<&Vec<Value>> = message.buttons.iter().filter_map(Value::as_array).collect();
    let text = |button: &Value| button.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let all = || rows.iter().copied().flatten();
    let found = if let (Some(row), Some(col)) = (press.row, press.col) {
        rows.get(row).and_then(|row| row.get(col))
    } else if let Some(data) = &press.data {
        all().find(|button| button.get("callback_data").and_then(Value::as_str) == Some(data))
    } else if let Some(wanted) = &press.text {
        let mut containing = all().filter(|button| text(button).contains(wanted.as_str()));
        let only = containing.next().filter(|_| containing.next().is_none());
        all().find(|button| text(button) == *wanted).or(only)
    } else {
        return Err(Problem::bad("name the button by data, by text, or by row and col"));
    };
    found.cloned().ok_or_else(|| {
        let there: Vec<String> = all().map(text).collect();
        Problem::bad(format!("no such button (or several) on the message; it has: {}", there.join(" | ")))
    })
}

impl World {
    /// Sends a callback query; its id.
    pub(super) fn press(&mut self, person: i64, place: Place, message_id: i64, data: &str) -> u64 {
        self.note_act(place);
        let asked_ms = self.clock.now_ms();
        let Some(message) = self.message(place, message_id) else { return 0 };
        let via_inline = message.inline_id.clone();
        let bot = message.via_bot.unwrap_or(message.author);
        let shown = self.message_json(message);
        let query = Callback { bot, person, place: Some(place), message: message_id, asked_ms, answer: None };
        let id = self.queries.ask(query);
        let mut body = json!({
            "id": id.to_string(),
            "from": self.user_json(person),
            "chat_instance": place.chat_id().unsigned_abs().to_string(),
            "data": data,
        });
        match via_inline {
            Some(inline) => body.put("inline_message_id", inline),
            None => body.put("message", shown),
        }
        self.deliver(bot, Kind::CallbackQuery, person, &body);
        id
    }
}
