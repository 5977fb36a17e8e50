//! A person is about to pay an invoice.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::body::{Body, Reply};
use crate::server::App;
use crate::world::World;
use crate::world::queries::Checkout;
use crate::world::updates::Kind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    bot: Option<Value>,
    /// In Stars.
    amount: u32,
    payload: String,
    wait_ms: Option<u64>,
}

pub async fn pay(State(app): State<App>, Path(person): Path<i64>, Body(pay): Body<Pay>) -> Reply {
    let (id, mut changes) = {
        let mut world = app.world();
        world.must_be_person(person)?;
        let bot = world.named_bot(pay.bot.as_ref())?;
        (world.ask_checkout(person, bot, &pay), world.changes())
    };
    let until = Instant::now() + Duration::from_millis(pay.wait_ms.unwrap_or(5_000).min(60_000));
    loop {
        {
            let world = app.world();
            if let Some(answer) = world.queries.checkouts.get(&id).and_then(|asked| asked.answer.as_ref()) {
                let answer = json!({"ok": answer.ok, "error": answer.error});
                return Ok(Json(json!({"pre_checkout_query_id": id.to_string(), "answer": answer})));
            }
        }
        if timeout_at(until, changes.changed()).await.is_err() {
            return Ok(Json(json!({"pre_checkout_query_id": id.to_string(), "answer": null})));
        }
    }
}

impl World {
    fn ask_checkout(&mut self, person: i64, bot: i64, pay: &Pay) -> u64 {
        let asked_ms = self.clock.now_ms();
        let id = self.queries.ask_checkout(Checkout { bot, asked_ms, answer: None });
        let body = json!({
            "id": id.to_string(), "from": self.user_json(person), "currency": "XTR",
            "total_amount": pay.amount, "invoice_payload": pay.payload,
        });
        self.deliver(bot, Kind::PreCheckoutQuery, person, &body);
        id
    }
}
