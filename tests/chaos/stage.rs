//! What everyone on the stage sees: Telegram, the lotteries that were posted, and whether it is over.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Instant;

use qura_storage::Db;

use crate::world::Channel;
use crate::world::control::Control;

/// A lottery whose post was seen.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: i64,
    pub code: String,
    pub chat: i64,
    pub post: i64,
}

/// Shared by everyone who acts.
pub struct Stage {
    pub control: Control,
    /// For organizers' orders only.
    pub db: Db,
    pub began: Instant,
    /// A channel that is a condition, and that people leave and join.
    pub condition: Channel,
    pub posted: Mutex<Vec<Posted>>,
    over: AtomicBool,
    /// By how much the tests' clock is ahead, in milliseconds.
    ahead_ms: AtomicI64,
}

impl Stage {
    pub fn new(control: Control, db: Db, condition: Channel) -> Self {
        Self {
            control,
            db,
            began: Instant::now(),
            condition,
            posted: Mutex::default(),
            over: AtomicBool::new(false),
            ahead_ms: AtomicI64::new(0),
        }
    }

    /// The one that a number means.
    pub fn lottery(&self, number: usize) -> Option<Posted> {
        let posted = self.posted.lock().unwrap();
        // The latest are the ones that are talked about.
        let latest = &posted[posted.len().saturating_sub(4)..];
        latest.get(number % latest.len().max(1)).cloned()
    }

    pub fn ends(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    pub fn is_ahead_by(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }

    /// Now, by the programs' clock, in microseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "the programs' clock cannot be asked from here")]
    pub fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        i64::try_from(since.as_micros()).unwrap() + self.ahead_ms.load(Ordering::SeqCst) * 1_000
    }
}
