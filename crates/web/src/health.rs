//! `/health/live` and `/health/ready`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::server::Web;

/// A database that needs longer than this is not ready for anything.
const DATABASE_PATIENCE: Duration = Duration::from_secs(2);

/// Updates that wait longer than this show that nobody handles them.
const MOST_LAG: Duration = Duration::from_secs(60);

const OUT_OF_REACH: &str = "out of reach";

/// The answer of both.
#[derive(Default, Serialize)]
pub struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coordination: Option<&'static str>,
    /// How long whoever polls may go on without a sign of life. Missing while nobody polls, and
    /// where one process does everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    poller_lease_seconds: Option<f64>,
    /// How long the oldest update has been waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag_seconds: Option<f64>,
}

/// The process runs: restart it when this does not answer.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok", ..Health::default() })
}

/// The process can do its work: send it none, and look, while this says 503.
pub async fn ready(State(web): State<Web>) -> (StatusCode, Json<Health>) {
    let oldest = async { web.db.read().await?.updates().oldest_undone().await };
    let (oldest, lease) =
        tokio::join!(tokio::time::timeout(DATABASE_PATIENCE, oldest), web.leases.left(&web.poller_lease));
    let known = Health {
        coordination: Some(if lease.is_ok() { "ok" } else { OUT_OF_REACH }),
        poller_lease_seconds: lease.as_ref().ok().copied().flatten().map(|left| left.as_secs_f64()),
        ..Health::default()
    };
    let Ok(Ok(oldest)) = oldest else {
        let health = Health { status: "unavailable", database: Some(OUT_OF_REACH), ..known };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health));
    };
    let lag = oldest.map_or(Duration::ZERO, |received| web.clock.now().since(received));
    let (status, word) = match (lease, lag) {
        (Err(_), _) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        (_, lag) if lag > MOST_LAG => (StatusCode::SERVICE_UNAVAILABLE, "behind"),
        _ => (StatusCode::OK, "ok"),
    };
    let health = Health { status: word, database: Some("ok"), lag_seconds: Some(lag.as_secs_f64()), ..known };
    (status, Json(health))
}
