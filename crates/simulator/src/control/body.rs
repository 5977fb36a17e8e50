//! Bodies, names and refusals of the control API.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bot_api::refusal::Refusal;
use crate::json::Put;
use crate::world::World;
use crate::world::place::Place;

pub type Reply = Result<Json<Value>, Problem>;

/// A mistake of the caller, or something that Telegram's apps would not let a person do.
pub struct Problem {
    status: StatusCode,
    text: String,
    seq: Option<i64>,
}

impl Problem {
    pub fn bad(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into(), seq: None }
    }

    pub fn not_found(text: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, text: text.into(), seq: None }
    }

    pub fn timed_out(waited_for: &str, seq: i64) -> Self {
        Self { status: StatusCode::REQUEST_TIMEOUT, text: format!("timed out: {waited_for}"), seq: Some(seq) }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::bad(refusal.description)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.text});
        if let Some(seq) = self.seq {
            body.put("seq", seq);
        }
        (self.status, Json(body)).into_response()
    }
}

/// A JSON body of exactly these fields; no body is an empty object.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = axum::body::to_bytes(request.into_body(), 64 * 1024 * 1024)
            .await
            .map_err(|error| Problem::bad(error.to_string()))?;
        let bytes = if bytes.is_empty() { b"{}".as_slice() } else { &bytes };
        serde_json::from_slice(bytes).map(Self).map_err(|error| Problem::bad(error.to_string()))
    }
}

/// A query string of exactly these fields.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|error| Problem::bad(error.body_text()))?;
        Ok(Self(query.0))
    }
}

impl World {
    /// The bot of this id or username; the only one when none is named.
    pub fn named_bot(&self, name: Option<&Value>) -> Result<i64, Problem> {
        let id = match name {
            None | Some(Value::Null) if self.bots.len() == 1 => self.bots.keys().next().copied(),
            None | Some(Value::Null) => return Err(Problem::bad("name the bot")),
            Some(Value::String(name)) => {
                let name = name.trim_start_matches('@').to_lowercase();
                name.parse().ok().or_else(|| self.usernames.get(&name).copied())
            }
            Some(id) => id.as_i64(),
        };
        id.filter(|id| self.bots.contains_key(id)).ok_or_else(|| Problem::not_found("no such bot"))
    }

    pub fn must_be_person(&self, id: i64) -> Result<(), Problem> {
        if self.people.contains_key(&id) {
            Ok(())
        } else {
            Err(Problem::not_found(format!("no person {id}")))
        }
    }

    pub fn must_be_chat(&self, id: i64) -> Result<(), Problem> {
        if self.chats.contains_key(&id) { Ok(()) } else { Err(Problem::not_found(format!("no chat {id}"))) }
    }

    /// Where a person acts: a chat, or the private chat with a bot.
    pub fn acting_place(
        &self,
        person: i64,
        chat: Option<i64>,
        bot: Option<&Value>,
    ) -> Result<Place, Problem> {
        self.must_be_person(person)?;
        match chat.filter(|chat| *chat != person) {
            Some(chat) => {
                self.must_be_chat(chat)?;
                Ok(Place::Chat(chat))
            }
            None => Ok(Place::Private { bot: self.named_bot(bot)?, person }),
        }
    }

    /// The conversation of this chat id: a person's id is the private chat with the bot.
    pub fn looked_at(&self, chat: i64, bot: Option<&str>) -> Result<Place, Problem> {
        if self.people.contains_key(&chat) {
            let bot = bot.map(|bot| json!(bot));
            return Ok(Place::Private { bot: self.named_bot(bot.as_ref())?, person: chat });
        }
        self.must_be_chat(chat)?;
        Ok(Place::Chat(chat))
    }
}
