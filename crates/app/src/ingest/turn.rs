//! Lets one poller poll at a time: whoever holds the lease.

use std::sync::Arc;
use std::time::Duration;

use qura_domain::ids::BotId;
use qura_ports::coordination::Leases;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::poller::{Poller, PollerError};
use super::share::LEASE;

const BEAT: Duration = Duration::from_secs(2);

/// The lease of the process that polls for a bot.
pub fn poller_lease(bot: BotId) -> String {
    format!("poller:{bot}")
}

/// Takes turns with the pollers of other processes. The lease spares Telegram a second caller; that
/// nothing is stored twice or out of order rests on the fence in the database.
pub struct PollerTurn {
    pub poller: Poller,
    pub leases: Arc<dyn Leases>,
}

impl PollerTurn {
    /// Waits for the turn, polls while it lasts, and waits again, until told to stop.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), PollerError> {
        let name = [poller_lease(self.poller.bot)];
        while !stop.is_cancelled() {
            let mut until = Instant::now() + LEASE;
            if !self.hold(&name).await {
                rest(stop, BEAT).await;
                continue;
            }
            let turn = stop.child_token();
            metrics::gauge!("poller_turn").set(1.0);
            let polling = self.poller.run(&turn);
            let keeping = async {
                loop {
                    sleep(BEAT).await;
                    let began = Instant::now();
                    if self.hold(&name).await {
                        until = began + LEASE;
                    } else if Instant::now() >= until {
                        tracing::warn!("another poller's turn");
                        turn.cancel();
                        return;
                    }
                }
            };
            tokio::pin!(polling, keeping);
            let ended = tokio::select! {
                ended = &mut polling => ended,
                () = &mut keeping => polling.await,
            };
            metrics::gauge!("poller_turn").set(0.0);
            match ended {
                Ok(()) => {}
                Err(PollerError::Fenced) => {
                    metrics::counter!("poller_fenced_total").increment(1);
                    tracing::warn!("another poller took over");
                }
                Err(error) => return Err(error),
            }
        }
        if let Err(error) = self.leases.release(&name).await {
            tracing::warn!(%error, "the poller's turn runs out by itself");
        }
        Ok(())
    }

    async fn hold(&self, name: &[String]) -> bool {
        match self.leases.hold(name, LEASE).await {
            Ok(held) => held.first().copied().unwrap_or(false),
            Err(error) => {
                tracing::warn!(%error, "the poller's turn cannot be kept");
                false
            }
        }
    }
}

async fn rest(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(pause) => {}
    }
}
