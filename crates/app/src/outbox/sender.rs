//! Sends what is in the outbox.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::telegram::TelegramError;
use qura_storage::{Db, DueNotice, StorageError};
use tokio_util::sync::CancellationToken;

use super::notice::Notice;

/// Puts a notice into words and sends it.
#[async_trait]
pub trait NoticeSender: Send + Sync + 'static {
    async fn send(&self, notice: &Notice) -> Result<(), TelegramError>;
}

/// Longer than any call to Telegram may take, limits and waits included.
const LEASE: Duration = Duration::from_secs(180);
const SWEEP: Duration = Duration::from_secs(1);
const PAGE: u32 = 100;
const AT_ONCE: usize = 20;

/// Past this many tries a notice is dead: with the waits between them about a day.
const TRIES: u32 = 150;
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// A worker's outbox half.
pub struct OutboxSender {
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    pub clock: Arc<dyn Clock>,
    pub sender: Arc<dyn NoticeSender>,
}

impl OutboxSender {
    /// Sends until told to stop. A crash between sending and marking repeats one message.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.take().await {
                Ok(due) if due.is_empty() => {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.wakeups.wait(Topic::Outbox, SWEEP) => {}
                    }
                }
                Ok(due) => {
                    futures::stream::iter(due)
                        .for_each_concurrent(AT_ONCE, |due| self.see_through(due))
                        .await;
                }
                Err(error) => {
                    tracing::error!(error = error.detail(), "the outbox cannot be read");
                    tokio::time::sleep(SWEEP).await;
                }
            }
        }
    }

    async fn take(&self) -> Result<Vec<DueNotice>, StorageError> {
        let now = self.clock.now();
        let next = self.db.read().await?.outbox().next_due().await?;
        if next.is_none_or(|at| at > now) {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin().await?;
        let due = tx.outbox().claim(now, now + LEASE, PAGE).await?;
        tx.commit().await?;
        Ok(due)
    }

    async fn see_through(&self, due: DueNotice) {
        let outcome = match serde_json::from_str::<Notice>(&due.notice) {
            Ok(notice) => self.sender.send(&notice).await,
            Err(error) => Err(TelegramError::Unreadable(error.to_string())),
        };
        if let Err(error) = self.settle(&due, outcome).await {
            // It is sent once more when its lease runs out.
            tracing::error!(id = due.id.get(), error = error.detail(), "a notice cannot be marked as sent");
        }
    }

    async fn settle(&self, due: &DueNotice, outcome: Result<(), TelegramError>) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        match outcome {
            Ok(()) => tx.outbox().done(due.id).await?,
            Err(TelegramError::Unreachable(reason)) => {
                tracing::info!(id = due.id.get(), reason, "a notice has nobody to reach");
                tx.outbox().done(due.id).await?;
            }
            Err(error) if error.is_transient() && due.attempt < TRIES => {
                let pause = Duration::from_secs(1 << due.attempt.min(10)).min(LONGEST_BACKOFF);
                tx.outbox().retry(due.id, self.clock.now() + pause, &error.to_string()).await?;
            }
            Err(error) => {
                tracing::error!(id = due.id.get(), %error, "a notice is given up");
                tx.outbox().bury(due.id, &error.to_string()).await?;
            }
        }
        tx.commit().await
    }
}
