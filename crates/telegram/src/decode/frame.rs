//! The frame of an update: its number, and the one thing that it is about, still unread.

use std::fmt;

use qura_domain::ids::UpdateId;
use qura_ports::telegram::Malformed;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Highest number that is believed. Telegram's are 32 bits wide; the update log has room for 40.
const HIGHEST_ID: i64 = (1 << 40) - 1;

/// An update whose content was not looked at, so that nothing in it can make the reading fail.
#[derive(Debug)]
pub struct Frame<'a> {
    pub id: UpdateId,
    parts: Vec<(String, &'a RawValue)>,
}

impl<'a> Frame<'a> {
    /// Fails when the update has no usable number.
    pub fn read(raw: &'a str) -> Result<Self, Malformed> {
        super::shape::read(raw)
    }

    /// The kind of the update by its name in the Bot API, and its content. Telegram sends at most one
    /// content; of several the first that has an object's form counts.
    pub fn body(&self) -> Option<(&str, &'a RawValue)> {
        let is_object = |raw: &RawValue| raw.get().starts_with('{');
        let object = self.parts.iter().find(|(_, raw)| is_object(raw));
        object.or(self.parts.first()).map(|(name, raw)| (name.as_str(), *raw))
    }
}

impl<'de> Deserialize<'de> for Frame<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FrameVisitor)
    }
}

fn usable(number: &str) -> Option<UpdateId> {
    number.parse().ok().filter(|id| (0..=HIGHEST_ID).contains(id)).map(UpdateId::new)
}

/// The number of an update that is no JSON, where it stands before everything else.
pub fn first_number(torn: &str) -> Option<UpdateId> {
    let rest = torn.trim_start().strip_prefix('{')?.trim_start().strip_prefix("\"update_id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let number = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    // Another field follows: a number that is cut would be another one.
    let rest = rest.strip_prefix(number)?.trim_start().strip_prefix(',')?;
    rest.trim_start().starts_with('"').then(|| usable(number))?
}

struct FrameVisitor;

impl<'de> Visitor<'de> for FrameVisitor {
    type Value = Frame<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an update")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Frame<'de>, A::Error> {
        let mut id = None;
        let mut parts = Vec::with_capacity(1);
        // Not even a name is understood on the way: half a letter in one must not hide the number.
        while let Some(name) = map.next_key::<&RawValue>()? {
            let raw = map.next_value::<&RawValue>()?;
            let name = serde_json::from_str(name.get()).unwrap_or_else(|_| name.get().to_owned());
            if name == "update_id" {
                id = usable(raw.get());
            } else if raw.get() != "null" {
                parts.push((name, raw));
            }
        }
        let id = id.ok_or_else(|| A::Error::custom("an update without a usable update_id"))?;
        Ok(Frame { id, parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_number_and_content_in_any_order() {
        let frame = Frame::read(r#"{"message":{"a":1},"update_id":7}"#).unwrap();
        let (kind, body) = frame.body().unwrap();
        assert_eq!((frame.id.get(), kind, body.get()), (7, "message", r#"{"a":1}"#));
    }

    #[test]
    fn what_is_no_object_does_not_hide_the_content() {
        let raw = r#"{"update_id":7,"urgent":true,"message":null,"callback_query":{}}"#;
        assert_eq!(Frame::read(raw).unwrap().body().unwrap().0, "callback_query");
        assert!(Frame::read(r#"{"update_id":7,"message":null}"#).unwrap().body().is_none());
    }

    #[test]
    fn content_is_not_looked_at() {
        let deep = format!(r#"{{"update_id":7,"message":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        for raw in [deep.as_str(), r#"{"update_id":7,"message":{"text":"\ud800","date":1e999}}"#] {
            assert_eq!(Frame::read(raw).unwrap().id.get(), 7);
        }
    }

    #[test]
    fn half_a_letter_in_a_name_hides_neither_number_nor_content() {
        let frame = Frame::read(r#"{"\ud800":1,"update_\u0069d":7,"message":{}}"#).unwrap();
        assert_eq!((frame.id.get(), frame.body().unwrap().0), (7, "message"));
        assert_eq!(Frame::read(r#"{"update_id":7,"\ud800":{}}"#).unwrap().body().unwrap().0, r#""\ud800""#);
    }

    #[test]
    fn a_torn_update_has_its_number_only_where_that_is_whole() {
        for torn in [r#"{"update_id":7,"message":{"text":"a"#, r#" { "update_id" : 7 , "x"#] {
            assert_eq!(first_number(torn), Some(UpdateId::new(7)), "{torn}");
        }
        for torn in [
            "",
            r#"{"update_id":"#,
            r#"{"update_id":7"#,
            r#"{"update_id":7,"#,
            r#"{"update_id":-7,"x":"#,
            r#"{"update_id":7.5,"x":"#,
            r#"{"update_id":1099511627776,"x":"#,
            r#"{"x":{"update_id":7,"x":"#,
        ] {
            assert_eq!(first_number(torn), None, "{torn}");
        }
    }

    #[test]
    fn needs_a_usable_number() {
        for raw in [
            "{}",
            "[]",
            "null",
            "7",
            r#"{"update_id":"7"}"#,
            r#"{"update_id":7.5}"#,
            r#"{"update_id":-1}"#,
            r#"{"update_id":1099511627776}"#,
            r#"{"update_id":99999999999999999999999999}"#,
            r#"{"update_id":null,"message":{}}"#,
        ] {
            assert!(Frame::read(raw).is_err(), "{raw}");
        }
    }
}
