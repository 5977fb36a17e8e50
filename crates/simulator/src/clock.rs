//! The time of the simulated world: the computer's, or one that is moved by hand.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::ClockMode;

pub struct Clock {
    manual_ms: Option<i64>,
}

impl Clock {
    pub fn new(mode: ClockMode) -> Self {
        match mode {
            ClockMode::Real => Self { manual_ms: None },
            ClockMode::Manual { at } => Self { manual_ms: Some(at.saturating_mul(1_000)) },
        }
    }

    pub fn is_manual(&self) -> bool {
        self.manual_ms.is_some()
    }

    pub fn now_ms(&self) -> i64 {
        self.manual_ms.unwrap_or_else(computer_ms)
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// Moves a manual clock; false when it is not manual, or when it would go back.
    pub fn move_to(&mut self, to_ms: i64) -> bool {
        match self.manual_ms {
            Some(now) if to_ms >= now => {
                self.manual_ms = Some(to_ms);
                true
            }
            _ => false,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the simulator's one clock")]
fn computer_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
