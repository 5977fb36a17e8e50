//! Trouble on demand: raw updates, faults, the clock, the flood limits, a fresh start.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::{Body, Problem, Reply};
use crate::config::FloodLimits;
use crate::events::Event;
use crate::server::App;
use crate::world::World;
use crate::world::faults::Fault;
use crate::world::flood::Flood;
use crate::world::updates::Payload;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    bot: Option<Value>,
    raw: Map<String, Value>,
}

pub async fn inject(State(app): State<App>, Body(raw): Body<Raw>) -> Reply {
    let mut world = app.world();
    let bot = world.named_bot(raw.bot.as_ref())?;
    let expires = world.clock.now_ms() + 86_400_000;
    let own = raw.raw.get("update_id").and_then(Value::as_i64);
    let payload = Payload::raw(&raw.raw);
    let bot = world.bots.get_mut(&bot).ok_or_else(|| Problem::not_found("no such bot"))?;
    let id = match own {
        Some(id) => {
            bot.updates.push_with_id(id, expires, payload);
            id
        }
        None => bot.updates.push(0, expires, payload, false),
    };
    Ok(Json(json!({"update_id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Torn {
    bot: Option<Value>,
    /// What stands behind the number of each update, to the letter.
    texts: Vec<String>,
}

/// Updates that need be no JSON.
pub async fn inject_torn(State(app): State<App>, Body(torn): Body<Torn>) -> Reply {
    let mut world = app.world();
    let bot = world.named_bot(torn.bot.as_ref())?;
    let expires = world.clock.now_ms() + 86_400_000;
    let queue = &mut world.bots.get_mut(&bot).ok_or_else(|| Problem::not_found("no such bot"))?.updates;
    let push = |text: String| queue.push(0, expires, Payload::torn(text), false);
    Ok(Json(json!({"update_ids": torn.texts.into_iter().map(push).collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redeliver {
    bot: Option<Value>,
    count: Option<usize>,
}

pub async fn redeliver(State(app): State<App>, Body(again): Body<Redeliver>) -> Reply {
    let mut world = app.world();
    let bot = world.named_bot(again.bot.as_ref())?;
    let queue = world.bots.get_mut(&bot).map(|bot| &mut bot.updates);
    let count = queue.map_or(0, |queue| queue.redeliver(again.count.unwrap_or(1)));
    Ok(Json(json!({"redelivered": count})))
}

pub async fn faults(State(app): State<App>) -> Reply {
    Ok(Json(json!({"faults": app.world().faults.list()})))
}

pub async fn add_fault(State(app): State<App>, Body(fault): Body<Fault>) -> Reply {
    Ok(Json(json!({"id": app.world().faults.add(fault)})))
}

pub async fn clear_faults(State(app): State<App>) -> Reply {
    app.world().faults.remove(None);
    Ok(Json(json!({})))
}

pub async fn remove_fault(State(app): State<App>, Path(id): Path<u64>) -> Reply {
    app.world().faults.remove(Some(id));
    Ok(Json(json!({})))
}

pub async fn clock(State(app): State<App>) -> Reply {
    Ok(Json(clock_view(&app.world())))
}

fn clock_view(world: &World) -> Value {
    json!({"now": world.clock.now(), "now_ms": world.clock.now_ms(), "manual": world.clock.is_manual()})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    set: Option<i64>,
    advance_ms: Option<i64>,
}

pub async fn move_clock(State(app): State<App>, Body(to): Body<Move>) -> Reply {
    let mut world = app.world();
    let target = match (to.set, to.advance_ms) {
        (Some(seconds), None) => seconds.saturating_mul(1_000),
        (None, Some(ms)) => world.clock.now_ms().saturating_add(ms),
        _ => return Err(Problem::bad("give set or advance_ms")),
    };
    if !world.clock.move_to(target) {
        return Err(Problem::bad("the clock is not manual, or would go back"));
    }
    world.touch();
    let now = world.clock.now();
    world.announce(|| Event::new("clock", json!({"now": now})));
    Ok(Json(clock_view(&world)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetFlood {
    mode: String,
    private_per_second: Option<u32>,
    private_burst: Option<u32>,
    group_per_minute: Option<u32>,
    bulk_per_second: Option<u32>,
    interactive_per_second: Option<u32>,
    interactive_window_s: Option<u32>,
    max_hold_ms: Option<u32>,
}

pub async fn set_flood(State(app): State<App>, Body(set): Body<SetFlood>) -> Reply {
    let strict = FloodLimits::strict();
    let limits = match set.mode.as_str() {
        "off" => FloodLimits::off(),
        "strict" => strict,
        "custom" => FloodLimits {
            enabled: true,
            private_per_second: set.private_per_second.unwrap_or(strict.private_per_second),
            private_burst: set.private_burst.unwrap_or(strict.private_burst),
            group_per_minute: set.group_per_minute.unwrap_or(strict.group_per_minute),
            bulk_per_second: set.bulk_per_second.unwrap_or(strict.bulk_per_second),
            interactive_per_second: set.interactive_per_second.unwrap_or(strict.interactive_per_second),
            interactive_window_s: set.interactive_window_s.unwrap_or(strict.interactive_window_s),
            max_hold_ms: set.max_hold_ms.unwrap_or(strict.max_hold_ms),
        },
        _ => return Err(Problem::bad("mode is off, strict or custom")),
    };
    app.world().flood = Flood::new(limits);
    Ok(Json(json!(limits)))
}

pub async fn reset(State(app): State<App>) -> Reply {
    app.world().reset();
    Ok(Json(json!({})))
}
