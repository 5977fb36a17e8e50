//! Inline mode: asking a bot from any chat, and choosing a result.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::body::{Body, Problem, Reply};
use crate::json::Put;
use crate::methods::RESULT_FILES;
use crate::server::App;
use crate::world::World;
use crate::world::message::{Message, Sender};
use crate::world::place::Place;
use crate::world::queries::InlineQuery;
use crate::world::text::TextKind;
use crate::world::updates::Kind;

/// A basic group that only stands for «some chat without the bot».
const ELSEWHERE: i64 = -1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    bot: Option<Value>,
    query: String,
    /// Where the last answer ended, as the bot told.
    offset: Option<String>,
    chat: Option<i64>,
    wait_ms: Option<u64>,
}

pub async fn ask(State(app): State<App>, Path(person): Path<i64>, Body(ask): Body<Ask>) -> Reply {
    let (id, mut changes) = {
        let mut world = app.world();
        world.must_be_person(person)?;
        let bot = world.named_bot(ask.bot.as_ref())?;
        if !world.bots.get(&bot).is_some_and(|bot| bot.inline) {
            return Err(Problem::bad("the bot has no inline mode"));
        }
        (world.ask_inline(person, bot, &ask), world.changes())
    };
    let until = Instant::now() + Duration::from_millis(ask.wait_ms.unwrap_or(5_000).min(60_000));
    loop {
        {
            let world = app.world();
            if let Some(answer) = world.queries.inline.get(&id).and_then(|query| query.answer.as_ref()) {
                let view = json!({
                    "inline_query_id": id.to_string(), "results": answer.results, "button": answer.button,
                });
                return Ok(Json(view));
            }
        }
        if timeout_at(until, changes.changed()).await.is_err() {
            return Ok(Json(json!({"inline_query_id": id.to_string(), "results": null, "button": null})));
        }
    }
}

impl World {
    fn ask_inline(&mut self, person: i64, bot: i64, ask: &Ask) -> u64 {
        let query = InlineQuery {
            bot,
            person,
            query: ask.query.clone(),
            asked_ms: self.clock.now_ms(),
            answer: None,
        };
        let id = self.queries.ask_inline(query);
        let kind = match ask.chat {
            Some(chat) => self.chats.get(&chat).map_or("sender", |chat| chat.kind.word()),
            None => "sender",
        };
        let body = json!({
            "id": id.to_string(), "from": self.user_json(person), "query": ask.query,
            "offset": ask.offset.as_deref().unwrap_or_default(), "chat_type": kind,
        });
        self.deliver(bot, Kind::InlineQuery, person, &body);
        id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    inline_query_id: String,
    result_id: String,
    chat: Option<i64>,
    bot: Option<Value>,
    saved: Option<bool>,
}

pub async fn choose(State(app): State<App>, Path(person): Path<i64>, Body(choose): Body<Choose>) -> Reply {
    let mut world = app.world();
    let query = choose.inline_query_id.parse().ok().and_then(|id: u64| world.queries.inline.get(&id));
    let query = query.filter(|query| query.person == person).ok_or_else(|| Problem::bad("no such query"))?;
    let (bot, text) = (query.bot, query.query.clone());
    let results = query.answer.iter().flat_map(|answer| answer.results.iter());
    let chosen = results
        .into_iter()
        .find(|result| result.get("id").and_then(Value::as_str) == Some(&choose.result_id));
    let result = chosen.cloned().ok_or_else(|| Problem::bad("no such result"))?;
    let place = match choose.saved {
        Some(true) => Place::Chat(ELSEWHERE),
        _ => world.acting_place(person, choose.chat, choose.bot.as_ref())?,
    };
    if place != Place::Chat(ELSEWHERE) {
        world.must_be_writer(person, place)?;
    }
    let mut message = Message::new(place, Sender::User(person), person);
    if world.is_channel(place) {
        message.sender = Sender::Chat(place.chat_id());
    }
    message.via_bot = Some(bot);
    world.write_result(&mut message, &result)?;
    let has_buttons = !message.buttons.is_empty();
    let id = world.post(message);
    let mut body = json!({"result_id": choose.result_id, "from": world.user_json(person), "query": text});
    if has_buttons {
        let inline = world.queries.new_inline_message(place, id);
        if let Some(message) = world.message_mut(place, id) {
            message.inline_id = Some(inline.clone());
        }
        body.put("inline_message_id", inline);
    }
    if world.bots.get(&bot).is_some_and(|bot| bot.inline_feedback) {
        world.deliver(bot, Kind::ChosenInlineResult, person, &body);
    }
    Ok(Json(json!({"chat": place.chat_id(), "message": id, "seq": world.seq()})))
}

impl World {
    fn write_result(&self, message: &mut Message, result: &Value) -> Result<(), Problem> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let list = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        if let Some(content) = result.get("input_message_content") {
            let written = text(content, "message_text");
            let written = written.ok_or_else(|| Problem::bad("only text contents are supported"))?;
            let clean =
                self.clean(message.place, TextKind::Text, Some(&written), &list(content, "entities"))?;
            (message.text, message.entities) = (clean.text, clean.entities);
            message.link_preview = content.get("link_preview_options").cloned();
        } else {
            let file = RESULT_FILES
                .iter()
                .find_map(|(field, _)| text(result, field))
                .and_then(|id| self.files.get(&id).cloned());
            message.media =
                Some(file.ok_or_else(|| Problem::bad("only cached media and texts are supported"))?);
            let caption = text(result, "caption");
            let entities = list(result, "caption_entities");
            let clean = self.clean(message.place, TextKind::Caption, caption.as_deref(), &entities)?;
            (message.text, message.entities) = (clean.text, clean.entities);
            message.flags.caption_above =
                result.get("show_caption_above_media").and_then(Value::as_bool).unwrap_or(false);
        }
        if let Some(markup) = result.get("reply_markup") {
            message.buttons = list(markup, "inline_keyboard");
        }
        Ok(())
    }
}
