//! The limits of Telegram within one process: which requests share which, and when one may go.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use qura_ports::coordination::{Limit, Limits, Slot, TooLate};
use tokio::time::Instant;

use crate::pace::{Pace, Quota};

/// How fast the messenger may get. Floods make it slower, calm brings it back to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceilings {
    /// Answers to people who wait.
    pub interactive: Quota,
    /// All that the bot sends of itself: notices, counters and bulk together.
    pub broadcast: Quota,
    /// One private chat.
    pub private: Quota,
    /// One group or channel.
    pub group: Quota,
}

impl Default for Ceilings {
    /// Telegram's FAQ names 30 a second for bulk, 1 a second in a chat and 20 a minute in a group;
    /// answers to people go «much faster», for which 500 a second is a start.
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self {
            interactive: Quota::within(500, second, 25),
            // A burst would cost a part of the steady pace, and nobody waits for it.
            broadcast: Quota::within(30, second, 1),
            private: Quota::every(second, 5),
            group: Quota::within(20, Duration::from_secs(60), 3),
        }
    }
}

impl Ceilings {
    pub(crate) fn quota(&self, limit: &Limit) -> Quota {
        match limit {
            Limit::Chat(chat) if chat.person().is_some() => self.private,
            Limit::Chat(_) => self.group,
            Limit::Interactive => self.interactive,
            Limit::Broadcast => self.broadcast,
            Limit::Method(_) => Quota::UNLIMITED,
        }
    }
}

/// The limits of one token, kept for this process alone.
#[derive(Debug)]
pub struct InProcessLimits {
    ceilings: Ceilings,
    paces: Mutex<Paces>,
}

/// Only what is in use: a rested pace is the same as none.
#[derive(Debug)]
struct Paces {
    of: HashMap<Limit, Pace>,
    /// How many there may be before the rested ones are looked for.
    sweep_at: usize,
}

/// Fewer are not worth a sweep.
const SMALLEST_SWEEP: usize = 1_024;

impl InProcessLimits {
    pub fn new(ceilings: Ceilings) -> Self {
        Self { ceilings, paces: Mutex::new(Paces { of: HashMap::new(), sweep_at: SMALLEST_SWEEP }) }
    }

    /// Takes the next slot of one limit. Returns how long to wait for it.
    pub(crate) fn take(&self, limit: &Limit, now: Instant, at_most: Duration) -> Result<Duration, TooLate> {
        let quota = self.ceilings.quota(limit);
        let mut paces = self.lock();
        paces.sweep(now);
        let pace = paces.of.entry(limit.clone()).or_insert_with(|| Pace::fresh(now));
        let slot = pace.earliest(quota, now);
        let wait = slot - now;
        if wait > at_most {
            return Err(TooLate { wait });
        }
        pace.take(quota, slot);
        Ok(wait)
    }

    /// How long the limit's pause still takes, if there is one.
    pub(crate) fn pause_left(&self, limit: &Limit, now: Instant) -> Option<Duration> {
        self.lock().of.get(limit)?.paused(now).map(|resumes| resumes - now)
    }

    pub(crate) fn pause_for(&self, limit: &Limit, now: Instant, wait: Duration) {
        let quota = self.ceilings.quota(limit);
        let mut paces = self.lock();
        paces.of.entry(limit.clone()).or_insert_with(|| Pace::fresh(now)).pause(quota, now, now + wait);
    }

    fn lock(&self) -> MutexGuard<'_, Paces> {
        // Nothing in here can panic half-way, so the data is whole.
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Limits for InProcessLimits {
    async fn reserve(&self, limits: &[Limit], at_most: Duration) -> Result<Slot, TooLate> {
        let now = Instant::now();
        in_turn(limits, at_most, |limit, at_most| self.take(limit, now, at_most))
    }

    async fn pause(&self, limit: &Limit, wait: Duration) {
        self.pause_for(limit, Instant::now(), wait);
    }

    fn is_paused(&self, limit: &Limit) -> bool {
        self.pause_left(limit, Instant::now()).is_some()
    }
}

/// Takes a slot of the first limit, and while there is nothing to wait for, of the following.
pub(crate) fn in_turn(
    limits: &[Limit],
    at_most: Duration,
    take: impl Fn(&Limit, Duration) -> Result<Duration, TooLate>,
) -> Result<Slot, TooLate> {
    let Some((first, following)) = limits.split_first() else {
        return Ok(Slot { wait: Duration::ZERO, taken: 0 });
    };
    let wait = take(first, at_most)?;
    let mut taken = 1;
    if wait.is_zero() {
        taken += following.iter().take_while(|limit| take(limit, Duration::ZERO).is_ok()).count();
    }
    Ok(Slot { wait, taken })
}

impl Paces {
    /// Forgets rested limits once there are twice as many as were worth keeping.
    fn sweep(&mut self, now: Instant) {
        if self.of.len() >= self.sweep_at {
            self.of.retain(|_, pace| !pace.is_rested(now));
            self.sweep_at = (self.of.len() * 2).max(SMALLEST_SWEEP);
        }
    }
}

#[cfg(test)]
mod tests {
    use qura_domain::ids::ChatId;

    use super::*;

    const FAR: Duration = Duration::from_secs(3600);

    fn limits() -> InProcessLimits {
        InProcessLimits::new(Ceilings::default())
    }

    fn chat(id: i64) -> Limit {
        Limit::Chat(ChatId::new(id))
    }

    fn waits(limits: &InProcessLimits, limit: &Limit, now: Instant, count: usize) -> Vec<u128> {
        (0..count).map(|_| limits.take(limit, now, FAR).unwrap().as_millis()).collect()
    }

    #[test]
    fn persons_and_groups_have_limits_of_their_own() {
        let (limits, now) = (limits(), Instant::now());
        assert_eq!(waits(&limits, &chat(7), now, 7), [0, 0, 0, 0, 0, 1000, 2000]);
        assert_eq!(waits(&limits, &chat(8), now, 1), [0]);
        assert_eq!(waits(&limits, &chat(-100), now, 5), [0, 0, 0, 3333, 6666]);
    }

    #[test]
    fn a_slot_that_comes_too_late_is_not_taken() {
        let (limits, now, second) = (limits(), Instant::now(), Duration::from_secs(1));
        waits(&limits, &chat(7), now, 5);
        for _ in 0..5 {
            let refusal = limits.take(&chat(7), now, Duration::from_millis(999));
            assert_eq!(refusal, Err(TooLate { wait: second }));
        }
        assert_eq!(limits.take(&chat(7), now, second), Ok(second));
    }

    #[test]
    fn unlimited_methods_know_only_pauses() {
        let (limits, now, limit) = (limits(), Instant::now(), Limit::Method("ask".into()));
        assert_eq!(waits(&limits, &limit, now, 100), [0; 100]);
        let wait = Duration::from_secs(4);
        limits.pause_for(&limit, now, wait);
        assert_eq!(limits.pause_left(&limit, now), Some(wait));
        assert_eq!(waits(&limits, &limit, now, 2), [4000, 4000]);
        assert_eq!(limits.pause_left(&limit, now + wait), None);
    }

    #[test]
    fn chats_that_rest_are_forgotten_and_floods_are_not() {
        let (limits, start) = (limits(), Instant::now());
        limits.pause_for(&chat(-1), start, Duration::from_secs(1_000));
        for person in 1..=50_000 {
            let now = start + Duration::from_millis(10) * person;
            limits.take(&chat(person.into()), now, FAR).unwrap();
        }
        let kept = limits.lock().of.len();
        assert!(kept <= SMALLEST_SWEEP, "{kept} limits are kept");
        let now = start + Duration::from_secs(500);
        assert_eq!(limits.pause_left(&chat(-1), now), Some(Duration::from_secs(500)));
    }
}
