//! Measures a crowd that sends /start or opens links: who was answered, and how fast.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::place::Place;

#[derive(Default)]
pub struct Loads {
    runs: HashMap<u64, Run>,
    /// Who waits for an answer, since when, and in which run.
    waiting: HashMap<Place, (u64, Instant)>,
    last: u64,
}

struct Run {
    people: u64,
    sent: u64,
    answered: u64,
    again: u64,
    started: Instant,
    last_answer: Option<Instant>,
    latencies: Vec<Duration>,
}

impl Loads {
    pub fn begin(&mut self, people: u64) -> u64 {
        self.last += 1;
        let run = Run {
            people,
            sent: 0,
            answered: 0,
            again: 0,
            started: Instant::now(),
            last_answer: None,
            latencies: Vec::new(),
        };
        self.runs.insert(self.last, run);
        self.last
    }

    pub fn sent(&mut self, run: u64, place: Place) {
        if let Some(state) = self.runs.get_mut(&run) {
            state.sent += 1;
            self.waiting.insert(place, (run, Instant::now()));
        }
    }

    /// The bot said something in this private chat.
    pub fn answered(&mut self, place: Place) {
        if self.waiting.is_empty() {
            return;
        }
        let Some((run, since)) = self.waiting.remove(&place) else { return };
        if let Some(run) = self.runs.get_mut(&run) {
            run.answered += 1;
            run.last_answer = Some(Instant::now());
            run.latencies.push(since.elapsed());
        }
    }

    /// Somebody has to press once more.
    pub fn again(&mut self, run: u64) {
        if let Some(run) = self.runs.get_mut(&run) {
            run.again += 1;
        }
    }

    pub fn report(&self, id: u64) -> Option<Value> {
        let run = self.runs.get(&id)?;
        let mut sorted = run.latencies.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
            sorted.get(index).map(|latency| latency.as_secs_f64() * 1_000.0)
        };
        let done = run.answered >= run.people;
        let elapsed = match run.last_answer {
            Some(last) if done => last.duration_since(run.started),
            _ => run.started.elapsed(),
        };
        Some(json!({
            "id": id,
            "people": run.people,
            "sent": run.sent,
            "answered": run.answered,
            "again": run.again,
            "done": done,
            "elapsed_ms": elapsed.as_millis() as u64,
            "answered_per_second": run.answered as f64 / elapsed.as_secs_f64().max(0.001),
            "p50_ms": at(50),
            "p95_ms": at(95),
            "p99_ms": at(99),
        }))
    }
}
