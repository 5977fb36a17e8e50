//! The HTTP server of the `web` role.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use qura_ports::clock::Clock;
use qura_ports::coordination::Leases;
use qura_storage::Db;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics::Recorder;
use crate::{draws, health, metrics};

/// What the pages are made of.
#[derive(Clone)]
pub struct Web {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub leases: Arc<dyn Leases>,
    /// The lease of the process that polls.
    pub poller_lease: String,
    pub recorder: Recorder,
}

impl Web {
    /// Serves until told to stop.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let routes = Router::new()
            .route("/health/live", get(health::live))
            .route("/health/ready", get(health::ready))
            .route("/metrics", get(metrics::page))
            .route("/draws/{code}", get(draws::page))
            .route("/draws/{code}/{number}", get(draws::document))
            .with_state(self);
        axum::serve(listener, routes).with_graceful_shutdown(async move { stop.cancelled().await }).await
    }
}
