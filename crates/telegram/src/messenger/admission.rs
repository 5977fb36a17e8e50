//! Lets requests through to Telegram in turn: first within their chat, then within their lane.
//!
//! A request that waits for its chat holds nobody else up. Among those whose chat is ready, each lane
//! is a queue, and only its first competes for the ceiling that the lane shares with others. So when
//! notices, counters and bulk all want more than there is, each gets a third: that is the counters'
//! reserved share, and none of it is idle when there are no counters.

use std::slice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qura_domain::ids::ChatId;
use qura_ports::coordination::{Limit, Limits, TooLate};
use qura_ports::telegram::Lane;
use tokio::sync;
use tokio::time::{Instant, sleep, timeout_at};

use super::flood::Streak;

/// Which limits a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// To a chat.
    Chat(ChatId),
    /// By a method that has no limit.
    Free(&'static str),
}

/// The door to Telegram.
pub struct Admission {
    limits: Arc<dyn Limits>,
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
    pub fn new(limits: Arc<dyn Limits>) -> Self {
        Self { limits, lanes: Lanes::default() }
    }

    /// Returns when the request may go.
    ///
    /// # Errors
    /// How long it would have to wait, when that is past `deadline`.
    pub async fn admit(&self, lane: Lane, path: Path, deadline: Instant) -> Result<(), Duration> {
        let chat = match path {
            Path::Free(method) => {
                return self.slot(&[Limit::Method(method.into())], deadline).await.map(drop);
            }
            Path::Chat(chat) => Limit::Chat(chat),
        };
        // Both are asked for at once, because mostly there is nothing to wait for.
        let levels = [chat, ceiling(lane)];
        let [chat, ceiling] = &levels;
        loop {
            if self.slot(&levels, deadline).await? < levels.len() {
                let first = timeout_at(deadline, self.queue(lane).first.lock()).await;
                let _first = first.map_err(|_| LEAST_WAIT)?;
                self.slot(slice::from_ref(ceiling), deadline).await?;
            }
            if !self.limits.is_paused(chat) {
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
    pub async fn refused(&self, lane: Lane, path: Path, wait: Duration) {
        match path {
            Path::Free(method) => self.limits.pause(&Limit::Method(method.into()), wait).await,
            Path::Chat(chat) => {
                let rest = self.with_streak(lane, |streak| streak.refused(chat, wait));
                self.limits.pause(&Limit::Chat(chat), wait).await;
                if let Some(rest) = rest {
                    self.limits.pause(&ceiling(lane), rest).await;
                }
            }
        }
    }

    /// Waits for a slot of the first limit. Returns of how many a slot was taken. A pause that came
    /// meanwhile voids the slot.
    async fn slot(&self, limits: &[Limit], deadline: Instant) -> Result<usize, Duration> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let slot = self.limits.reserve(limits, left).await;
            let slot = slot.map_err(|TooLate { wait }| whole_secs(wait))?;
            if slot.wait.is_zero() {
                return Ok(slot.taken);
            }
            sleep(slot.wait).await;
            if !limits.first().is_some_and(|limit| self.limits.is_paused(limit)) {
                return Ok(slot.taken);
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

fn ceiling(lane: Lane) -> Limit {
    match lane {
        Lane::Interactive => Limit::Interactive,
        Lane::Notice | Lane::Counter | Lane::Bulk => Limit::Broadcast,
    }
}

#[cfg(test)]
mod tests;
