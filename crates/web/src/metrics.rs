//! `/metrics`, in the form that Prometheus reads.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::server::Web;

/// Seconds: from an in-memory answer to a call that Telegram holds.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Histograms that nobody asks for are emptied this often, so that they do not grow.
const UPKEEP: Duration = Duration::from_secs(5);

/// Counting further than this would be work for the sake of a picture.
const COUNT_UP_TO: u32 = 100_000;

/// Collects what the program counts.
#[derive(Clone)]
pub struct Recorder(PrometheusHandle);

/// Another recorder was installed before.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be collected: {0}")]
pub struct MetricsError(String);

impl Recorder {
    /// Collects from now on, in the whole process; once. Runs its upkeep on the current runtime.
    ///
    /// # Errors
    /// When it was called before.
    pub fn install() -> Result<Self, MetricsError> {
        let failed = |error: metrics_exporter_prometheus::BuildError| MetricsError(error.to_string());
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .map_err(failed)?;
        let handle = builder.install_recorder().map_err(failed)?;
        let upkeep = handle.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        });
        Ok(Self(handle))
    }
}

/// Everything counted, with what is looked up at this moment.
pub async fn page(State(web): State<Web>) -> impl IntoResponse {
    let look = async {
        let mut reader = web.db.read().await?;
        let undone = reader.updates().count_undone(COUNT_UP_TO).await?;
        let (jobs, dead_jobs) = reader.jobs().count().await?;
        Ok::<_, qura_storage::StorageError>((undone, jobs, dead_jobs))
    };
    // Numbers that cannot be had now keep their last value.
    if let Ok((undone, jobs, dead_jobs)) = look.await {
        metrics::gauge!("updates_undone").set(undone as f64);
        metrics::gauge!("jobs_waiting").set(jobs as f64);
        metrics::gauge!("jobs_dead").set(dead_jobs as f64);
    }
    let (used, idle) = web.db.connections();
    metrics::gauge!("database_connections", "state" => "used").set(f64::from(used));
    metrics::gauge!("database_connections", "state" => "idle").set(f64::from(idle));
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], web.recorder.0.render())
}
