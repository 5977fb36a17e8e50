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

/// The answer of both.
#[derive(Serialize)]
pub struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'static str>,
    /// How long the oldest update has been waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag_seconds: Option<f64>,
}

/// The process runs: restart it when this does not answer.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok", database: None, lag_seconds: None })
}

/// The process can do its work: send it none, and look, while this says 503.
pub async fn ready(State(web): State<Web>) -> (StatusCode, Json<Health>) {
    let oldest = async { web.db.read().await?.updates().oldest_undone().await };
    let Ok(Ok(oldest)) = tokio::time::timeout(DATABASE_PATIENCE, oldest).await else {
        let health = Health { status: "unavailable", database: Some("out of reach"), lag_seconds: None };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health));
    };
    let lag = oldest.map_or(Duration::ZERO, |received| web.clock.now().since(received));
    let (status, word) =
        if lag > MOST_LAG { (StatusCode::SERVICE_UNAVAILABLE, "behind") } else { (StatusCode::OK, "ok") };
    let health = Health { status: word, database: Some("ok"), lag_seconds: Some(lag.as_secs_f64()) };
    (status, Json(health))
}
