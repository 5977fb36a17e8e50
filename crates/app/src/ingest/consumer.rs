//! Brings updates from the log to their handler: in order for each key, many keys at once.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use qura_domain::ids::Seq;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_storage::{Db, StorageError, StoredUpdate, UpdateState};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::done::{Done, DoneGroup};
use super::handler::{HandleError, Handled, UpdateHandler};
use super::position::{PARTITIONS, URGENT_PARTITION};
use super::queue::KeyedQueue;
use crate::batcher::Batcher;
use crate::settings::SettingsService;

/// Rows a look at the log brings at most.
const PAGE: u32 = 500;

/// A wake-up may be lost, so the log is looked at this often anyway.
const SWEEP: Duration = Duration::from_secs(1);

/// Before something that failed is tried again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is in hand when told to stop gets this long to finish.
const GRACE: Duration = Duration::from_secs(10);

/// Takes updates from the log and sees each through.
pub struct Consumer {
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    pub handler: Arc<dyn UpdateHandler>,
    pub settings: Arc<SettingsService>,
    pub clock: Arc<dyn Clock>,
    pub done: Batcher<DoneGroup>,
    /// `BOT_CONCURRENCY`: updates handled at the same time.
    pub concurrency: usize,
}

impl Consumer {
    /// Runs until told to stop; then finishes what is in hand, for ten seconds at most. What is
    /// not finished by then stays in the log.
    pub async fn run(self: Arc<Self>, stop: &CancellationToken) {
        let partitions: Vec<u8> = (0..PARTITIONS).chain([URGENT_PARTITION]).collect();
        let mut queue = KeyedQueue::default();
        let mut running: JoinSet<(u8, i64)> = JoinSet::new();
        let mut after = Seq::new(-1);
        while !stop.is_cancelled() {
            let found = self.look(&mut queue, &mut after, &partitions).await;
            self.start_ready(&mut queue, &mut running);
            let full = queue.len() >= self.concurrency * 2;
            let idle = async {
                if full {
                    std::future::pending().await
                } else if found == 0 {
                    self.wakeups.wait(Topic::Updates, SWEEP).await;
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(finished) = running.join_next(), if !running.is_empty() => {
                    settle(&mut queue, finished);
                    while let Some(finished) = running.try_join_next() {
                        settle(&mut queue, finished);
                    }
                }
                () = idle => {}
            }
            self.start_ready(&mut queue, &mut running);
        }
        let finish = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(updates = running.len(), "stopped before all was done; the rest stays in the log");
        }
    }

    /// Reads on in the log, unless enough waits in memory. Returns how many came.
    async fn look(&self, queue: &mut KeyedQueue, after: &mut Seq, partitions: &[u8]) -> usize {
        if queue.len() >= self.concurrency * 2 {
            return 0;
        }
        let page = async { self.db.read().await?.updates().undone(*after, partitions, PAGE).await };
        match page.await {
            Ok(page) => {
                let found = page.len();
                if let Some(last) = page.last() {
                    *after = last.seq;
                }
                page.into_iter().for_each(|update| queue.push(update));
                found
            }
            Err(error) => {
                tracing::error!(error = error.detail(), "the update log cannot be read");
                sleep(SWEEP).await;
                0
            }
        }
    }

    fn start_ready(self: &Arc<Self>, queue: &mut KeyedQueue, running: &mut JoinSet<(u8, i64)>) {
        while let Some(update) = queue.next_urgent() {
            running.spawn(self.clone().see_through(update));
        }
        while running.len() < self.concurrency {
            let Some(update) = queue.next() else { break };
            running.spawn(self.clone().see_through(update));
        }
    }

    /// Handles one update until it is done, dead or somebody else's.
    async fn see_through(self: Arc<Self>, mut update: StoredUpdate) -> (u8, i64) {
        let place = (update.partition, update.key);
        let mut pause = FIRST_PAUSE;
        loop {
            // A bug in one handler must not take the others down.
            let handled = AssertUnwindSafe(self.handler.handle(&update)).catch_unwind().await;
            match handled.unwrap_or_else(|_| Err(HandleError::Failed("the handler panicked".to_owned()))) {
                Ok(handled) => {
                    self.finish(&update, handled).await;
                    return place;
                }
                Err(HandleError::Malformed(error)) => {
                    self.give_up(&update, &error).await;
                    return place;
                }
                Err(HandleError::Failed(error)) => {
                    update.attempts += 1;
                    if update.attempts >= self.settings.get().update_tries() {
                        self.give_up(&update, &error).await;
                        return place;
                    }
                    tracing::warn!(seq = update.seq.get(), error, "an update failed and is tried again");
                    self.count_failure(&update, &error).await;
                }
                Err(HandleError::Transient(error)) => {
                    tracing::warn!(
                        seq = update.seq.get(),
                        error,
                        "an update waits for the database or Telegram"
                    );
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.reread(&mut update).await;
        }
    }

    /// The effect may have been committed though its handler failed afterwards.
    async fn reread(&self, update: &mut StoredUpdate) {
        let before = Seq::new(update.seq.get() - 1);
        let partition = [update.partition];
        let row = async { self.db.read().await?.updates().undone(before, &partition, 1).await };
        if let Ok(rows) = row.await
            && let Some(row) = rows.into_iter().next().filter(|row| row.seq == update.seq)
        {
            update.state = row.state;
            update.reply = row.reply;
        }
    }

    async fn finish(&self, update: &StoredUpdate, handled: Handled) {
        if handled.superseded {
            return;
        }
        let latency = self.clock.now().since(update.received_at);
        metrics::histogram!("update_duration_seconds").record(latency.as_secs_f64());
        metrics::counter!("updates_total", "result" => "done").increment(1);
        let done = Done { seq: update.seq, screen: handled.screen };
        persist(update, "marked as done", || self.done.submit(done)).await;
    }

    async fn give_up(&self, update: &StoredUpdate, error: &str) {
        tracing::error!(seq = update.seq.get(), error, "an update is given up");
        metrics::counter!("updates_total", "result" => "dead").increment(1);
        persist(update, "given up", || async {
            let mut tx = self.db.begin().await?;
            tx.updates().bury(update.seq, error).await?;
            tx.commit().await
        })
        .await;
        if update.state == UpdateState::Pending {
            self.handler.apologise(update).await;
        }
    }

    async fn count_failure(&self, update: &StoredUpdate, error: &str) {
        persist(update, "counted as failed", || async {
            let mut tx = self.db.begin().await?;
            tx.updates().record_failure(update.seq, error).await?;
            tx.commit().await
        })
        .await;
    }
}

/// Writes what must be written, however long the database takes to come back: an update left
/// behind here would wait for the next start of the program.
async fn persist<F, W>(update: &StoredUpdate, what: &str, write: F)
where
    F: Fn() -> W,
    W: Future<Output = Result<(), StorageError>>,
{
    let mut pause = FIRST_PAUSE;
    while let Err(error) = write().await {
        tracing::error!(seq = update.seq.get(), error = error.detail(), "an update cannot be {what}");
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn settle(queue: &mut KeyedQueue, finished: Result<(u8, i64), tokio::task::JoinError>) {
    // The task catches its handler's panics, so it ends by itself.
    if let Ok((partition, key)) = finished {
        queue.finished(partition, key);
    }
}
