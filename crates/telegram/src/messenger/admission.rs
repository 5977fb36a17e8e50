//! Lets requests through to Telegram in turn: first within their chat, then within their lane.
//!
//! A request that waits for its chat holds nobody else up. Among those whose chat is ready, each lane
//! is a queue, and only its first competes for the ceiling that the lane shares with others. So when
//! notices, counters and bulk all want more than there is, each gets a third: that is the counters'
//! reserved share, and none of it is idle when there are no counters.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qura_domain::ids::ChatId;
use qura_ports::telegram::Lane;
use tokio::sync;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::flood::Streak;
use super::limits::{Ceilings, Key, Limits};

/// Which limits a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// To a chat.
    Chat(ChatId),
    /// By a method that has no limit.
    Free(&'static str),
}

/// The door to Telegram.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    lanes: Lanes,
}

#[derive(Debug, Default)]
struct Lanes {
    interactive: Queue,
    notice: Queue,
    counter: Queue,
    bulk: Queue,
}

#[derive(Debug, Default)]
struct Queue {
    /// Held by the first in the queue; fair.
    first: sync::Mutex<()>,
    streak: Mutex<Streak>,
}

impl Admission {
    pub fn new(ceilings: Ceilings) -> Self {
        Self { limits: Limits::new(ceilings), lanes: Lanes::default() }
    }

    /// Returns when the request may go.
    ///
    /// # Errors
    /// How long it would have to wait, when that is past `deadline`.
    pub async fn admit(&self, lane: Lane, path: Path, deadline: Instant) -> Result<(), Duration> {
        let chat = match path {
            Path::Free(method) => return self.slot(Key::Method(method), deadline).await,
            Path::Chat(chat) => Key::Chat(chat),
        };
        loop {
            self.slot(chat, deadline).await?;
            {
                let first = timeout_at(deadline, self.queue(lane).first.lock()).await;
                let _first = first.map_err(|_| LEAST_WAIT)?;
                self.slot(ceiling(lane), deadline).await?;
            }
            if self.limits.paused(chat, Instant::now()).is_none() {
                return Ok(());
            }
        }
    }

    /// A request got through.
    pub fn succeeded(&self, lane: Lane, path: Path) {
        if let Path::Chat(_) = path {
            self.with_streak(lane, Streak::succeeded);
        }
    }

    /// Telegram refused a request and asked to wait. Pauses the method or the chat, and with it the
    /// lane's ceiling if it is the bot that Telegram means.
    pub fn refused(&self, lane: Lane, path: Path, wait: Duration) {
        let now = Instant::now();
        match path {
            Path::Free(method) => self.limits.pause(Key::Method(method), now, now + wait),
            Path::Chat(chat) => {
                self.limits.pause(Key::Chat(chat), now, now + wait);
                if let Some(rest) = self.with_streak(lane, |streak| streak.refused(chat, wait)) {
                    self.limits.pause(ceiling(lane), now, now + rest);
                }
            }
        }
    }

    /// Waits for a slot of one limit. A pause that came meanwhile voids the slot.
    async fn slot(&self, key: Key, deadline: Instant) -> Result<(), Duration> {
        loop {
            let now = Instant::now();
            let slot = self.limits.reserve(key, now, deadline).map_err(|slot| whole_secs(slot - now))?;
            if slot <= now {
                return Ok(());
            }
            sleep_until(slot).await;
            if self.limits.paused(key, Instant::now()).is_none() {
                return Ok(());
            }
        }
    }

    fn queue(&self, lane: Lane) -> &Queue {
        match lane {
            Lane::Interactive => &self.lanes.interactive,
            Lane::Notice => &self.lanes.notice,
            Lane::Counter => &self.lanes.counter,
            Lane::Bulk => &self.lanes.bulk,
        }
    }

    fn with_streak<T>(&self, lane: Lane, act: impl FnOnce(&mut Streak) -> T) -> T {
        act(&mut self.queue(lane).streak.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Rounded up, as Telegram's own waits are.
fn whole_secs(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX))
}

/// What is told to those who did not even come first in their lane.
const LEAST_WAIT: Duration = Duration::from_secs(1);

fn ceiling(lane: Lane) -> Key {
    match lane {
        Lane::Interactive => Key::Interactive,
        Lane::Notice | Lane::Counter | Lane::Bulk => Key::Broadcast,
    }
}

#[cfg(test)]
mod tests;
