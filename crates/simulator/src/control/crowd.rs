//! A crowd that presses a button under a post and opens the link that the bot answers with.

use std::collections::HashSet;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::body::{Body, Problem, Reply};
use super::load::crowd_member;
use crate::server::App;
use crate::world::World;
use crate::world::place::Place;
use crate::world::queries::CALLBACK_MS;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    chat: i64,
    message: i64,
    /// Callback data, to the letter.
    data: String,
    people: u64,
    first_id: i64,
    /// How often each of them presses; 1 when not given.
    times: Option<u32>,
    rate: Option<u32>,
}

/// What is pressed, and by which run.
#[derive(Clone)]
struct Post {
    run: u64,
    place: Place,
    message: i64,
    data: String,
}

/// Presses whose answer is awaited, who opened a link already, and who presses again when.
#[derive(Default)]
struct Waiting {
    queries: Vec<u64>,
    opened: HashSet<i64>,
    again: Vec<(Instant, i64)>,
}

/// The least time between two looks for answers.
const LOOK: Duration = Duration::from_millis(5);
/// Whoever was told something in passing reads it before pressing again.
const READING: Duration = Duration::from_secs(1);
/// After so long without a link or an alert for anybody the crowd goes home.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn press(State(app): State<App>, Body(press): Body<Press>) -> Reply {
    let post = {
        let mut world = app.world();
        let place = Place::Chat(press.chat);
        if press.first_id <= 0 {
            return Err(Problem::bad("first_id must be positive"));
        }
        if world.message(place, press.message).is_none() {
            return Err(Problem::bad("no such post"));
        }
        let run = world.loads.begin(press.people);
        Post { run, place, message: press.message, data: press.data.clone() }
    };
    let run = post.run;
    tokio::spawn(act(app, post, press));
    Ok(Json(json!({"id": run})))
}

async fn act(app: App, post: Post, press: Press) {
    let begun = Instant::now();
    let mut waiting = Waiting::default();
    let rate = f64::from(press.rate.unwrap_or(1_000_000).max(1));
    let mut next = 0;
    while next < press.people {
        let due = (begun.elapsed().as_secs_f64() * rate) as u64 + 1;
        // In slices, so that requests get their turn in between.
        let end = due.min(press.people).min(next + 64).max(next);
        {
            let mut world = app.world();
            for number in next..end {
                let id = press.first_id.saturating_add_unsigned(number);
                world.people.entry(id).or_insert_with(|| crowd_member(id));
                world.settle(press.chat, id);
                for _ in 0..press.times.unwrap_or(1) {
                    waiting.queries.push(world.press(id, post.place, post.message, &post.data));
                }
            }
            waiting.open_links(&mut world, &post);
        }
        next = end;
        sleep_until(Instant::now() + LOOK).await;
    }
    let mut patience = Instant::now() + PATIENCE;
    while !waiting.is_over() && Instant::now() < patience {
        sleep_until(Instant::now() + LOOK).await;
        if waiting.open_links(&mut app.world(), &post) {
            patience = Instant::now() + PATIENCE;
        }
    }
}

impl Waiting {
    /// Nobody waits for anything.
    fn is_over(&self) -> bool {
        self.queries.is_empty() && self.again.is_empty()
    }

    /// Whoever was answered with a link opens it, once; whom an alert refused goes home. Whoever waited in vain, or
    /// got neither (such as the request to press once more), presses again, as people do. Whether anybody got a
    /// link or an alert.
    fn open_links(&mut self, world: &mut World, post: &Post) -> bool {
        let (opened, again, mut answered) = (&mut self.opened, &mut self.again, false);
        let (now, now_ms) = (Instant::now(), world.clock.now_ms());
        self.queries.retain(|query| {
            let Some(callback) = world.queries.callbacks.get(query) else { return false };
            let (bot, person) = (callback.bot, callback.person);
            let Some(answer) = &callback.answer else {
                let in_vain = now_ms - callback.asked_ms > CALLBACK_MS;
                if in_vain && !opened.contains(&person) {
                    again.push((now, person));
                }
                return !in_vain;
            };
            let link = answer.url.as_ref().and_then(|url| url.rsplit_once("?start="));
            let Some(payload) = link.map(|(_, payload)| payload.to_owned()) else {
                if answer.show_alert {
                    answered = true;
                } else if !opened.contains(&person) {
                    again.push((now + READING, person));
                }
                return false;
            };
            answered = true;
            if opened.insert(person) {
                world.loads.sent(post.run, Place::Private { bot, person });
                // A payload that an answer may hold is one that a link may.
                let _ = world.start_bot(person, bot, Some(&payload));
            }
            false
        });
        let queries = &mut self.queries;
        again.retain(|(at, person)| {
            let is_due = *at <= now;
            if is_due && !opened.contains(person) {
                world.loads.again(post.run);
                queries.push(world.press(*person, post.place, post.message, &post.data));
            }
            !is_due
        });
        answered
    }
}
