//! What the adapter counts and measures, for Prometheus.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use qura_ports::telegram::{Lane, TelegramError};

use crate::client::CallFailure;

const CALLS: &str = "telegram_calls_total";
const DURATION: &str = "telegram_call_duration_seconds";
const FLOOD_WAITS: &str = "telegram_flood_waits_total";
const FLOOD_SECONDS: &str = "telegram_flood_wait_seconds_total";
const LANE_DEPTH: &str = "telegram_lane_depth";

/// Tells the recorder what the metrics mean. To be called once, after a recorder is installed.
pub fn describe_metrics() {
    describe_counter!(CALLS, "Calls of the Bot API by method and status");
    describe_histogram!(DURATION, Unit::Seconds, "From a call of the Bot API to its answer");
    describe_counter!(FLOOD_WAITS, "Answers by which Telegram asked to wait (429)");
    describe_counter!(FLOOD_SECONDS, Unit::Seconds, "Seconds that Telegram asked to wait");
    describe_gauge!(LANE_DEPTH, "Requests that are waiting or under way, by lane");
}

/// One call of the Bot API has ended.
pub fn called(method: &'static str, failure: Option<&CallFailure>, took: Duration) {
    counter!(CALLS, "method" => method, "status" => status(failure)).increment(1);
    histogram!(DURATION, "method" => method).record(took.as_secs_f64());
}

/// Telegram asked to wait.
pub fn flooded(wait: Duration) {
    counter!(FLOOD_WAITS).increment(1);
    counter!(FLOOD_SECONDS).increment(wait.as_secs());
}

/// Counts a request into its lane's depth for as long as it lives.
pub struct InLane(Lane);

impl InLane {
    pub fn enter(lane: Lane) -> Self {
        gauge!(LANE_DEPTH, "lane" => name(lane)).increment(1);
        Self(lane)
    }
}

impl Drop for InLane {
    fn drop(&mut self) {
        gauge!(LANE_DEPTH, "lane" => name(self.0)).decrement(1);
    }
}

fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::Interactive => "interactive",
        Lane::Notice => "notice",
        Lane::Counter => "counter",
        Lane::Bulk => "bulk",
    }
}

/// Few values, because each is a time series for each method.
fn status(failure: Option<&CallFailure>) -> &'static str {
    match failure {
        None => "ok",
        Some(CallFailure::NotSent(_)) => "not_sent",
        Some(CallFailure::Lost(_)) => "lost",
        Some(CallFailure::Answered(error)) => match error {
            TelegramError::Unauthorized => "unauthorized",
            TelegramError::Conflict(_) => "conflict",
            TelegramError::Unreachable(_) => "unreachable",
            TelegramError::ChatLost(_) => "chat_lost",
            TelegramError::NotAllowed(_) => "not_allowed",
            TelegramError::Migrated(_) => "migrated",
            TelegramError::MessageGone(_) => "message_gone",
            TelegramError::QueryExpired => "query_expired",
            TelegramError::Refused(_) => "refused",
            TelegramError::Flooded(_) => "flooded",
            TelegramError::Unavailable(_) => "lost",
            TelegramError::Unreadable(_) => "unreadable",
        },
    }
}

#[cfg(test)]
mod tests;
