//! Cleans a text as Telegram does, checks its entities, and counts its length.

use serde_json::Value;

use crate::bot_api::refusal::Refusal;
use crate::json::Put;

/// TDLib refuses longer raw texts before it looks at them.
const RAW_BYTES: usize = 32_768;
pub const TEXT_LIMIT: usize = 4_096;
pub const CAPTION_LIMIT: usize = 1_024;

/// What a text is for; they differ in limits and in the words of the refusal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    Text,
    Caption,
}

pub struct CleanText {
    pub text: String,
    pub entities: Vec<Value>,
}

/// Cleans and checks; `entities` were checked against the schema.
pub fn clean(kind: TextKind, text: &str, entities: &[Value]) -> Result<CleanText, Refusal> {
    let too_long = || match kind {
        TextKind::Text => Refusal::bad_request("message is too long"),
        TextKind::Caption => Refusal::bad_request("message caption is too long"),
    };
    if text.len() > RAW_BYTES {
        return Err(match kind {
            TextKind::Text => Refusal::bad_request("text is too long"),
            TextKind::Caption => too_long(),
        });
    }
    let boundaries = Boundaries::of(text);
    for entity in entities {
        check_entity(entity, &boundaries)?;
    }
    let cleaned = if is_clean(text) {
        CleanText { text: text.to_owned(), entities: entities.to_vec() }
    } else {
        wash(text, entities)
    };
    let length = cleaned.text.chars().count();
    match kind {
        TextKind::Text if length == 0 => Err(Refusal::bad_request("message text is empty")),
        TextKind::Text if length > TEXT_LIMIT => Err(too_long()),
        TextKind::Caption if length > CAPTION_LIMIT => Err(too_long()),
        _ => Ok(cleaned),
    }
}

/// U+2028 to U+202E are removed, carriage returns too (TD misc.cpp).
fn is_removed(character: char) -> bool {
    matches!(character, '\u{2028}'..='\u{202e}' | '\r')
}

fn is_blank(character: char) -> bool {
    (character < '\u{20}' && character != '\n') || character == '\u{7f}'
}

fn is_clean(text: &str) -> bool {
    text.trim().len() == text.len() && !text.chars().any(|c| is_removed(c) || is_blank(c))
}

/// For each UTF-16 offset, whether a character begins or the text ends there.
struct Boundaries(Vec<bool>);

impl Boundaries {
    fn of(text: &str) -> Self {
        let mut marks = Vec::with_capacity(text.len() + 1);
        for character in text.chars() {
            marks.push(true);
            if character.len_utf16() == 2 {
                marks.push(false);
            }
        }
        marks.push(true);
        Self(marks)
    }

    fn end(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX) - 1
    }

    fn is_boundary(&self, offset: i64) -> bool {
        usize::try_from(offset).ok().and_then(|offset| self.0.get(offset)).copied().unwrap_or(false)
    }
}

const ENTITY_TYPES: [&str; 21] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
    "bank_card_number",
];

fn check_entity(entity: &Value, boundaries: &Boundaries) -> Result<(), Refusal> {
    let number = |name: &str| entity.get(name).and_then(Value::as_i64).unwrap_or_default();
    let word = |name: &str| entity.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, offset, length) = (word("type"), number("offset"), number("length"));
    if !ENTITY_TYPES.contains(&kind) {
        return Err(Refusal::bad_request(format!(
            "can't parse MessageEntity: unsupported type \"{kind}\" specified"
        )));
    }
    let needs = match kind {
        "text_link" => "url",
        "custom_emoji" => "custom_emoji_id",
        "text_mention" => "user",
        "date_time" => "unix_time",
        _ => "type",
    };
    if entity.get(needs).is_none() || (kind == "text_link" && word("url").is_empty()) {
        return Err(Refusal::bad_request(format!("can't parse MessageEntity: {kind} needs \"{needs}\"")));
    }
    if kind == "date_time" && !is_date_time(number("unix_time"), word("date_time_format")) {
        return Err(Refusal::bad_request("can't parse MessageEntity: wrong date or format specified"));
    }
    if offset < 0 || length <= 0 {
        return Err(Refusal::bad_request(format!(
            "entity of length {length} at UTF-16 offset {offset} is outside of the text"
        )));
    }
    if offset >= boundaries.end() {
        return Err(Refusal::bad_request(format!(
            "entity begins after the end of the text at UTF-16 offset {offset}"
        )));
    }
    if offset + length > boundaries.end() {
        return Err(Refusal::bad_request(format!(
            "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {}",
            offset + length
        )));
    }
    if !boundaries.is_boundary(offset) {
        return Err(Refusal::bad_request(format!(
            "entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}"
        )));
    }
    if !boundaries.is_boundary(offset + length) {
        return Err(Refusal::bad_request(format!(
            "entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol at UTF-16 offset {}",
            offset + length
        )));
    }
    Ok(())
}

/// A date of 32 bits, and `r|w?[dD]?[tT]?` (Bot API, «Date-time entity formatting»).
fn is_date_time(time: i64, format: &str) -> bool {
    let without = |text, letters: [char; 2]| str::strip_prefix(text, letters).unwrap_or(text);
    let rest = without(without(without(format, ['w'; 2]), ['d', 'D']), ['t', 'T']);
    i32::try_from(time).is_ok_and(|time| time > 0) && (format == "r" || rest.is_empty())
}

/// Removes and replaces what Telegram would, trims, and moves the entities along.
fn wash(text: &str, entities: &[Value]) -> CleanText {
    let mut washed = String::with_capacity(text.len());
    // The new UTF-16 offset of each old one.
    let mut moved: Vec<usize> = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    for character in text.chars() {
        moved.extend(std::iter::repeat_n(at, character.len_utf16()));
        if is_removed(character) {
            continue;
        }
        washed.push(if is_blank(character) { ' ' } else { character });
        at += character.len_utf16();
    }
    moved.push(at);
    let trimmed = washed.trim();
    let cut: usize = washed.chars().take_while(|c| c.is_whitespace()).map(char::len_utf16).sum();
    let length: usize = trimmed.chars().map(char::len_utf16).sum();
    let place = |old: i64| -> usize {
        let new = usize::try_from(old).ok().and_then(|old| moved.get(old)).copied().unwrap_or(at);
        new.saturating_sub(cut).min(length)
    };
    let entities = entities
        .iter()
        .filter_map(|entity| {
            let offset = entity.get("offset")?.as_i64()?;
            let (from, to) = (place(offset), place(offset + entity.get("length")?.as_i64()?));
            let mut entity = entity.clone();
            entity.put("offset", from);
            entity.put("length", to.checked_sub(from)?);
            (to > from).then_some(entity)
        })
        .collect();
    CleanText { text: trimmed.to_owned(), entities }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bold(offset: i64, length: i64) -> Value {
        json!({"type": "bold", "offset": offset, "length": length})
    }

    #[test]
    fn a_split_surrogate_pair_is_refused() {
        assert!(clean(TextKind::Text, "😀a", &[bold(0, 2)]).is_ok());
        assert!(clean(TextKind::Text, "😀a", &[bold(1, 2)]).is_err());
        assert!(clean(TextKind::Text, "😀a", &[bold(0, 1)]).is_err());
        assert!(clean(TextKind::Text, "😀a", &[bold(2, 2)]).is_err());
    }

    #[test]
    fn a_date_has_a_format_that_telegram_knows() {
        let date = |format: Option<&str>| {
            let mut date = json!({"type": "date_time", "offset": 0, "length": 1, "unix_time": 1_790_000_000});
            if let Some(format) = format {
                date.put("date_time_format", format);
            }
            clean(TextKind::Text, "a", &[date]).is_ok()
        };
        assert!(
            [None, Some(""), Some("r"), Some("w"), Some("wDT"), Some("dt"), Some("T")].into_iter().all(date)
        );
        assert!(!["rT", "Td", "x", "ww", "wDTt"].into_iter().any(|format| date(Some(format))));
        let early = json!({"type": "date_time", "offset": 0, "length": 1, "unix_time": 0});
        assert!(clean(TextKind::Text, "a", &[early]).is_err());
    }

    #[test]
    fn washing_moves_entities() {
        let clean = clean(TextKind::Text, "  \u{202b}😀\r ab \u{2029}", &[bold(7, 2)]).unwrap();
        assert_eq!(clean.text, "😀 ab");
        assert_eq!(clean.entities, vec![bold(3, 2)]);
    }

    #[test]
    fn lengths_are_in_code_points() {
        assert!(clean(TextKind::Text, &"😀".repeat(4_096), &[]).is_ok());
        assert!(clean(TextKind::Text, &"😀".repeat(4_097), &[]).is_err());
        assert!(clean(TextKind::Caption, &"س".repeat(1_025), &[]).is_err());
        assert!(clean(TextKind::Caption, "", &[]).is_ok());
        assert!(clean(TextKind::Text, " \u{202a} ", &[]).is_err());
    }
}
