//! Callback queries, inline queries and checkouts: asked by people, answered by bots once and in time.

use std::collections::HashMap;

use serde_json::Value;

use super::place::Place;

/// How long an answer to a callback is taken. Telegram does not tell; 10 to 20 s are reported.
pub const CALLBACK_MS: i64 = 15_000;
/// An inline query is shown for as long as its update is kept.
pub const INLINE_MS: i64 = 30_000;
/// An answer to a checkout must be there by then (Bot API, `answerPreCheckoutQuery`).
pub const CHECKOUT_MS: i64 = 10_000;
/// Queries beyond this many are forgotten, the oldest first.
const KEPT: usize = 100_000;

#[derive(Clone, Debug)]
pub struct Answer {
    pub text: Option<String>,
    pub show_alert: bool,
    pub url: Option<String>,
}

pub struct Callback {
    pub bot: i64,
    pub person: i64,
    pub place: Option<Place>,
    pub message: i64,
    pub asked_ms: i64,
    pub answer: Option<Answer>,
}

pub struct InlineQuery {
    pub bot: i64,
    pub person: i64,
    pub query: String,
    pub asked_ms: i64,
    pub answer: Option<InlineAnswer>,
}

pub struct InlineAnswer {
    pub results: Vec<Value>,
    pub button: Option<Value>,
}

pub struct Checkout {
    pub bot: i64,
    pub asked_ms: i64,
    pub answer: Option<CheckoutAnswer>,
}

pub struct CheckoutAnswer {
    pub ok: bool,
    /// Why not.
    pub error: Option<String>,
}

#[derive(Default)]
pub struct Queries {
    pub callbacks: HashMap<u64, Callback>,
    pub inline: HashMap<u64, InlineQuery>,
    pub checkouts: HashMap<u64, Checkout>,
    /// Where messages with an `inline_message_id` stand.
    pub inline_messages: HashMap<String, (Place, i64)>,
    last: u64,
}

impl Queries {
    pub fn ask(&mut self, callback: Callback) -> u64 {
        self.last += 1;
        self.callbacks.insert(self.last, callback);
        forget(&mut self.callbacks, self.last);
        self.last
    }

    pub fn ask_inline(&mut self, query: InlineQuery) -> u64 {
        self.last += 1;
        self.inline.insert(self.last, query);
        forget(&mut self.inline, self.last);
        self.last
    }

    pub fn ask_checkout(&mut self, checkout: Checkout) -> u64 {
        self.last += 1;
        self.checkouts.insert(self.last, checkout);
        forget(&mut self.checkouts, self.last);
        self.last
    }

    pub fn new_inline_message(&mut self, place: Place, id: i64) -> String {
        self.last += 1;
        let name = format!("inline-{}", self.last);
        self.inline_messages.insert(name.clone(), (place, id));
        name
    }
}

/// Ids rise, so half of the numbers seen so far are the older half.
fn forget<T>(queries: &mut HashMap<u64, T>, last: u64) {
    if queries.len() > KEPT {
        queries.retain(|id, _| *id + (KEPT as u64) / 2 > last);
    }
}
