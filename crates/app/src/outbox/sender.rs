//! Sends what is in the outbox.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use qura_domain::ids::NoticeId;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::telegram::TelegramError;
use qura_storage::{Db, DueNotice, StorageError};
use tokio_util::sync::CancellationToken;

use super::notice::Notice;
use crate::faults::Faults;

/// Puts a notice into words and sends it.
#[async_trait]
pub trait NoticeSender: Send + Sync + 'static {
    async fn send(&self, notice: &Notice) -> Result<(), TelegramError>;
}

/// Longer than any call to Telegram may take, limits and waits included.
const LEASE: Duration = Duration::from_secs(180);
const SWEEP: Duration = Duration::from_secs(1);

/// Taken, and sent side by side. No more are taken than begin at once: the lease of one that waits for its turn would run
/// out under Telegram's bad days, and another worker would send it too.
const PAGE: u32 = 20;

/// What is on its way when told to stop gets this long to arrive.
const GRACE: Duration = Duration::from_secs(8);

/// Past this many tries a notice is dead: with the waits between them about a day.
const TRIES: u32 = 150;
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// What a chat waits for is tried for about a month, also while the chat is out of reach.
const PUBLIC_TRIES: u32 = 4_320;

/// A worker's outbox half.
pub struct OutboxSender {
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    pub clock: Arc<dyn Clock>,
    pub sender: Arc<dyn NoticeSender>,
    pub faults: Faults,
}

impl OutboxSender {
    /// Sends until told to stop; then lets what is on its way arrive, for eight seconds at most. A crash
    /// between sending and marking repeats one message.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.take().await {
                Ok(due) if due.is_empty() => {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.wakeups.wait(Topic::Outbox, SWEEP) => {}
                    }
                }
                Ok(due) => self.send_all(due, stop).await,
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

    /// Sends what was taken, side by side. Told to stop, it begins nothing more, and gives back what has not
    /// arrived in time: Telegram may have asked for minutes of silence.
    async fn send_all(&self, due: Vec<DueNotice>, stop: &CancellationToken) {
        let mut waiting: BTreeSet<NoticeId> = due.iter().map(|due| due.id).collect();
        self.send_in_time(due, &mut waiting, stop).await;
        if let Err(error) = self.give_back(&waiting).await {
            // Others send them when their leases run out.
            tracing::warn!(error = error.detail(), "notices cannot be given back");
        }
    }

    /// Takes out of `waiting` what was seen through. When it returns, nothing of the rest is under way: one that
    /// is being written down would be in the way of giving it back.
    async fn send_in_time(
        &self,
        due: Vec<DueNotice>,
        waiting: &mut BTreeSet<NoticeId>,
        stop: &CancellationToken,
    ) {
        let sending = futures::stream::iter(due).take_until(stop.cancelled()).map(async |due| {
            let id = due.id;
            self.see_through(due).await;
            id
        });
        let sending = sending.buffer_unordered(PAGE as usize);
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::pin!(sending, late);
        loop {
            tokio::select! {
                sent = sending.next() => match sent {
                    Some(id) => _ = waiting.remove(&id),
                    None => break,
                },
                () = &mut late => break,
            }
        }
    }

    async fn give_back(&self, waiting: &BTreeSet<NoticeId>) -> Result<(), StorageError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for id in waiting {
            tx.outbox().retry(*id, self.clock.now(), "the worker was told to stop").await?;
        }
        tx.commit().await?;
        self.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }

    async fn see_through(&self, due: DueNotice) {
        let settled = match serde_json::from_str::<Notice>(&due.notice) {
            Ok(notice) => {
                let outcome = self.sender.send(&notice).await;
                self.faults.reach("outbox.sent");
                self.settle(&due, &notice, outcome).await
            }
            // A later version may have written it, and be there in a moment.
            Err(error) if due.attempt < TRIES => self.later(&due, &error.to_string()).await,
            Err(error) => self.give_up(&due, &error.to_string()).await,
        };
        if let Err(error) = settled {
            // It is sent once more when its lease runs out.
            tracing::error!(id = due.id.get(), error = error.detail(), "a notice cannot be marked as sent");
        }
    }

    async fn settle(
        &self,
        due: &DueNotice,
        notice: &Notice,
        outcome: Result<(), TelegramError>,
    ) -> Result<(), StorageError> {
        let tries = if notice.is_public() { PUBLIC_TRIES } else { TRIES };
        match outcome {
            Ok(()) => self.done(due, notice.next()).await,
            Err(TelegramError::Unreachable(reason)) => {
                tracing::info!(id = due.id.get(), reason, "a notice has nobody to reach");
                self.done(due, None).await
            }
            Err(error) if may_pass(&error, notice) && due.attempt < tries => {
                self.later(due, &error.to_string()).await
            }
            Err(error) => self.give_up(due, &error.to_string()).await,
        }
    }

    async fn later(&self, due: &DueNotice, error: &str) -> Result<(), StorageError> {
        let pause = Duration::from_secs(1 << due.attempt.min(10)).min(LONGEST_BACKOFF);
        let mut tx = self.db.begin().await?;
        tx.outbox().retry(due.id, self.clock.now() + pause, error).await?;
        tx.commit().await
    }

    /// It arrived, or never can; another one may take its place.
    async fn done(&self, due: &DueNotice, next: Option<Notice>) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        match next {
            Some(next) => {
                let next = serde_json::to_string(&next).map_err(|_| StorageError::Unreadable("notice"))?;
                tx.outbox().follow(due.id, &next, self.clock.now()).await?;
            }
            None => tx.outbox().done(due.id).await?,
        }
        tx.commit().await
    }

    async fn give_up(&self, due: &DueNotice, error: &str) -> Result<(), StorageError> {
        tracing::error!(id = due.id.get(), error, "a notice is given up");
        let mut tx = self.db.begin().await?;
        tx.outbox().bury(due.id, error).await?;
        tx.commit().await
    }
}

/// Whether the same message may arrive later. Organizers give rights back that they took.
fn may_pass(error: &TelegramError, notice: &Notice) -> bool {
    let is_lost = matches!(error, TelegramError::ChatLost(_) | TelegramError::NotAllowed(_));
    error.is_no_answer() || notice.is_public() && is_lost
}
