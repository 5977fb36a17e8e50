//! What the bots called, and what was refused.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Params, Reply};
use crate::server::App;
use crate::world::calls::CallRecord;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    after: Option<u64>,
    method: Option<String>,
    limit: Option<usize>,
}

pub async fn calls(State(app): State<App>, Params(which): Params<Which>) -> Reply {
    let world = app.world();
    let fits = |call: &&CallRecord| {
        which.method.as_ref().is_none_or(|method| call.method.eq_ignore_ascii_case(method))
    };
    let found = world.calls.calls_after(which.after.unwrap_or(0)).filter(fits);
    let found: Vec<&CallRecord> = found.take(which.limit.unwrap_or(1_000)).collect();
    Ok(Json(json!({"calls": found, "last": world.calls.last_id()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    after: Option<u64>,
}

pub async fn refusals(State(app): State<App>, Params(which): Params<After>) -> Reply {
    let world = app.world();
    let found: Vec<&CallRecord> = world.calls.refusals_after(which.after.unwrap_or(0)).collect();
    Ok(Json(
        json!({"refusals": found, "last": world.calls.last_id(), "own_faults": world.calls.own_faults()}),
    ))
}

pub async fn stats(State(app): State<App>) -> Reply {
    let world = app.world();
    let bots: Vec<Value> = world
        .bots
        .values()
        .map(|bot| {
            let queue = &bot.updates;
            json!({
                "id": bot.id, "pending": queue.len(), "updates": queue.counts.created,
                "dropped": queue.counts.dropped, "expired": queue.counts.expired, "polls": queue.counts.polls,
                "first_poll_ms": queue.first_poll_ms, "waiting": queue.waiting,
            })
        })
        .collect();
    Ok(Json(json!({
        "calls": world.calls.counts, "refused": world.calls.refused, "held": world.calls.held,
        "held_ms": world.calls.held_ms, "seq": world.seq(), "now": world.clock.now(), "bots": bots,
    })))
}
