//! Reads the updates of an answer, so that one that is torn does not cost the others.

use qura_ports::telegram::TelegramError;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::{CallFailure, answer};

/// An update as it came.
#[derive(Debug)]
pub enum Item {
    Whole(Box<RawValue>),
    /// No JSON.
    Torn(String),
}

/// Reads the answer to `getUpdates`. One torn update makes the whole answer no JSON, and it would come
/// again and again: then each is read by itself.
pub fn read(status: u16, retry_after: Option<i64>, body: &str) -> Result<Vec<Item>, CallFailure> {
    let failure = match answer::read::<Vec<Box<RawValue>>>(status, retry_after, body) {
        Ok(whole) => return Ok(whole.into_iter().map(Item::Whole).collect()),
        Err(failure) => failure,
    };
    let CallFailure::Answered(TelegramError::Unreadable(why)) = &failure else { return Err(failure) };
    let items = items(body);
    if items.is_empty() {
        return Err(failure);
    }
    let torn = items.iter().filter(|item| matches!(item, Item::Torn(_))).count();
    tracing::warn!(error = why, torn, fetched = items.len(), "updates are torn");
    Ok(items)
}

/// The updates of an answer that is no JSON. Each is looked for no further than the next begins, so that
/// what a torn one left open does not swallow its neighbours.
fn items(body: &str) -> Vec<Item> {
    // What closes the answer is none of the last one's.
    let body = body.trim_end();
    let body = body.strip_suffix("]}").unwrap_or(body);
    let starts = starts(body);
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    let texts = starts.iter().zip(ends).filter_map(|(start, end)| body.get(*start..end));
    texts.map(|text| first_value(text).map_or_else(|| Item::Torn(text.to_owned()), Item::Whole)).collect()
}

/// Where an item of a list has its number as its first field, as every update of Telegram has. What people
/// write cannot look like it: within a string, quotes are escaped.
fn starts(body: &str) -> Vec<usize> {
    let number = body.match_indices("\"update_id\"");
    let start = |(at, _)| {
        let before = body.get(..at)?.trim_end().strip_suffix('{')?;
        before.trim_end().ends_with(['[', ',']).then_some(before.len())
    };
    number.filter_map(start).collect()
}

/// The value that a text begins with, whatever follows it.
fn first_value(text: &str) -> Option<Box<RawValue>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    <&RawValue>::deserialize(&mut reader).ok().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(result: &str) -> Vec<Item> {
        read(200, None, &format!(r#"{{"ok":true,"result":[{result}]}}"#)).unwrap()
    }

    fn whole(result: &str) -> Vec<String> {
        let whole = |item| match item {
            Item::Whole(raw) => Some(raw.get().to_owned()),
            Item::Torn(_) => None,
        };
        all(result).into_iter().filter_map(whole).collect()
    }

    const GOOD: &str = r#"{"update_id":8,"message":{"text":"a]}"}}"#;
    const OTHER: &str = r#"{ "update_id" : 9, "poll": {}}"#;

    #[test]
    fn a_torn_update_does_not_cost_its_neighbours() {
        let torn = [
            r#"{"update_id":7,"message":{"text":"half a wo"#,
            r#"{"update_id":7,"message":{"text":"half an escape\"#,
            r#"{"update_id":7,"message":{"entities":[{}"#,
            // With the end of the answer this would be whole, and hold its neighbours.
            r#"{"update_id":7,"message":[1"#,
            r#"{"update_id":7"#,
            r#"{"upd"#,
            "",
            "{\"update_id\":7,\"text\":\"\u{1}\"}",
            r#"{"update_id":7,"x":nan}"#,
            r#"{"update_id":7,"message":{}]}"#,
        ];
        for torn in torn {
            assert_eq!(whole(&format!("{torn},{GOOD},{OTHER}")), [GOOD, OTHER], "{torn}");
            assert_eq!(whole(&format!("{GOOD},{torn},{OTHER}")), [GOOD, OTHER], "{torn}");
            assert_eq!(whole(&format!("{GOOD},{OTHER},{torn}")), [GOOD, OTHER], "{torn}");
        }
    }

    #[test]
    fn a_torn_update_is_kept_as_it_is() {
        let items = all(r#"{"update_id":7,"message":{"text":"half a wo"#);
        assert!(
            matches!(&items[..], [Item::Torn(text)] if text == r#"{"update_id":7,"message":{"text":"half a wo"#)
        );
    }

    #[test]
    fn nobody_can_write_an_update() {
        let text = serde_json::json!(r#"{"update_id":1,"message":{}}"#);
        let quoting = format!(
            r#"{{"update_id":7,"message":{{"text":{text},"caption":"update_id"}},"x":{{"update_id":1}}}}"#
        );
        assert_eq!(whole(&format!("{quoting},{{")), [quoting]);
    }

    #[test]
    fn an_answer_without_updates_stays_unreadable() {
        for body in ["", "<html>", r#"{"ok":true,"result":[{]}"#, r#"{"ok":true}"#] {
            let failure = read(200, None, body).unwrap_err();
            assert!(matches!(failure, CallFailure::Answered(TelegramError::Unreadable(_))), "{body}");
        }
        assert!(matches!(read(502, None, GOOD), Err(CallFailure::Lost(_))), "no answer at all");
    }
}
