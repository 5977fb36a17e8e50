//! Brings updates from the log to their handler: in order for each key, many keys at once.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use qura_domain::ids::Seq;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_storage::{Db, StorageError, StoredUpdate, UpdateState};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::done::{Done, DoneGroup};
use super::handler::{HandleError, Handled, UpdateHandler};
use super::queue::{KeyedQueue, Place};
use super::share::{Held, ShareKeeper};
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
    pub share: Arc<ShareKeeper>,
    /// `BOT_CONCURRENCY`: updates handled at the same time.
    pub concurrency: usize,
}

/// What the consumer has in hand.
#[derive(Default)]
struct Hand {
    queue: KeyedQueue,
    running: JoinSet<Place>,
    /// How far the log was read.
    after: Option<Seq>,
    /// Whose updates may begin.
    partitions: BTreeSet<u8>,
}

impl Consumer {
    /// Runs until told to stop; then finishes what is in hand, for ten seconds at most. What is
    /// not finished by then stays in the log.
    pub async fn run(self: Arc<Self>, stop: &CancellationToken) {
        let mut hand = Hand::default();
        let mut held = self.share.held();
        while !stop.is_cancelled() {
            hand.follow(&held.borrow_and_update());
            let found = self.look(&mut hand).await;
            self.start_ready(&mut hand, &held);
            let full = self.is_full(&hand);
            let idle = async {
                match (full, found) {
                    (true, _) => sleep(SWEEP).await,
                    (false, 0) => self.wakeups.wait(Topic::Updates, SWEEP).await,
                    (false, _) => {}
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(finished) = hand.running.join_next(), if !hand.running.is_empty() => {
                    self.settle(&mut hand, finished);
                    while let Some(finished) = hand.running.try_join_next() {
                        self.settle(&mut hand, finished);
                    }
                }
                _ = held.changed() => {}
                () = idle => {}
            }
        }
        let finish = async { while hand.running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(
                updates = hand.running.len(),
                "stopped before all was done; the rest stays in the log"
            );
        }
    }

    fn is_full(&self, hand: &Hand) -> bool {
        hand.queue.len() >= self.concurrency * 2
    }

    /// Reads on in the log, unless enough waits in memory. Returns how many came.
    async fn look(&self, hand: &mut Hand) -> usize {
        if self.is_full(hand) || hand.partitions.is_empty() {
            return 0;
        }
        let partitions: Vec<u8> = hand.partitions.iter().copied().collect();
        let after = hand.after.unwrap_or(Seq::new(-1));
        let page = async { self.db.read().await?.updates().undone(after, &partitions, PAGE).await };
        match page.await {
            Ok(page) => {
                let found = page.len();
                hand.after = page.last().map(|last| last.seq).or(hand.after);
                page.into_iter().for_each(|update| hand.queue.push(update));
                found
            }
            Err(error) => {
                tracing::error!(error = error.detail(), "the update log cannot be read");
                sleep(SWEEP).await;
                0
            }
        }
    }

    fn start_ready(self: &Arc<Self>, hand: &mut Hand, held: &watch::Receiver<Held>) {
        // Asked anew: the process may have slept through its leases just now.
        let begin_only = held.borrow().now();
        if begin_only != hand.partitions {
            return;
        }
        while let Some(update) = hand.queue.next_urgent() {
            self.start(hand, update);
        }
        while hand.running.len() < self.concurrency {
            let Some(update) = hand.queue.next() else { break };
            self.start(hand, update);
        }
    }

    fn start(self: &Arc<Self>, hand: &mut Hand, update: StoredUpdate) {
        self.share.running().began(update.partition);
        hand.running.spawn(self.clone().see_through(update));
    }

    fn settle(&self, hand: &mut Hand, finished: Result<Place, tokio::task::JoinError>) {
        // The task catches its handler's panics, so it ends by itself.
        if let Ok(place) = finished {
            self.share.running().ended(place.partition);
            hand.queue.finished(&place);
        }
    }

    /// Handles one update until it is done, dead or somebody else's.
    async fn see_through(self: Arc<Self>, mut update: StoredUpdate) -> Place {
        let place = Place::of(&update);
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

impl Hand {
    /// Takes up and lets go of partitions.
    fn follow(&mut self, held: &Held) {
        let now = held.now();
        if now == self.partitions {
            return;
        }
        self.queue.keep_only(&now);
        if !now.is_subset(&self.partitions) {
            // What is new here may wait in the log since long before; what is in hand is not taken twice.
            self.after = None;
        }
        self.partitions = now;
    }
}
