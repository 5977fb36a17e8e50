//! All limits together: which requests share which, and when a request may go.
//!
//! Kept in this process. [`Limits::reserve`] and [`Limits::pause`] are all that the messenger needs,
//! so that limits shared between processes can take this place.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qura_domain::ids::ChatId;
use tokio::time::Instant;

use super::pace::{Pace, Quota};

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
            broadcast: Quota::within(30, second, 3),
            private: Quota::every(second, 5),
            group: Quota::within(20, Duration::from_secs(60), 3),
        }
    }
}

/// What a limit is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Chat(ChatId),
    Interactive,
    Broadcast,
    /// A method that Telegram does not limit for all we know, so only floods do.
    Method(&'static str),
}

impl Ceilings {
    fn quota(&self, key: Key) -> Quota {
        match key {
            Key::Chat(chat) if chat.person().is_some() => self.private,
            Key::Chat(_) => self.group,
            Key::Interactive => self.interactive,
            Key::Broadcast => self.broadcast,
            Key::Method(_) => Quota::UNLIMITED,
        }
    }
}

/// The limits of one token.
#[derive(Debug)]
pub struct Limits {
    ceilings: Ceilings,
    paces: Mutex<Paces>,
}

/// Only what is in use: a rested pace is the same as none.
#[derive(Debug)]
struct Paces {
    of: HashMap<Key, Pace>,
    /// How many there may be before the rested ones are looked for.
    sweep_at: usize,
}

/// Fewer are not worth a sweep.
const SMALLEST_SWEEP: usize = 1_024;

impl Limits {
    pub fn new(ceilings: Ceilings) -> Self {
        Self { ceilings, paces: Mutex::new(Paces { of: HashMap::new(), sweep_at: SMALLEST_SWEEP }) }
    }

    /// Takes the next slot of this limit, or nothing when it lies after `latest`.
    ///
    /// Whoever takes slots is served in this order. After waiting for one, [`Limits::paused`] tells
    /// whether it is still worth anything.
    ///
    /// # Errors
    /// When the slot would come.
    pub fn reserve(&self, key: Key, now: Instant, latest: Instant) -> Result<Instant, Instant> {
        let quota = self.ceilings.quota(key);
        let mut paces = self.lock();
        paces.sweep(now);
        let pace = paces.of.entry(key).or_insert_with(|| Pace::fresh(now));
        let slot = pace.earliest(quota, now);
        if slot > latest {
            return Err(slot);
        }
        pace.take(quota, slot);
        Ok(slot)
    }

    /// When the limit's pause ends, if there is one.
    pub fn paused(&self, key: Key, now: Instant) -> Option<Instant> {
        self.lock().of.get(&key)?.paused(now)
    }

    /// Telegram asked to wait: nothing of this limit goes before `until`, whatever was reserved, and
    /// then more slowly for a while.
    pub fn pause(&self, key: Key, now: Instant, until: Instant) {
        let quota = self.ceilings.quota(key);
        self.lock().of.entry(key).or_insert_with(|| Pace::fresh(now)).pause(quota, now, until);
    }

    fn lock(&self) -> MutexGuard<'_, Paces> {
        // Nothing in here can panic half-way, so the data is whole.
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    use super::*;

    fn far(now: Instant) -> Instant {
        now + Duration::from_secs(3600)
    }

    fn slots(limits: &Limits, key: Key, now: Instant, count: usize) -> Vec<u128> {
        (0..count).map(|_| (limits.reserve(key, now, far(now)).unwrap() - now).as_millis()).collect()
    }

    #[test]
    fn persons_and_groups_have_limits_of_their_own() {
        let (limits, now) = (Limits::new(Ceilings::default()), Instant::now());
        let person = |id| Key::Chat(ChatId::new(id));
        assert_eq!(slots(&limits, person(7), now, 7), [0, 0, 0, 0, 0, 1000, 2000]);
        assert_eq!(slots(&limits, person(8), now, 1), [0]);
        assert_eq!(slots(&limits, person(-100), now, 5), [0, 0, 0, 3333, 6666]);
    }

    #[test]
    fn a_slot_past_the_latest_is_not_taken() {
        let (limits, now) = (Limits::new(Ceilings::default()), Instant::now());
        let (key, slot) = (Key::Chat(ChatId::new(7)), now + Duration::from_secs(1));
        slots(&limits, key, now, 5);
        for _ in 0..5 {
            assert_eq!(limits.reserve(key, now, now + Duration::from_millis(999)), Err(slot));
        }
        assert_eq!(limits.reserve(key, now, slot), Ok(slot));
    }

    #[test]
    fn unlimited_methods_know_only_pauses() {
        let (limits, now, key) = (Limits::new(Ceilings::default()), Instant::now(), Key::Method("getChat"));
        assert_eq!(slots(&limits, key, now, 100), [0; 100]);
        let until = now + Duration::from_secs(4);
        limits.pause(key, now, until);
        assert_eq!(limits.paused(key, now), Some(until));
        assert_eq!(slots(&limits, key, now, 2), [4000, 4000]);
        assert_eq!(limits.paused(key, until), None);
    }

    #[test]
    fn chats_that_rest_are_forgotten_and_floods_are_not() {
        let (limits, start) = (Limits::new(Ceilings::default()), Instant::now());
        let flooded = Key::Chat(ChatId::new(-1));
        limits.pause(flooded, start, start + Duration::from_secs(1_000));
        for person in 1..=50_000 {
            let now = start + Duration::from_millis(10) * person;
            limits.reserve(Key::Chat(ChatId::new(person.into())), now, far(now)).unwrap();
        }
        let kept = limits.lock().of.len();
        assert!(kept <= SMALLEST_SWEEP, "{kept} limits are kept");
        let now = start + Duration::from_secs(500);
        assert_eq!(limits.paused(flooded, now), Some(start + Duration::from_secs(1_000)));
    }
}
