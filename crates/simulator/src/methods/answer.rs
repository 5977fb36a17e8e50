//! answerCallbackQuery and answerInlineQuery: once, and in time.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::events::Event;
use crate::world::World;
use crate::world::files::MediaKind;
use crate::world::queries::{self, CALLBACK_MS, INLINE_MS, InlineAnswer};
use crate::world::text::{self, TextKind};

pub const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";
/// In characters.
const ANSWER_TEXT: usize = 200;
const RESULTS: usize = 50;
/// In bytes.
const RESULT_ID: usize = 64;
/// In bytes.
const NEXT_OFFSET: usize = 64;

pub fn callback_query(world: &mut World, call: &Call) -> Answer {
    let too_old = || Refusal::bad_request(TOO_OLD);
    let now_ms = world.clock.now_ms();
    let text = call.text("text").filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > ANSWER_TEXT) {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let url = call.text("url").filter(|url| !url.is_empty());
    if url.is_some_and(|url| !world.may_open(call.bot, url)) {
        return Err(Refusal::bad_request("URL_INVALID"));
    }
    let id = call.text("callback_query_id").and_then(|id| id.parse().ok()).ok_or_else(too_old)?;
    let query =
        world.queries.callbacks.get_mut(&id).filter(|query| query.bot == call.bot).ok_or_else(too_old)?;
    if query.answer.is_some() || now_ms - query.asked_ms > CALLBACK_MS {
        return Err(too_old());
    }
    let answer = queries::Answer {
        text: text.map(str::to_owned),
        show_alert: call.flag("show_alert"),
        url: url.map(str::to_owned),
    };
    query.answer = Some(answer.clone());
    let data = json!({
        "person": query.person, "bot": query.bot, "message": query.message,
        "chat": query.place.map(|place| place.chat_id()),
        "answer": {"text": answer.text, "show_alert": answer.show_alert, "url": answer.url},
    });
    world.touch();
    world.announce(|| Event::new("answer", data));
    Ok(json!(true))
}

impl World {
    /// An answer may open a chat with a bot, with a start parameter.
    fn may_open(&self, bot: i64, url: &str) -> bool {
        let rest = ["https://t.me/", "http://t.me/", "t.me/", "https://telegram.me/"]
            .iter()
            .find_map(|start| url.strip_prefix(start));
        let Some((name, payload)) = rest.and_then(|rest| rest.split_once("?start=")) else { return false };
        let ours = self.bots.get(&bot).is_some_and(|bot| bot.username.eq_ignore_ascii_case(name));
        ours && is_payload(payload)
    }
}

/// 1 to 64 of A-Z, a-z, 0-9, _ and -.
pub fn is_payload(payload: &str) -> bool {
    (1..=64).contains(&payload.len())
        && payload.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

pub fn inline_query(world: &mut World, call: &Call) -> Answer {
    let too_old = || Refusal::bad_request(TOO_OLD);
    let now_ms = world.clock.now_ms();
    let results = call.list("results");
    if results.len() > RESULTS {
        return Err(Refusal::bad_request("RESULTS_TOO_MUCH"));
    }
    if call.text("next_offset").is_some_and(|offset| offset.len() > NEXT_OFFSET) {
        return Err(Refusal::bad_request("NEXT_OFFSET_INVALID"));
    }
    let mut ids: Vec<&str> = Vec::new();
    for result in results {
        let id = result.get("id").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() || id.len() > RESULT_ID {
            return Err(Refusal::bad_request("RESULT_ID_INVALID"));
        }
        if ids.contains(&id) {
            return Err(Refusal::bad_request("RESULT_ID_DUPLICATE"));
        }
        ids.push(id);
        check_result(world, call.bot, result)?;
    }
    if let Some(start) = call.params.get("button").and_then(|button| button.get("start_parameter"))
        && !start.as_str().is_some_and(is_payload)
    {
        return Err(Refusal::bad_request("START_PARAM_INVALID"));
    }
    let id = call.text("inline_query_id").and_then(|id| id.parse().ok()).ok_or_else(too_old)?;
    let query =
        world.queries.inline.get_mut(&id).filter(|query| query.bot == call.bot).ok_or_else(too_old)?;
    if query.answer.is_some() || now_ms - query.asked_ms > INLINE_MS {
        return Err(too_old());
    }
    query.answer =
        Some(InlineAnswer { results: results.to_vec(), button: call.params.get("button").cloned() });
    world.touch();
    Ok(json!(true))
}

/// The fields of results that name a file, and of which kind it is.
pub const RESULT_FILES: [(&str, MediaKind); 5] = [
    ("photo_file_id", MediaKind::Photo),
    ("video_file_id", MediaKind::Video),
    ("mpeg4_file_id", MediaKind::Animation),
    ("gif_file_id", MediaKind::Animation),
    ("document_file_id", MediaKind::Document),
];

/// A result's content is held to the rules of a message.
fn check_result(world: &World, bot: i64, result: &Value) -> Result<(), Refusal> {
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(content) = result.get("input_message_content") {
        if content.get("parse_mode").is_some() {
            return Err(Refusal::strict("parse_mode is not supported: send entities"));
        }
        if let Some(text) = content.get("message_text").and_then(Value::as_str) {
            text::clean(TextKind::Text, text, &list(content, "entities"))?;
        }
    }
    if result.get("parse_mode").is_some() {
        return Err(Refusal::strict("parse_mode is not supported: send entities"));
    }
    if let Some(caption) = result.get("caption").and_then(Value::as_str) {
        text::clean(TextKind::Caption, caption, &list(result, "caption_entities"))?;
    }
    let is_untitled =
        result.get("title").and_then(Value::as_str).is_some_and(|title| title.trim().is_empty());
    match result.get("type").and_then(Value::as_str) {
        Some("article") if is_untitled => return Err(Refusal::bad_request("ARTICLE_TITLE_EMPTY")),
        Some("video") if is_untitled => return Err(Refusal::bad_request("VIDEO_TITLE_EMPTY")),
        _ => {}
    }
    for (field, kind) in RESULT_FILES {
        let Some(file_id) = result.get(field).and_then(Value::as_str) else { continue };
        if world.files.get(file_id).is_none_or(|file| file.kind != kind) {
            return Err(Refusal::bad_request("wrong file identifier/HTTP URL specified"));
        }
    }
    if let Some(markup) = result.get("reply_markup") {
        world.read_inline(bot, None, &list(markup, "inline_keyboard"))?;
    }
    Ok(())
}
