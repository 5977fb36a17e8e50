//! Work that comes back by the clock.

use std::str::FromStr;

use croner::Cron;
use qura_domain::time::Timestamp;

/// A job without payload that is enqueued at each time of a cron pattern, in UTC.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub kind: &'static str,
    cron: Cron,
}

/// The pattern is not one of cron.
#[derive(Debug, thiserror::Error)]
#[error("the schedule of {kind} is no cron pattern: {reason}")]
pub struct ScheduleError {
    kind: &'static str,
    reason: String,
}

impl Schedule {
    pub fn new(kind: &'static str, pattern: &str) -> Result<Self, ScheduleError> {
        let cron = Cron::from_str(pattern).map_err(|e| ScheduleError { kind, reason: e.to_string() })?;
        Ok(Self { kind, cron })
    }

    /// The latest time at or before `now`. Firings that were missed while nothing ran are made up
    /// for by this one.
    pub fn last_due(&self, now: Timestamp) -> Option<Timestamp> {
        let now = now.to_utc()?;
        self.cron.find_previous_occurrence(&now, true).ok().map(|at| Timestamp::from_secs(at.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_latest_firing() {
        let hourly = Schedule::new("test.hourly", "5 * * * *").unwrap();
        let at = |h: i64, m: i64, s: i64| Timestamp::from_secs(1_767_225_600 + h * 3600 + m * 60 + s);
        assert_eq!(hourly.last_due(at(10, 5, 0)), Some(at(10, 5, 0)));
        assert_eq!(hourly.last_due(at(11, 4, 59)), Some(at(10, 5, 0)));
        assert!(Schedule::new("test.wrong", "every day").is_err());
    }
}
