//! Brings updates from Telegram into the log. Telegram is told only of what is committed there.

use std::sync::Arc;
use std::time::Duration;

use qura_domain::ids::BotId;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::{RawUpdate, TelegramError, UpdateSource};
use qura_storage::{Batch, Db, NewUpdate, Position, StorageError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::handover::{Handover, StoredBatch};
use super::position::{begins_anew, partition_and_key, seq_after, update_id};

/// No more than one call in this time, so that a stream of single updates is fetched in groups.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

/// Between calls to a server that answers «nothing new» at once instead of waiting.
const PAUSE_WITHOUT_LONG_POLL: Duration = Duration::from_secs(1);

/// A call with nothing to bring that took less than this did not wait for anything.
const AT_ONCE: Duration = Duration::from_millis(500);

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(15);

/// At most so many updates are stored between two looks at how many wait.
const BETWEEN_LOOKS: u32 = 1000;

/// Polls for one bot.
pub struct Poller {
    pub source: Arc<dyn UpdateSource>,
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    /// To the consumer of this process, if it has one.
    pub handover: Arc<Handover>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub bot: BotId,
    /// Which Telegram: the numbers of another server's updates mean something else.
    pub api_url: String,
    /// `POLLING_LIMIT`, 1–100.
    pub limit: u8,
    /// `POLLING_TIMEOUT`; Telegram cuts it at 50 s.
    pub timeout: Duration,
    /// `POLLING_BACKLOG`: while so many updates wait in the log, no more are fetched. One batch may go
    /// beyond it.
    pub most_undone: u32,
}

/// Why polling cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PollerError {
    #[error("Telegram does not know this token")]
    Unauthorized,
    #[error("another poller took over")]
    Fenced,
}

impl Poller {
    /// Polls until told to stop, through whatever trouble can pass.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), PollerError> {
        let Some(mut position) = self.take_over(stop).await else { return Ok(()) };
        if let Some(last) = position.last_seq {
            self.handover.advance(last);
        }
        let mut trouble = Backoff::default();
        let mut room = 0;
        while !stop.is_cancelled() {
            if room == 0 {
                room = self.room(stop).await;
            }
            let began = Instant::now();
            let after = position.last_seq.map(update_id);
            let polled = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                polled = self.source.poll(after, self.limit, self.timeout) => polled,
            };
            let pause = match polled {
                Ok(updates) if updates.is_empty() => {
                    trouble.reset();
                    if began.elapsed() < AT_ONCE { PAUSE_WITHOUT_LONG_POLL } else { SHORTEST_PAUSE }
                }
                Ok(updates) => {
                    trouble.reset();
                    room = room.saturating_sub(u32::try_from(updates.len()).unwrap_or(BETWEEN_LOOKS));
                    self.keep(&mut position, updates, stop).await?;
                    SHORTEST_PAUSE.saturating_sub(began.elapsed())
                }
                Err(TelegramError::Unauthorized) => return Err(PollerError::Unauthorized),
                Err(error) => {
                    let pause = trouble.next(self.random.as_ref());
                    tracing::warn!(%error, pause_ms = pause.as_millis() as u64, "updates cannot be fetched");
                    pause
                }
            };
            rest(stop, pause).await;
        }
        Ok(())
    }

    /// Waits for the database if it must; `None` when told to stop before.
    async fn take_over(&self, stop: &CancellationToken) -> Option<Position> {
        let mut trouble = Backoff::default();
        while !stop.is_cancelled() {
            let taken = async {
                let mut tx = self.db.begin().await?;
                let position = tx.updates().take_over(self.bot, &self.api_url).await?;
                tx.commit().await?;
                Ok::<_, StorageError>(position)
            };
            match taken.await {
                Ok(position) => return Some(position),
                Err(error) => self.report(&error, trouble.next(self.random.as_ref()), stop).await,
            }
        }
        None
    }

    /// Stores a batch, however long the database takes to come back.
    async fn keep(
        &self,
        position: &mut Position,
        updates: Vec<RawUpdate>,
        stop: &CancellationToken,
    ) -> Result<(), PollerError> {
        let mut trouble = Backoff::default();
        // Numbered once: a commit whose answer was lost is tried again with the same numbers, so
        // that the database knows them for what they are.
        let mut numbered = None;
        loop {
            let stored = async {
                let batch = match numbered.take() {
                    Some(batch) => batch,
                    None => self.number(position, &updates).await?,
                };
                let stored = self.store(position, &batch).await;
                numbered = Some(batch);
                stored
            };
            match stored.await {
                Ok(new) => {
                    if let Some(batch) = numbered {
                        self.announce(position, batch, new).await;
                    }
                    return Ok(());
                }
                Err(StorageError::Fenced) => return Err(PollerError::Fenced),
                Err(_) if stop.is_cancelled() => return Ok(()),
                Err(error) => self.report(&error, trouble.next(self.random.as_ref()), stop).await,
            }
        }
    }

    /// Tells those who handle updates what is new.
    async fn announce(&self, position: &mut Position, batch: StoredBatch, new: u64) {
        let Some(last) = batch.updates.last().map(|update| update.seq) else { return };
        // A batch whose first try came through without an answer is in other hands by now.
        let all_new = new == batch.updates.len() as u64;
        position.last_seq = Some(last);
        self.handover.advance(last);
        metrics::counter!("updates_received_total").increment(new);
        if all_new && self.handover.offer(batch) {
            self.wakeups.wake_others(Topic::Updates).await;
        } else {
            self.wakeups.wake(Topic::Updates).await;
        }
    }

    /// Gives each update that is new its place in the log.
    async fn number(&self, position: &Position, updates: &[RawUpdate]) -> Result<StoredBatch, StorageError> {
        let mut last = position.last_seq;
        // Only a new count needs to know of the other bots' numbers.
        let mut newest = None;
        let mut rows = Vec::with_capacity(updates.len());
        for update in updates {
            if newest.is_none() && begins_anew(last, update.id) {
                newest = self.db.read().await?.updates().newest_seq().await?;
            }
            let Some(seq) = seq_after(last, newest, update.id) else { continue };
            last = Some(seq);
            let (partition, key) = partition_and_key(update.route, update.id);
            rows.push(NewUpdate { seq, partition, key, raw: update.raw.clone() });
        }
        Ok(StoredBatch { after: position.last_seq, updates: rows, received_at: self.clock.now() })
    }

    /// Returns how many updates of the batch are new.
    async fn store(&self, position: &Position, stored: &StoredBatch) -> Result<u64, StorageError> {
        let mut tx = self.db.begin_for_many().await?;
        let batch = Batch {
            bot: self.bot,
            api_url: &self.api_url,
            fence: position.fence,
            updates: &stored.updates,
            received_at: stored.received_at,
        };
        let new = tx.updates().append(&batch).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// How many updates may be stored before the next look. While there is no room, waits: what cannot be
    /// handled yet is safer with Telegram, which keeps most kinds for a day.
    async fn room(&self, stop: &CancellationToken) -> u32 {
        while !stop.is_cancelled() {
            let waiting = async { self.db.read().await?.updates().count_undone(self.most_undone).await };
            // A database that does not answer shows when the next batch is stored.
            let Ok(count) = waiting.await else { return BETWEEN_LOOKS };
            let room = self.most_undone.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
            if room > 0 {
                return room.min(BETWEEN_LOOKS);
            }
            rest(stop, Duration::from_millis(100)).await;
        }
        0
    }

    async fn report(&self, error: &StorageError, pause: Duration, stop: &CancellationToken) {
        tracing::error!(
            error = error.detail(),
            pause_ms = pause.as_millis() as u64,
            "updates cannot be stored"
        );
        rest(stop, pause).await;
    }
}

async fn rest(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(pause) => {}
    }
}

/// Waits that double, each shortened by chance so that two pollers do not keep meeting.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    fn reset(&mut self) {
        self.0 = 0;
    }

    fn next(&mut self, random: &dyn Random) -> Duration {
        let full = FIRST_BACKOFF.saturating_mul(1 << self.0.min(8)).min(LONGEST_BACKOFF);
        self.0 += 1;
        full.mul_f64(0.5 + random.fraction() / 2.0)
    }
}
