//! Reads a request in any of the forms that Telegram takes, and checks it against the schema.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::methods::{Call, Upload};
use crate::schema::{Kind, Method, Schema, Shape};

/// Telegram takes uploads of 50 MB.
const BODY_BYTES: usize = 52 * 1024 * 1024;

pub struct Read {
    pub params: Map<String, Value>,
    pub files: HashMap<String, Upload>,
}

pub async fn read(request: Request, shape: &Shape) -> Result<Read, Refusal> {
    let query = request.uri().query().map(str::to_owned).unwrap_or_default();
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    let mut read = Read { params: Map::new(), files: HashMap::new() };
    if kind.starts_with("multipart/form-data") {
        read_multipart(request, &mut read).await?;
    } else {
        let body = to_bytes(request.into_body(), BODY_BYTES).await.map_err(|_| Refusal {
            code: 413,
            description: "Request Entity Too Large".into(),
            parameters: None,
        })?;
        if kind.starts_with("application/json") && !body.is_empty() {
            read.params =
                serde_json::from_slice(&body).map_err(|_| Refusal::bad_request("can't parse JSON object"))?;
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let text = std::str::from_utf8(&body)
                .map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
            read_pairs(text, &mut read.params);
        } else if !body.is_empty() {
            return Err(Refusal::strict("the body's Content-Type is not one that Telegram reads"));
        }
    }
    read_pairs(&query, &mut read.params);
    coerce(&mut read.params, shape);
    Ok(read)
}

async fn read_multipart(request: Request, read: &mut Read) -> Result<(), Refusal> {
    let broken = || Refusal::bad_request("can't parse multipart/form-data");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let mime_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| broken())?;
        if file_name.is_some() {
            read.files.insert(name, Upload { file_name, mime_type, bytes: bytes.to_vec() });
        } else {
            let text = String::from_utf8(bytes.to_vec())
                .map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
            read.params.insert(name, Value::String(text));
        }
    }
    Ok(())
}

fn read_pairs(text: &str, params: &mut Map<String, Value>) {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        params.insert(decode(name), Value::String(decode(value)));
    }
}

/// Undoes percent-encoding.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let ahead = rest.clone();
                match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                    (Some(high), Some(low)) => high * 16 + low,
                    _ => {
                        rest = ahead;
                        b'%'
                    }
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Telegram takes every parameter as a string too: numbers, and objects as JSON.
fn coerce(params: &mut Map<String, Value>, shape: &Shape) {
    for (name, value) in params {
        let (Some(field), Value::String(text)) = (shape.field(name), &*value) else { continue };
        let parsed = match &field.kind {
            kind if kind.allows_text() => match text.parse::<i64>() {
                Ok(number) if kind.allows_integer() => Some(number.into()),
                _ => None,
            },
            Kind::Boolean | Kind::True => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Some(true.into()),
                "false" | "0" | "no" => Some(false.into()),
                _ => None,
            },
            _ => serde_json::from_str(text).ok(),
        };
        if let Some(parsed) = parsed {
            *value = parsed;
        }
    }
}

/// Checks the parameters; what Telegram has words for gets Telegram's words.
pub fn check(schema: &Schema, method: &Method, call: &Call) -> Result<(), Refusal> {
    let mut params = Cow::Borrowed(&call.params);
    for name in call.files.keys() {
        // A file stands for its parameter, or is referred to as attach://name.
        let is_parameter = method.parameters.field(name).is_some();
        let is_attached = || params.values().any(|value| mentions(value, &format!("attach://{name}")));
        if !is_parameter && !is_attached() {
            return Err(Refusal::strict(format!("nothing refers to the file \"{name}\"")));
        }
        if is_parameter {
            params.to_mut().entry(name.clone()).or_insert_with(|| Value::String(format!("attach://{name}")));
        }
    }
    let Err(mismatch) = schema.check_shape(&method.parameters, &params) else {
        return match params.contains_key("parse_mode") {
            true => Err(Refusal::strict("parse_mode is not supported: send entities")),
            false => Ok(()),
        };
    };
    if let Some(name) = mismatch.unknown_parameter() {
        return Err(Refusal::strict(format!("unknown parameter \"{name}\"")));
    }
    Err(match mismatch.missing_parameter() {
        Some("chat_id") => Refusal::bad_request("chat_id is empty"),
        Some("text") => Refusal::bad_request("message text is empty"),
        Some("user_id") => Refusal::bad_request("invalid user_id specified"),
        Some("message_id") => Refusal::bad_request("message identifier is not specified"),
        _ => Refusal::strict(mismatch.to_string()),
    })
}

fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(values) => values.iter().any(|value| mentions(value, text)),
        Value::Object(fields) => fields.values().any(|value| mentions(value, text)),
        _ => false,
    }
}
