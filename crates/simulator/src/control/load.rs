//! A crowd that sends /start, and how fast it was answered.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::body::{Body, Problem, Reply};
use crate::server::App;
use crate::world::person::Person;
use crate::world::place::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    bot: Option<Value>,
    people: u64,
    first_id: i64,
    rate: Option<u32>,
    payload: Option<String>,
    /// A chat that all of them have been in since before.
    member_of: Option<i64>,
}

pub async fn start(State(app): State<App>, Body(start): Body<Start>) -> Reply {
    let (run, bot) = {
        let mut world = app.world();
        let bot = world.named_bot(start.bot.as_ref())?;
        if start.first_id <= 0 {
            return Err(Problem::bad("first_id must be positive"));
        }
        (world.loads.begin(start.people), bot)
    };
    tokio::spawn(send_all(app, run, bot, start));
    Ok(Json(json!({"id": run})))
}

/// Sends in slices, so that requests get their turn in between.
async fn send_all(app: App, run: u64, bot: i64, start: Start) {
    const SLICE: u64 = 64;
    /// Without a rate, no more than this waits for the bot at once; the queue would drop what exceeds it.
    const AHEAD: usize = 50_000;
    let begun = Instant::now();
    let rate = f64::from(start.rate.unwrap_or(0));
    let slice = if rate > 0.0 { (rate / 100.0).clamp(1.0, SLICE as f64) as u64 } else { SLICE };
    let mut next = 0;
    while next < start.people {
        let end = (next + slice).min(start.people);
        if rate > 0.0 {
            sleep_until(begun + Duration::from_secs_f64(next as f64 / rate)).await;
        }
        while rate == 0.0 && app.world().bots.get(&bot).is_some_and(|bot| bot.updates.len() > AHEAD) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        {
            let mut world = app.world();
            for number in next..end {
                let id = start.first_id.saturating_add_unsigned(number);
                world.people.entry(id).or_insert_with(|| crowd_member(id));
                if let Some(chat) = start.member_of {
                    world.settle(chat, id);
                }
                world.loads.sent(run, Place::Private { bot, person: id });
                if world.start_bot(id, bot, start.payload.as_deref()).is_err() {
                    return;
                }
            }
        }
        next = end;
        tokio::task::yield_now().await;
    }
}

pub(super) fn crowd_member(id: i64) -> Person {
    Person {
        id,
        first_name: format!("P{id}"),
        last_name: None,
        username: None,
        language_code: Some("ar".into()),
        is_premium: false,
    }
}

pub async fn report(State(app): State<App>, Path(id): Path<u64>) -> Reply {
    let report = app.world().loads.report(id);
    report.map(Json).ok_or_else(|| Problem::not_found("no such load"))
}
