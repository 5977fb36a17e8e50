//! Trouble on demand: errors, cut connections, delays, updates twice or out of order.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    TooManyRequests,
    ServerError,
    Forbidden,
    BadRequest,
    CutBefore,
    CutAfter,
    Delay,
    DuplicateUpdates,
    ReorderUpdates,
}

impl FaultKind {
    fn concerns_calls(self) -> bool {
        !matches!(self, Self::DuplicateUpdates | Self::ReorderUpdates)
    }
}

/// What to do, to which calls, and how often.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub kind: FaultKind,
    pub method: Option<String>,
    pub chat: Option<i64>,
    pub bot: Option<i64>,
    pub count: Option<u64>,
    pub probability: Option<f64>,
    pub retry_after: Option<i64>,
    pub delay_ms: Option<u64>,
    pub description: Option<String>,
}

#[derive(Serialize)]
pub struct ActiveFault {
    pub id: u64,
    pub hits: u64,
    #[serde(flatten)]
    pub fault: Fault,
}

pub struct Faults {
    active: Vec<ActiveFault>,
    last_id: u64,
    /// Seeded, so that a test with probabilities repeats itself.
    chance: StdRng,
}

impl Default for Faults {
    fn default() -> Self {
        Self { active: Vec::new(), last_id: 0, chance: StdRng::seed_from_u64(7) }
    }
}

impl Faults {
    pub fn add(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        self.active.push(ActiveFault { id: self.last_id, hits: 0, fault });
        self.last_id
    }

    pub fn remove(&mut self, id: Option<u64>) {
        self.active.retain(|active| id.is_some_and(|id| active.id != id));
    }

    pub fn list(&self) -> &[ActiveFault] {
        &self.active
    }

    /// The fault that hits this call, if any.
    pub fn strike(&mut self, bot: i64, method: &str, chat: Option<i64>) -> Option<Fault> {
        self.find(|fault| fault.kind.concerns_calls() && fault.concerns(bot, method, chat))
    }

    pub fn duplicates(&mut self, bot: i64) -> bool {
        self.find(|fault| fault.kind == FaultKind::DuplicateUpdates && fault.bot.is_none_or(|id| id == bot))
            .is_some()
    }

    pub fn reorders(&mut self, bot: i64) -> bool {
        self.find(|fault| fault.kind == FaultKind::ReorderUpdates && fault.bot.is_none_or(|id| id == bot))
            .is_some()
    }

    fn find(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        for active in &mut self.active {
            let spent = active.fault.count.is_some_and(|count| active.hits >= count);
            if spent || !fits(&active.fault) {
                continue;
            }
            let probability = active.fault.probability.unwrap_or(1.0).clamp(0.0, 1.0);
            if self.chance.random_bool(probability) {
                active.hits += 1;
                return Some(active.fault.clone());
            }
        }
        None
    }
}

impl Fault {
    fn concerns(&self, bot: i64, method: &str, chat: Option<i64>) -> bool {
        let named = match self.method.as_deref() {
            None => true,
            Some(pattern) => match pattern.strip_suffix('*') {
                Some(start) => method.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
                None => pattern.eq_ignore_ascii_case(method),
            },
        };
        named && self.bot.is_none_or(|id| id == bot) && (self.chat.is_none() || self.chat == chat)
    }

    /// The word for it in the record of calls.
    pub fn word(&self) -> String {
        serde_json::to_value(self.kind)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}
