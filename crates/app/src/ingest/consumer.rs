//! Brings updates from the log to their handler: in order for each key, many keys at once.

use std::sync::Arc;
use std::time::Duration;

use qura_ports::coordination::{Topic, WakeUps};
use qura_storage::{Db, StoredUpdate};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::hand::Hand;
use super::handover::Handover;
use super::processor::Processor;
use super::queue::Place;
use super::share::{Held, ShareKeeper};

/// Rows a look at the log brings at most.
const PAGE: u32 = 500;

/// A wake-up may be lost, so the log is looked at this often anyway.
const SWEEP: Duration = Duration::from_secs(1);

/// What is in hand when told to stop gets this long to finish.
const GRACE: Duration = Duration::from_secs(8);

/// Takes updates from the log and sees each through.
pub struct Consumer {
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    pub handover: Arc<Handover>,
    pub processor: Arc<Processor>,
    pub share: Arc<ShareKeeper>,
    /// `BOT_CONCURRENCY`: updates handled at the same time.
    pub concurrency: usize,
}

type Running = JoinSet<Place>;

impl Consumer {
    /// Runs until told to stop; then finishes what is in hand, for eight seconds at most. What is
    /// not finished by then stays in the log.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut hand = Hand::new(self.concurrency + PAGE as usize);
        let mut running = Running::new();
        let mut held = self.share.held();
        let mut batches = self.handover.listen();
        let mut rung = true;
        // Made once and kept until it rings: it is waited for anew after every update.
        let bell = self.wakeups.wait(Topic::Updates, SWEEP);
        tokio::pin!(bell);
        while !stop.is_cancelled() {
            hand.follow(&held.borrow_and_update());
            self.look(&mut hand, rung).await;
            self.start_ready(&mut hand, &mut running, &held);
            rung = false;
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(finished) = running.join_next(), if !running.is_empty() => {
                    self.settle(&mut hand, finished);
                    while let Some(finished) = running.try_join_next() {
                        self.settle(&mut hand, finished);
                    }
                }
                Some(batch) = batches.recv() => hand.handed(batch),
                _ = held.changed() => {}
                () = &mut bell => {
                    rung = true;
                    hand.rung();
                    bell.set(self.wakeups.wait(Topic::Updates, SWEEP));
                }
            }
        }
        let finish = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(updates = running.len(), "stopped before all was done; the rest stays in the log");
        }
    }

    /// Reads on in the log where there may be more and there is room for it.
    async fn look(&self, hand: &mut Hand, rung: bool) {
        let Some(page) = hand.wants(rung) else { return };
        // Before the look: what is stored from here on is not part of it for sure.
        let stored = self.handover.stored();
        let updates =
            async { self.db.read().await?.updates().undone(page.after, &page.partitions, PAGE).await };
        match updates.await {
            Ok(updates) => {
                let whole = updates.len() < PAGE as usize;
                hand.took(&page, updates, whole, stored);
            }
            Err(error) => {
                tracing::error!(error = error.detail(), "the update log cannot be read");
                sleep(SWEEP).await;
            }
        }
    }

    fn start_ready(&self, hand: &mut Hand, running: &mut Running, held: &watch::Receiver<Held>) {
        // Asked anew: the process may have slept through its leases just now.
        if held.borrow().now() != *hand.partitions() {
            return;
        }
        while let Some(update) = hand.next_urgent() {
            self.start(running, update, 0);
        }
        while running.len() < self.concurrency {
            let Some(update) = hand.next() else { break };
            let behind = hand.behind(&update);
            self.start(running, update, behind);
        }
    }

    fn start(&self, running: &mut Running, update: StoredUpdate, behind: usize) {
        self.share.running().began(update.partition);
        running.spawn(self.processor.clone().see_through(update, behind));
    }

    fn settle(&self, hand: &mut Hand, finished: Result<Place, JoinError>) {
        // The task catches its handler's panics, so it ends by itself.
        if let Ok(place) = finished {
            self.share.running().ended(place.partition);
            hand.finished(&place);
        }
    }
}
