//! Checks JSON values against the compiled schema, recursively and without tolerance.

use std::fmt;

use serde_json::{Map, Value};

use super::{Kind, Schema, Shape};

/// Where a value departs from the schema, and how.
#[derive(Debug)]
pub struct Mismatch {
    /// From the inside out.
    path: Vec<String>,
    what: &'static str,
}

impl Mismatch {
    fn new(what: &'static str) -> Self {
        Self { path: Vec::new(), what }
    }

    fn inside(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    /// The name of a missing parameter, when it is the request itself that lacks it.
    pub fn missing_parameter(&self) -> Option<&str> {
        match self.path.as_slice() {
            [only] if self.what == MISSING => Some(only),
            _ => None,
        }
    }

    pub fn unknown_parameter(&self) -> Option<&str> {
        match self.path.as_slice() {
            [only] if self.what == UNKNOWN => Some(only),
            _ => None,
        }
    }
}

const MISSING: &str = "is missing";
const UNKNOWN: &str = "is unknown";

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in self.path.iter().rev() {
            if !first && !step.starts_with('[') {
                out.write_str(".")?;
            }
            first = false;
            out.write_str(step)?;
        }
        write!(out, " {}", self.what)
    }
}

impl Schema {
    /// Checks an object that carries these fields, such as the parameters of a request.
    pub fn check_shape(&self, shape: &Shape, object: &Map<String, Value>) -> Result<(), Mismatch> {
        for (name, value) in object {
            let field = shape.fields.get(name).ok_or_else(|| Mismatch::new(UNKNOWN).inside(name))?;
            if field.constant.as_deref().is_some_and(|constant| value.as_str() != Some(constant)) {
                return Err(Mismatch::new("has a value of another type").inside(name));
            }
            self.check(&field.kind, value).map_err(|mismatch| mismatch.inside(name))?;
        }
        match shape.required.iter().find(|name| !object.contains_key(*name)) {
            Some(name) => Err(Mismatch::new(MISSING).inside(name)),
            None => Ok(()),
        }
    }

    /// Checks the body of an update of this kind.
    pub fn check_update(&self, kind: &str, body: &Value) -> Result<(), Mismatch> {
        let update = self.by_name.get("Update").and_then(|index| self.shapes.get(*index));
        match update.and_then(|shape| shape.fields.get(kind)) {
            Some(field) => self.check(&field.kind, body),
            None => Err(Mismatch::new(UNKNOWN)),
        }
    }

    pub fn check(&self, kind: &Kind, value: &Value) -> Result<(), Mismatch> {
        let fits = match (kind, value) {
            (Kind::Any, _) => true,
            (Kind::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
            (Kind::Float, Value::Number(_)) | (Kind::Boolean, Value::Bool(_)) => true,
            (Kind::True, Value::Bool(flag)) => *flag,
            (Kind::Text, Value::String(_)) => true,
            (Kind::Array(item), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.check(item, value).map_err(|mismatch| mismatch.inside(format!("[{index}]")))?;
                }
                true
            }
            (Kind::Object(index), Value::Object(object)) => match self.shapes.get(*index) {
                Some(shape) => return self.check_shape(shape, object),
                None => false,
            },
            (Kind::Union(kinds), _) => return self.check_union(kinds, value),
            _ => false,
        };
        if fits { Ok(()) } else { Err(Mismatch::new(wanted(kind))) }
    }

    /// Takes the subtype whose constants fit, else the one that knows most of the value's fields.
    fn check_union(&self, kinds: &[Kind], value: &Value) -> Result<(), Mismatch> {
        let best = match value {
            Value::Object(object) => kinds.iter().rev().max_by_key(|kind| self.likeness(kind, object)),
            _ => kinds.iter().find(|kind| self.check(kind, value).is_ok()),
        };
        match best {
            // The likest names what is wrong; where another fits, nothing is.
            Some(kind) => self.check(kind, value).or_else(|mismatch| {
                let fits = kinds.iter().any(|other| self.check(other, value).is_ok());
                if fits { Ok(()) } else { Err(mismatch) }
            }),
            None => Err(Mismatch::new("has a wrong type")),
        }
    }

    fn likeness(&self, kind: &Kind, object: &Map<String, Value>) -> usize {
        let Kind::Object(index) = kind else { return 0 };
        let Some(shape) = self.shapes.get(*index) else { return 0 };
        let constants =
            shape.fields.iter().filter_map(|(name, field)| Some((name, field.constant.as_deref()?)));
        let mut score = 1 + object.keys().filter(|name| shape.fields.contains_key(*name)).count();
        for (name, constant) in constants {
            match object.get(name).and_then(Value::as_str) {
                Some(text) if text == constant => score += 1_000,
                _ => return 0,
            }
        }
        score
    }
}

fn wanted(kind: &Kind) -> &'static str {
    match kind {
        Kind::Any | Kind::Union(_) => "has a wrong type",
        Kind::Integer => "must be an integer",
        Kind::Float => "must be a number",
        Kind::Boolean => "must be a boolean",
        Kind::True => "must be true",
        Kind::Text => "must be a string",
        Kind::Array(_) => "must be an array",
        Kind::Object(_) => "must be an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(method: &str, parameters: Value) -> Result<(), String> {
        let schema = Schema::load().unwrap();
        let method = schema.method(method).unwrap();
        schema
            .check_shape(&method.parameters, parameters.as_object().unwrap())
            .map_err(|mismatch| mismatch.to_string())
    }

    #[test]
    fn nested_objects_are_checked() {
        let button =
            |extra: Value| json!({"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[extra]]}});
        assert_eq!(check("sendMessage", button(json!({"text": "a", "callback_data": "b"}))), Ok(()));
        assert_eq!(
            check("sendmessage", button(json!({"text": "a", "callback": "b"}))),
            Err("reply_markup.inline_keyboard[0][0].callback is unknown".into())
        );
        assert_eq!(
            check("sendMessage", button(json!({"callback_data": "b"}))),
            Err("reply_markup.inline_keyboard[0][0].text is missing".into())
        );
    }

    #[test]
    fn subtypes_are_told_apart_by_their_constants() {
        let edit =
            |media: Value| check("editMessageMedia", json!({"chat_id": 1, "message_id": 2, "media": media}));
        assert_eq!(edit(json!({"type": "photo", "media": "x"})), Ok(()));
        assert_eq!(
            edit(json!({"type": "photo", "media": "x", "duration": 1})),
            Err("media.duration is unknown".into())
        );
        assert!(edit(json!({"type": "nonsense", "media": "x"})).is_err());
    }

    #[test]
    fn the_kinds_of_markup_are_told_apart() {
        let send =
            |markup: Value| check("sendMessage", json!({"chat_id": 1, "text": "x", "reply_markup": markup}));
        assert_eq!(send(json!({"force_reply": true})), Ok(()));
        assert_eq!(send(json!({"force_reply": true, "input_field_placeholder": "x"})), Ok(()));
        assert_eq!(send(json!({"remove_keyboard": true})), Ok(()));
        assert!(send(json!({"force_reply": true, "remove_keyboard": true})).is_err());
    }
}
