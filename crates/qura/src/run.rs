//! `qura run`: puts the parts together and runs the roles until told to stop.

mod coordination;
mod parts;
pub mod telegram;

use std::sync::Arc;

use anyhow::Context;
use qura_storage::{Alone, Db};
use qura_web::{Recorder, Web};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::coordination::Coordination;
use self::parts::Parts;
use crate::adapters;
use crate::config::Config;
use crate::roles::Role;

/// Runs the given roles until SIGINT or SIGTERM.
pub async fn run(config: Config, roles: &[Role]) -> anyhow::Result<()> {
    let stop = stop_on_signal();
    serve(config, roles, &stop).await
}

/// Runs the given roles until told to stop.
pub async fn serve(config: Config, roles: &[Role], stop: &CancellationToken) -> anyhow::Result<()> {
    let db = Db::open(&config.database, config.database_connections).await?;
    let alone = coordination::insist_on_being_alone(&config, &db).await?;
    db.migrate_up().await?;
    let clock = adapters::clock(&config);
    let coordination = Coordination::open(&config, clock.clone())?;
    let telegram = telegram::connect(&config, coordination.limits.clone(), stop).await?;
    let Some(telegram) = telegram else {
        db.close().await;
        return Ok(());
    };
    tracing::info!(bot = telegram.account.username, "started");
    let parts = Parts::assemble(&config, db.clone(), clock, coordination, telegram).await?;
    let outcome = work(&Arc::new(parts), &config, roles, alone, stop).await;
    db.close().await;
    tracing::info!("stopped");
    outcome
}

/// Runs everything, and stops everything when one part cannot go on.
async fn work(
    parts: &Arc<Parts>,
    config: &Config,
    roles: &[Role],
    alone: Option<Alone>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut tasks: JoinSet<anyhow::Result<()>> = JoinSet::new();
    if let Some(alone) = alone {
        let (db, stop) = (parts.db.clone(), stop.clone());
        tasks.spawn(async move { coordination::stay_alone(alone, &db, &stop).await });
    }
    {
        let (parts, stop) = (parts.clone(), stop.clone());
        tasks.spawn(async move {
            parts.settings.run(&stop).await;
            Ok(())
        });
    }
    for role in roles {
        match role {
            Role::Poller => {
                let (poller, stop) = (parts.poller(config), stop.clone());
                tasks.spawn(async move { poller.run(&stop).await.context("polling ended") });
                let (parts, operators) = (parts.clone(), config.operators.clone());
                let language = config.language;
                tasks.spawn(async move {
                    parts.publish_commands(&operators, language).await;
                    Ok(())
                });
            }
            Role::Bot => {
                let (consumer, share, stop) = (parts.consumer(config), parts.share.clone(), stop.clone());
                tasks.spawn(async move {
                    // The share is given back only when nothing of it runs any more.
                    let done = CancellationToken::new();
                    let working = async {
                        consumer.run(&stop).await;
                        done.cancel();
                    };
                    tokio::join!(working, share.run(&done));
                    Ok(())
                });
            }
            Role::Web => {
                let listener = TcpListener::bind(config.http_addr)
                    .await
                    .with_context(|| format!("HTTP_ADDR ({}) cannot be listened on", config.http_addr))?;
                tracing::info!(address = %listener.local_addr()?, "health and metrics are served");
                let web =
                    Web { db: parts.db.clone(), clock: parts.clock.clone(), recorder: Recorder::install()? };
                let stop = stop.clone();
                tasks.spawn(async move { web.run(listener, stop).await.context("the web server failed") });
            }
            Role::Worker => {
                let (runner, outbox) = (parts.job_runner(config)?, parts.outbox());
                let (stop, stop_outbox) = (stop.clone(), stop.clone());
                tasks.spawn(async move {
                    runner.run(&stop).await;
                    Ok(())
                });
                tasks.spawn(async move {
                    outbox.run(&stop_outbox).await;
                    Ok(())
                });
            }
        }
    }
    let mut outcome = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let ended = ended.context("a part of the program failed").and_then(|result| result);
        if ended.is_err() {
            stop.cancel();
            outcome = outcome.and(ended);
        }
    }
    outcome
}

/// Cancelled by SIGINT and SIGTERM. A second signal ends the process at once.
pub fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        signal().await;
        tracing::info!("stopping");
        told.cancel();
        signal().await;
        std::process::exit(130);
    });
    stop
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
