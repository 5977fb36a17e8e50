//! The one text of a JSON value that every implementation writes alike, so that it can be hashed.

use serde::Serialize;
use serde_json::Value;

/// The largest whole number that every language's JSON keeps: 2^53 − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// How deep arrays and objects may stand in one another. Without a limit of its own each implementation ends where
/// its JSON does, and one believes what another refuses.
const MAX_DEPTH: u32 = 16;

/// Why a value has no canonical text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    #[error("a number is not whole, or further from zero than 2^53 - 1")]
    Number,
    #[error("a key has other characters than a-z, 0-9 and _")]
    Key,
    #[error("the value has no form in JSON")]
    Value,
    #[error("more than 16 arrays and objects stand in one another")]
    Depth,
}

/// A document's text as JSON, which may not be the canonical one.
pub(super) fn json(bytes: &[u8]) -> Result<Value, NotCanonical> {
    let value = serde_json::from_slice(bytes).map_err(|_| NotCanonical::Value)?;
    if is_within(&value, MAX_DEPTH) { Ok(value) } else { Err(NotCanonical::Depth) }
}

fn is_within(value: &Value, depth: u32) -> bool {
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_within(item, depth - 1)),
        Value::Object(fields) => depth > 0 && fields.values().all(|item| is_within(item, depth - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Keys in order of their bytes, no spaces, whole numbers only, nothing escaped that need not be.
pub fn canonical(value: &impl Serialize) -> Result<String, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|_| NotCanonical::Value)?;
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(text)
}

/// A document of the draw: the value's fields with `kind` and `version` 1 among them.
pub(super) fn document(kind: &str, value: &impl Serialize) -> Result<String, NotCanonical> {
    let mut value = serde_json::to_value(value).map_err(|_| NotCanonical::Value)?;
    let fields = value.as_object_mut().ok_or(NotCanonical::Value)?;
    fields.insert("kind".to_owned(), kind.into());
    fields.insert("version".to_owned(), 1.into());
    canonical(&value)
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size > MAX_INTEGER) {
                return Err(NotCanonical::Number);
            }
            text.push_str(&number.to_string());
        }
        // serde_json escapes `"`, `\` and control characters and nothing else, as JSON.stringify does.
        Value::String(_) => text.push_str(&value.to_string()),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(fields) => write_fields(fields, text)?,
    }
    Ok(())
}

fn write_fields(fields: &serde_json::Map<String, Value>, text: &mut String) -> Result<(), NotCanonical> {
    // Sorted here, because the order of a `Map` depends on a feature that any crate may turn on.
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| key.as_str());
    text.push('{');
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if key.is_empty() || !key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            return Err(NotCanonical::Key);
        }
        if at > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(key);
        text.push_str("\":");
        write(value, text)?;
    }
    text.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_one_text_only() {
        let value = json!({"b": [1, -2, null, true], "a_1": "سحب\u{7f} \"\\\n\u{1}/<>", "a": {}});
        let text = "{\"a\":{},\"a_1\":\"سحب\u{7f} \\\"\\\\\\n\\u0001/<>\",\"b\":[1,-2,null,true]}";
        assert_eq!(canonical(&value).unwrap(), text);
    }

    #[test]
    fn reads_what_is_as_deep_as_it_may_be_and_nothing_deeper() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(json(nested(16).as_bytes()).is_ok());
        assert_eq!(json(nested(17).as_bytes()), Err(NotCanonical::Depth));
        assert_eq!(json(nested(128).as_bytes()), Err(NotCanonical::Value));
        let objects = "{\"a\":".repeat(17) + "1" + &"}".repeat(17);
        assert_eq!(json(objects.as_bytes()), Err(NotCanonical::Depth));
    }

    #[test]
    fn refuses_what_implementations_write_differently() {
        assert_eq!(canonical(&json!({"a": 1.5})), Err(NotCanonical::Number));
        assert_eq!(canonical(&json!([MAX_INTEGER + 1])), Err(NotCanonical::Number));
        assert_eq!(canonical(&json!([-9_007_199_254_740_992_i64])), Err(NotCanonical::Number));
        assert_eq!(canonical(&json!([MAX_INTEGER])).unwrap(), "[9007199254740991]");
        assert_eq!(canonical(&json!({"A": 1})), Err(NotCanonical::Key));
        assert_eq!(canonical(&json!({"": 1})), Err(NotCanonical::Key));
    }
}
