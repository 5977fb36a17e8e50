//! `qura run`: puts the parts together and runs the roles until told to stop.

mod coordination;
mod crew;
mod parts;
mod room;
pub mod telegram;

use std::sync::Arc;
use std::time::Duration;

use qura_storage::{Db, Place};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use self::coordination::Coordination;
use self::crew::Crew;
use self::parts::Parts;
use crate::adapters;
use crate::config::Config;
use crate::roles::Role;

/// What is left of ten seconds once all parts have ended.
const LEAVE: Duration = Duration::from_millis(500);

/// Runs the given roles until told to stop.
pub async fn run(config: Config, roles: &[Role], stop: &CancellationToken) -> anyhow::Result<()> {
    // A database may keep it waiting for longer than a stop may take.
    let begun = tokio::select! {
        begun = begin(&config, stop) => begun?,
        () = stop.cancelled() => None,
    };
    let Some((parts, place)) = begun else { return Ok(()) };
    let db = parts.db.clone();
    let mut crew = Crew::of(Arc::new(parts), stop);
    crew.keep_place(&config, place);
    crew.keep_room(&config);
    // `web` first: what is counted before it listens would be lost.
    let (web, others): (Vec<&Role>, Vec<&Role>) = roles.iter().partition(|role| **role == Role::Web);
    for role in web.into_iter().chain(others) {
        crew.take_up(*role, &config).await?;
    }
    let outcome = crew.see_through().await;
    // A database out of reach takes leave of nobody; it notices by itself that this process is gone.
    if tokio::time::timeout(LEAVE, db.close()).await.is_err() {
        tracing::warn!("the database did not answer the good-bye");
    }
    tracing::info!("stopped");
    outcome
}

/// What everything else rests on; `None` when it was told to stop.
async fn begin(config: &Config, stop: &CancellationToken) -> anyhow::Result<Option<(Parts, Option<Place>)>> {
    let db = Db::open(&config.database, config.database_connections).await?;
    let place = coordination::take_place(config, &db).await?;
    db.migrate_up().await?;
    let clock = adapters::clock(config);
    let coordination = Coordination::open(config, clock.clone())?;
    let telegram = telegram::connect(config, coordination.limits.clone(), stop).await?;
    let Some(telegram) = telegram else { return Ok(None) };
    tracing::info!(bot = telegram.account.username, "started");
    let parts = Parts::assemble(config, db, clock, coordination, telegram).await?;
    Ok(Some((parts, place)))
}

/// Cancelled by SIGINT and SIGTERM, which are heard once this returns. A second signal ends the process at
/// once. To be called within the runtime.
pub fn stop_on_signal() -> std::io::Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut told = async move || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        told().await;
        tracing::info!("stopping");
        stopped.cancel();
        told().await;
        std::process::exit(130);
    });
    Ok(stop)
}
