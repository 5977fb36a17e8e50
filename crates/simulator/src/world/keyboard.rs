//! Checks inline and reply keyboards as Telegram does; their shape was checked against the schema.

use serde_json::Value;

use super::World;
use super::place::Place;
use crate::bot_api::refusal::Refusal;

/// Reported by users; Telegram names no number.
const MARKUP_BYTES: usize = 10_000;
const BUTTONS: usize = 100;
const ROW: usize = 8;
/// In bytes.
const CALLBACK_DATA: usize = 64;
/// In characters.
const COPY_TEXT: usize = 256;

/// What a `reply_markup` asks for.
pub enum Markup {
    None,
    /// The rows of the inline keyboard.
    Inline(Vec<Value>),
    /// A `ReplyKeyboardMarkup`.
    Keyboard(Value),
    Remove,
    ForceReply(Option<String>),
}

impl World {
    /// Checks the `reply_markup` of a message of `bot` in `place`.
    pub fn read_markup(&self, bot: i64, place: Place, markup: Option<&Value>) -> Result<Markup, Refusal> {
        let Some(markup) = markup else { return Ok(Markup::None) };
        if markup.to_string().len() > MARKUP_BYTES {
            return Err(too_long());
        }
        if let Some(rows) = markup.get("inline_keyboard").and_then(Value::as_array) {
            return self.read_inline(bot, Some(place), rows).map(Markup::Inline);
        }
        let in_channel =
            matches!(place, Place::Chat(id) if self.chats.get(&id).is_some_and(|c| c.is_channel()));
        if in_channel {
            return Err(Refusal::bad_request("inline keyboard expected"));
        }
        if let Some(rows) = markup.get("keyboard").and_then(Value::as_array) {
            check_reply_rows(place, rows)?;
            return Ok(Markup::Keyboard(markup.clone()));
        }
        if markup.get("remove_keyboard").is_some() {
            return Ok(Markup::Remove);
        }
        let placeholder = markup.get("input_field_placeholder").and_then(Value::as_str);
        Ok(Markup::ForceReply(placeholder.map(str::to_owned)))
    }

    /// Checks an inline keyboard; without a place it is that of an inline result. Empty rows vanish.
    pub fn read_inline(&self, bot: i64, place: Option<Place>, rows: &[Value]) -> Result<Vec<Value>, Refusal> {
        let rows: Vec<&Value> =
            rows.iter().filter(|row| row.as_array().is_some_and(|row| !row.is_empty())).collect();
        check_counts(rows.iter().copied())?;
        for button in rows.iter().filter_map(|row| row.as_array()).flatten() {
            self.check_inline_button(bot, place, button)?;
        }
        Ok(rows.into_iter().cloned().collect())
    }

    fn check_inline_button(&self, bot: i64, place: Option<Place>, button: &Value) -> Result<(), Refusal> {
        let text = button.get("text").and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(Refusal::bad_request(
                "can't parse inline keyboard button: button text must be non-empty",
            ));
        }
        let mut actions = ACTIONS.iter().filter(|name| button.get(**name).is_some());
        let Some(action) = actions.next() else {
            return Err(Refusal::bad_request("text buttons are unallowed in the inline keyboard"));
        };
        if let Some(second) = actions.next() {
            return Err(Refusal::strict(format!(
                "the button \"{text}\" has two actions: {action} and {second}"
            )));
        }
        let value = button.get(*action).unwrap_or(&Value::Null);
        match *action {
            "callback_data" => match value.as_str().map_or(0, str::len) {
                1..=CALLBACK_DATA => Ok(()),
                _ => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
            },
            "url" => check_url(value.as_str().unwrap_or_default()),
            "copy_text" => {
                let text = value.get("text").and_then(Value::as_str).unwrap_or_default();
                match text.chars().count() {
                    1..=COPY_TEXT => Ok(()),
                    _ => Err(Refusal::bad_request("BUTTON_COPY_TEXT_INVALID")),
                }
            }
            "web_app" if !place.is_some_and(Place::is_private) => {
                Err(Refusal::bad_request("BUTTON_TYPE_INVALID"))
            }
            "switch_inline_query"
            | "switch_inline_query_current_chat"
            | "switch_inline_query_chosen_chat"
                if !self.bots.get(&bot).is_some_and(|bot| bot.inline) =>
            {
                Err(Refusal::bad_request("BOT_INLINE_DISABLED"))
            }
            "pay" => Err(Refusal::strict("pay buttons are not supported yet")),
            "callback_game" => Err(Refusal::strict("games are not supported")),
            _ => Ok(()),
        }
    }
}

/// What a button can do; each has exactly one of these.
const ACTIONS: [&str; 11] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
];

fn check_url(url: &str) -> Result<(), Refusal> {
    let rest = ["https://", "http://", "tg://"].iter().find_map(|start| url.strip_prefix(start));
    let host = rest.and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let fits = !host.is_empty()
        && !url.chars().any(char::is_whitespace)
        && (url.starts_with("tg://") || host.contains('.') || host.starts_with("localhost"));
    if fits {
        Ok(())
    } else {
        Err(Refusal::bad_request(format!("inline keyboard button URL '{url}' is invalid")))
    }
}

fn check_counts<'a>(rows: impl Iterator<Item = &'a Value>) -> Result<(), Refusal> {
    let mut total = 0;
    for row in rows.filter_map(Value::as_array) {
        total += row.len();
        if row.len() > ROW || total > BUTTONS {
            return Err(too_long());
        }
    }
    Ok(())
}

fn check_reply_rows(place: Place, rows: &[Value]) -> Result<(), Refusal> {
    check_counts(rows.iter())?;
    for button in rows.iter().filter_map(Value::as_array).flatten() {
        let text = button.get("text").and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(Refusal::bad_request("can't parse keyboard button: button text must be non-empty"));
        }
        let asks = button
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.keys())
            .any(|name| name.starts_with("request_") || name == "web_app");
        if asks && !place.is_private() {
            return Err(Refusal::bad_request("requests can be used in private chats only"));
        }
    }
    Ok(())
}

fn too_long() -> Refusal {
    Refusal::bad_request("reply markup is too long")
}
