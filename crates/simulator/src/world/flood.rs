//! Flood control: how long a message must wait by Telegram's well-known limits.

use std::collections::{HashMap, VecDeque};

use super::place::Place;
use crate::config::FloodLimits;

/// What the limits say about a message now.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Go,
    /// It is sent after so many milliseconds; its place is reserved.
    Hold(i64),
    /// It is not sent; so many seconds should pass.
    Refuse(i64),
}

pub struct Flood {
    pub limits: FloodLimits,
    private: HashMap<Place, Bucket>,
    /// By bot and chat.
    groups: HashMap<(i64, i64), Window>,
    /// By bot; true is for answers to people.
    totals: HashMap<(i64, bool), Window>,
}

impl Flood {
    pub fn new(limits: FloodLimits) -> Self {
        Self { limits, private: HashMap::new(), groups: HashMap::new(), totals: HashMap::new() }
    }

    /// Asks for one message of `bot` in `place`; `last_act_ms` is when a person last did something there.
    pub fn reserve(&mut self, bot: i64, place: Place, last_act_ms: Option<i64>, now_ms: i64) -> Verdict {
        let limits = self.limits;
        if !limits.enabled {
            return Verdict::Go;
        }
        let window_ms = i64::from(limits.interactive_window_s) * 1_000;
        let interactive = last_act_ms.is_some_and(|at| now_ms - at <= window_ms);
        let total_limit = if interactive { limits.interactive_per_second } else { limits.bulk_per_second };
        let total = self.totals.entry((bot, interactive)).or_default();
        let mut wait = total.wait(total_limit, 1_000, now_ms);
        let step = 1_000 / i64::from(limits.private_per_second.max(1));
        match place {
            Place::Private { .. } => {
                let bucket = self.private.entry(place).or_default();
                wait = wait.max(bucket.wait(step, limits.private_burst, now_ms));
            }
            Place::Chat(chat) => {
                let group = self.groups.entry((bot, chat)).or_default();
                wait = wait.max(group.wait(limits.group_per_minute, 60_000, now_ms));
            }
        }
        if wait > i64::from(limits.max_hold_ms) {
            return Verdict::Refuse(wait.div_euclid(1_000) + i64::from(wait.rem_euclid(1_000) > 0));
        }
        let at = now_ms + wait;
        if let Some(total) = self.totals.get_mut(&(bot, interactive)) {
            total.note(total_limit, at);
        }
        match place {
            Place::Private { .. } => self.private.entry(place).or_default().note(step, at),
            Place::Chat(chat) => {
                self.groups.entry((bot, chat)).or_default().note(limits.group_per_minute, at)
            }
        }
        if wait > 0 { Verdict::Hold(wait) } else { Verdict::Go }
    }
}

/// One message each `step`, and some more at once after a rest.
#[derive(Default)]
struct Bucket {
    /// When the bucket is full again.
    full_at_ms: i64,
}

impl Bucket {
    fn wait(&self, step: i64, burst: u32, now_ms: i64) -> i64 {
        let room = step * (i64::from(burst.max(1)) - 1);
        (self.full_at_ms - room - now_ms).max(0)
    }

    fn note(&mut self, step: i64, at_ms: i64) {
        self.full_at_ms = self.full_at_ms.max(at_ms) + step;
    }
}

/// At most so many in any stretch of time.
#[derive(Default)]
struct Window {
    sent_ms: VecDeque<i64>,
}

impl Window {
    fn wait(&mut self, limit: u32, period_ms: i64, now_ms: i64) -> i64 {
        while self.sent_ms.front().is_some_and(|sent| sent + period_ms <= now_ms) {
            self.sent_ms.pop_front();
        }
        let limit = limit.max(1) as usize;
        match self.sent_ms.len().checked_sub(limit).and_then(|index| self.sent_ms.get(index)) {
            Some(sent) => (sent + period_ms - now_ms).max(0),
            None => 0,
        }
    }

    fn note(&mut self, limit: u32, at_ms: i64) {
        self.sent_ms.push_back(at_ms);
        while self.sent_ms.len() > (limit as usize).saturating_mul(10).max(1) {
            self.sent_ms.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: Place = Place::Private { bot: 1, person: 2 };

    #[test]
    fn a_private_chat_takes_a_burst_and_then_one_a_second() {
        let mut flood = Flood::new(FloodLimits::strict());
        let mut send = |at: i64| flood.reserve(1, PRIVATE, Some(at), at);
        assert!((0..5).all(|_| send(1_000) == Verdict::Go));
        assert_eq!(send(1_000), Verdict::Hold(1_000));
        assert!((2..=8).all(|n| send(1_000) == Verdict::Hold(n * 1_000)));
        assert_eq!(send(1_000), Verdict::Refuse(9));
        assert_eq!(send(60_000), Verdict::Go);
    }

    #[test]
    fn a_group_takes_twenty_a_minute() {
        let mut flood = Flood::new(FloodLimits::strict());
        let mut send = |at: i64| flood.reserve(1, Place::Chat(-5), Some(at), at);
        assert!((0..20).all(|n| send(n * 1_000) == Verdict::Go));
        assert_eq!(send(20_000), Verdict::Refuse(40));
        assert_eq!(send(59_000), Verdict::Hold(1_000));
        assert_eq!(send(61_000), Verdict::Go);
    }

    #[test]
    fn what_a_bot_says_of_itself_is_limited_over_all_chats() {
        let mut flood = Flood::new(FloodLimits::strict());
        let mut send =
            |person: i64, act: Option<i64>| flood.reserve(1, Place::Private { bot: 1, person }, act, 0);
        assert!((0..30).all(|person| send(person, None) == Verdict::Go));
        assert_eq!(send(99, None), Verdict::Hold(1_000));
        assert_eq!(send(98, Some(0)), Verdict::Go);
    }
}
