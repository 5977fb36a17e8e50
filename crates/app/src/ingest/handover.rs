//! From the poller to the consumer of the same process: what was just stored need not be read back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use qura_domain::ids::Seq;
use qura_domain::time::Timestamp;
use qura_storage::NewUpdate;
use tokio::sync::mpsc;

/// Batches that may lie between the two. A consumer that is further behind reads the log.
const CAPACITY: usize = 8;

/// The consumer's end.
pub type Batches = mpsc::Receiver<StoredBatch>;

/// Updates that are in the log, all of them pending.
#[derive(Debug)]
pub struct StoredBatch {
    /// Everything up to here was stored before: a reader who knows less has missed something.
    pub after: Option<Seq>,
    /// In rising order of `seq`.
    pub updates: Vec<NewUpdate>,
    pub received_at: Timestamp,
}

/// Where the two meet. It gives speed, never safety: what is refused or lost here is in the log.
#[derive(Debug)]
pub struct Handover {
    consumer: Mutex<Option<mpsc::Sender<StoredBatch>>>,
    stored: AtomicI64,
}

impl Default for Handover {
    fn default() -> Self {
        Self { consumer: Mutex::default(), stored: AtomicI64::new(-1) }
    }
}

impl Handover {
    /// The consumer begins to listen, in place of any earlier one.
    pub fn listen(&self) -> Batches {
        let (sender, batches) = mpsc::channel(CAPACITY);
        *self.consumer.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        batches
    }

    /// The poller has stored everything up to here.
    pub fn advance(&self, stored: Seq) {
        self.stored.store(stored.get(), Ordering::Release);
    }

    /// How far this process's own poller has come; before everything when it has none.
    pub fn stored(&self) -> Seq {
        Seq::new(self.stored.load(Ordering::Acquire))
    }

    /// Hands a batch over. Returns whether the consumer will look at it.
    pub fn offer(&self, batch: StoredBatch) -> bool {
        let consumer = self.consumer.lock().unwrap_or_else(PoisonError::into_inner);
        consumer.as_ref().is_some_and(|consumer| consumer.try_send(batch).is_ok())
    }
}
