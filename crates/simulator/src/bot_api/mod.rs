//! The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`.

mod poll;
pub mod refusal;
mod request;

pub use request::decode;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::json::Put;
use crate::methods::{self, Call};
use crate::server::{App, Link};
use crate::world::World;
use crate::world::calls::CallRecord;
use crate::world::faults::{Fault, FaultKind};
use crate::world::flood::Verdict;

use refusal::Refusal;

/// Answers everything below `/bot…` and `/file/bot…`; what else comes is not found.
pub async fn serve(
    State(app): State<App>,
    ConnectInfo(link): ConnectInfo<Link>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return file(&app, rest);
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return error(&Refusal::method_not_found());
    };
    let method = method.strip_prefix("test/").unwrap_or(method);
    let Some(bot) = app.world().tokens.get(token).copied() else { return error(&Refusal::unauthorized()) };
    let mut outcome = Outcome::new(bot, method);
    let answer = outcome.reach(&app, request).await;
    if outcome.cut {
        link.cut();
    }
    outcome.record(&app, answer.as_ref().err());
    match answer {
        Ok(body) => json_response(StatusCode::OK, body),
        Err(refusal) => error(&refusal),
    }
}

/// The body of a call that went well.
#[derive(Serialize)]
struct Success {
    ok: bool,
    result: Value,
}

/// One call on its way: what happened to it besides its answer.
struct Outcome {
    call: Call,
    fault: Option<Fault>,
    /// The answer comes from a fault, not from a rule.
    from_fault: bool,
    held_ms: i64,
    cut: bool,
}

impl Outcome {
    fn new(bot: i64, method: &str) -> Self {
        Self { call: Call::new(bot, method), fault: None, from_fault: false, held_ms: 0, cut: false }
    }

    /// Does the call; the answer is the whole body.
    async fn reach(&mut self, app: &App, request: Request) -> Result<String, Refusal> {
        let schema = app.schema();
        let method = schema.method(&self.call.method).ok_or_else(Refusal::method_not_found)?;
        self.call.method.clone_from(&method.name);
        let read = request::read(request, &method.parameters).await?;
        self.call.params = read.params;
        self.call.files = read.files;
        request::check(schema, method, &self.call)?;
        self.suffer(app).await?;
        if method.name == "getUpdates" {
            let batch = poll::get_updates(app, &self.call).await;
            self.cut |= self.is_cut_after();
            return batch;
        }
        self.wait_for_flood(app).await?;
        let mut world = app.world();
        let value = methods::run(&mut world, &self.call)?;
        if cfg!(debug_assertions)
            && let Err(mismatch) = schema.check(&method.returns, &value)
        {
            world.calls.own_fault(format!("{}: {mismatch}", method.name));
        }
        self.cut = self.is_cut_after();
        // Not by `Display`, which looks at every letter once more.
        serde_json::to_string(&Success { ok: true, result: value }).map_err(|_| Refusal::server_error())
    }

    /// Whether the call is to be done, and its answer lost.
    fn is_cut_after(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::CutAfter)
    }

    /// Lets a fault strike.
    async fn suffer(&mut self, app: &App) -> Result<(), Refusal> {
        let struck = {
            let mut world = app.world();
            let chat = self.call.place(&world).map(|place| place.chat_id());
            world.faults.strike(self.call.bot, &self.call.method, chat)
        };
        let Some(fault) = struck else { return Ok(()) };
        let described = |default: &str| fault.description.clone().unwrap_or_else(|| default.to_owned());
        let refusal = match fault.kind {
            FaultKind::TooManyRequests => Some(Refusal::too_many_requests(fault.retry_after.unwrap_or(1))),
            FaultKind::ServerError => Some(Refusal::server_error()),
            FaultKind::Forbidden => Some(Refusal::forbidden(described("bot was blocked by the user"))),
            FaultKind::BadRequest => Some(Refusal::bad_request(described("chat not found"))),
            FaultKind::CutBefore => {
                self.cut = true;
                Some(Refusal::server_error())
            }
            _ => None,
        };
        if let (FaultKind::Delay, Some(delay)) = (fault.kind, fault.delay_ms) {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        self.fault = Some(fault);
        self.from_fault = refusal.is_some();
        refusal.map_or(Ok(()), Err)
    }

    /// Holds a call that comes too fast, as TDLib does, or refuses it.
    async fn wait_for_flood(&mut self, app: &App) -> Result<(), Refusal> {
        if !methods::is_limited(&self.call.method) {
            return Ok(());
        }
        let (verdict, really) = {
            let mut world = app.world();
            let Some(place) = self.call.place(&world) else { return Ok(()) };
            let last_act = world.last_act_ms(place);
            let now = world.clock.now_ms();
            (world.flood.reserve(self.call.bot, place, last_act, now), !world.clock.is_manual())
        };
        match verdict {
            Verdict::Go => Ok(()),
            Verdict::Refuse(seconds) => Err(Refusal::too_many_requests(seconds)),
            Verdict::Hold(ms) => {
                self.held_ms = ms;
                if really {
                    tokio::time::sleep(Duration::from_millis(ms.unsigned_abs())).await;
                }
                Ok(())
            }
        }
    }

    fn record(self, app: &App, refusal: Option<&Refusal>) {
        let mut world = app.world();
        world.calls.count(&self.call.method);
        let boring = refusal.is_none() && (self.call.method == "getUpdates" || !world.calls.keeps_all());
        if boring && self.held_ms == 0 {
            return;
        }
        let chat = self.call.place(&world).map(|place| place.chat_id());
        let time_ms = world.clock.now_ms();
        world.calls.add(CallRecord {
            id: 0,
            bot: self.call.bot,
            method: self.call.method,
            params: self.call.params,
            files: self.call.files.into_keys().collect(),
            time_ms,
            ok: refusal.is_none(),
            error_code: refusal.map(|refusal| refusal.code),
            description: refusal.map(|refusal| refusal.description.clone()),
            refused: refusal.is_some() && !self.from_fault,
            fault: self.fault.map(|fault| fault.word()),
            held_ms: self.held_ms,
            chat,
        });
        world.touch();
    }
}

impl World {
    /// When a person last did something in a conversation. A channel has no answers: what a bot posts there is
    /// of itself.
    fn last_act_ms(&self, place: crate::world::place::Place) -> Option<i64> {
        if self.chats.get(&place.chat_id()).is_some_and(|chat| chat.is_channel()) {
            return None;
        }
        self.talks.get(&place)?.last_act_ms
    }
}

fn json_response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn error(refusal: &Refusal) -> Response {
    let mut body = json!({"ok": false, "error_code": refusal.code, "description": refusal.description});
    if let Some(parameters) = &refusal.parameters {
        body.put("parameters", parameters.clone());
    }
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_response(status, Value::to_string(&body));
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn file(app: &App, rest: &str) -> Response {
    let world = app.world();
    let found = rest.split_once('/').filter(|(token, _)| world.tokens.contains_key(*token));
    match found.and_then(|(_, path)| world.files.by_path(path)) {
        Some(media) => Body::from(media.bytes.clone()).into_response(),
        None => error(&Refusal::method_not_found()),
    }
}
