//! getUpdates: long polling, confirmation, and what happens when two poll at once.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::refusal::Refusal;
use crate::methods::Call;
use crate::server::App;

/// Telegram clamps the timeout to this.
const LONGEST_POLL: i64 = 50;
const SUPERSEDED: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";

const HAS_WEBHOOK: &str =
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

pub async fn get_updates(app: &App, call: &Call) -> Result<String, Refusal> {
    let mut limit = call.int("limit").filter(|limit| (1..=100).contains(limit)).unwrap_or(100);
    let mut seconds = call.int("timeout").unwrap_or(0).clamp(0, LONGEST_POLL);
    let (generation, arrived) = {
        let mut world = app.world();
        let now_ms = world.clock.now_ms();
        let penalty = world.config.same_offset_penalty;
        let bot = world.bots.get_mut(&call.bot).ok_or_else(Refusal::unauthorized)?;
        if !bot.webhook.is_empty() {
            return Err(Refusal::conflict(HAS_WEBHOOK));
        }
        let queue = &mut bot.updates;
        if let Some(names) = call.params.get("allowed_updates").and_then(Value::as_array) {
            let known: HashSet<&str> = app.schema().update_kinds().collect();
            queue.allow(names, &known);
        }
        let offset = call.int("offset").unwrap_or(0);
        let since_same = queue.last_call.filter(|(same, _)| *same == offset).map(|(_, at)| now_ms - at);
        queue.last_call = Some((offset, now_ms));
        match since_same {
            Some(0..500) if penalty => limit = 1,
            Some(500..3_000) if penalty => seconds = seconds.max(3),
            _ => {}
        }
        queue.confirm(offset);
        queue.counts.polls += 1;
        queue.first_poll_ms.get_or_insert(now_ms);
        queue.generation += 1;
        if queue.waiting {
            queue.arrived.notify_waiters();
        }
        let entered = (queue.generation, queue.arrived.clone());
        world.touch();
        entered
    };
    let limit = usize::try_from(limit).unwrap_or(100);
    let until = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
    loop {
        let notified = arrived.notified();
        tokio::pin!(notified);
        notified.as_mut().enable();
        if let Some(batch) = look(app, call.bot, generation, limit)? {
            return Ok(format!("{{\"ok\":true,\"result\":[{batch}]}}"));
        }
        let woken = tokio::select! {
            woken = timeout_at(until, notified) => woken.is_ok(),
            () = app.stopping() => false,
        };
        if !woken {
            leave(app, call.bot, generation);
            return Ok("{\"ok\":true,\"result\":[]}".into());
        }
    }
}

/// The next batch, if there is one.
fn look(app: &App, bot_id: i64, generation: u64, limit: usize) -> Result<Option<String>, Refusal> {
    let mut world = app.world();
    let now_ms = world.clock.now_ms();
    let bot = world.bots.get_mut(&bot_id).ok_or_else(Refusal::unauthorized)?;
    if bot.updates.generation != generation {
        return Err(Refusal::conflict(SUPERSEDED));
    }
    if bot.updates.len() == 0 {
        bot.updates.waiting = true;
        return Ok(None);
    }
    let twice = world.faults.duplicates(bot_id);
    let bot = world.bots.get_mut(&bot_id).ok_or_else(Refusal::unauthorized)?;
    let batch = bot.updates.take(limit, now_ms, twice);
    bot.updates.waiting = batch.is_none();
    Ok(batch)
}

fn leave(app: &App, bot: i64, generation: u64) {
    let mut world = app.world();
    if let Some(bot) = world.bots.get_mut(&bot).filter(|bot| bot.updates.generation == generation) {
        bot.updates.waiting = false;
    }
}
