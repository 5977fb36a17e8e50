//! Decides who came to a chat because of a lottery, and whether they were still there some days later.

mod heard;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Lottery;
use crate::condition::Condition;
use crate::ids::ChatId;
use crate::time::Timestamp;

pub use heard::{Heard, Standing};

/// After how many days it is asked who is still there (flows, section 10).
pub const PERIODS: [u32; 3] = [1, 7, 30];

/// How long after the last registration it matters who leaves: the longest period, and a day for what is heard
/// late.
pub const WATCHED: Duration = Duration::from_hours(31 * 24);

/// Telegram dates a crossing by its clock and in whole seconds, we a registration by ours. Who comes in is
/// often registered within the same second.
const CLOCKS: Duration = Duration::from_secs(60);

/// A way into a chat or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub at: Timestamp,
    pub way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    In,
    /// By themself.
    Left,
    /// By an administrator.
    Removed,
}

/// What became of somebody a number of days after they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    There,
    Left,
    Removed,
    /// The day has not come yet, or the bot was not there to hear who leaves.
    Unknown,
}

/// The chats that a lottery brings people to: its own where they have to be members of it, and those of its
/// conditions; each once.
pub fn chats(lottery: &Lottery, conditions: &[Condition]) -> Vec<ChatId> {
    let own = lottery.settings.members_only.then_some(lottery.chat);
    let asked = conditions.iter().filter_map(|condition| match condition {
        Condition::Channel { chat } | Condition::Group { chat } => Some(*chat),
        // Who boosts a channel need not be in it.
        Condition::Boost { .. }
        | Condition::Vote { .. }
        | Condition::Comment { .. }
        | Condition::Lottery { .. } => None,
    });
    let mut chats = Vec::new();
    for chat in own.into_iter().chain(asked) {
        if !chats.contains(&chat) {
            chats.push(chat);
        }
    }
    chats
}

/// The latest moment at which somebody who joined then can have come in for that.
pub fn entered_by(joined: Timestamp) -> Timestamp {
    joined + CLOCKS
}

/// When a participant came to a chat because of the lottery; `None` for one who did not.
///
/// `first` is their first crossing since the publication: when it led out, they were inside before. `entry` is
/// the newest one that led in, up to [`entered_by`]: who came more than once came for the last time then.
pub fn came(
    published: Timestamp,
    joined: Timestamp,
    first: Option<Crossing>,
    entry: Option<Crossing>,
) -> Option<Timestamp> {
    let was_outside = first.is_some_and(|first| first.at > published && first.way == Way::In);
    let entry = entry.filter(|entry| entry.way == Way::In)?;
    (was_outside && entry.at > published && entry.at <= entered_by(joined)).then_some(entry.at)
}

/// The moment at which it is asked who of those who came at `came` is still there.
pub fn asked_at(came: Timestamp, days: u32) -> Timestamp {
    came + Duration::from_hours(24 * u64::from(days))
}

/// What became of somebody by the moment `asked`, of whom `last` is the newest crossing up to it that was
/// heard of.
pub fn stay(asked: Timestamp, heard: &Heard, last: Option<Crossing>) -> Stay {
    match last.filter(|last| heard.covers(last.at, asked)).map(|last| last.way) {
        None => Stay::Unknown,
        Some(Way::In) => Stay::There,
        Some(Way::Left) => Stay::Left,
        Some(Way::Removed) => Stay::Removed,
    }
}

/// How many of those who came were where, some days later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    pub there: u64,
    pub left: u64,
    pub removed: u64,
    pub unknown: u64,
}

/// The same for each of the [`PERIODS`].
pub type Retention = [Stays; PERIODS.len()];

impl Stays {
    pub fn add(&mut self, stay: Stay) {
        let number = match stay {
            Stay::There => &mut self.there,
            Stay::Left => &mut self.left,
            Stay::Removed => &mut self.removed,
            Stay::Unknown => &mut self.unknown,
        };
        *number = number.saturating_add(1);
    }

    pub const fn gone(&self) -> u64 {
        self.left.saturating_add(self.removed)
    }

    /// Everyone who came.
    pub const fn came(&self) -> u64 {
        self.there.saturating_add(self.gone()).saturating_add(self.unknown)
    }

    /// How many of a hundred are still there, of those of whom it is known; `None` where it is known of nobody.
    /// Rounded, but nobody and everybody is said only of nobody and everybody.
    pub fn percent(&self) -> Option<u64> {
        let known = u128::from(self.there) + u128::from(self.gone());
        let rounded = (u128::from(self.there) * 200 + known).checked_div(known * 2)?;
        let rounded = match (self.there, self.gone()) {
            (0, _) | (_, 0) => rounded,
            _ => rounded.clamp(1, 99),
        };
        u64::try_from(rounded).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::code::Code;
    use crate::ids::{LotteryId, UserId};
    use crate::lottery::{LotterySettings, LotteryState};
    use crate::template::Template;

    const PUBLISHED: Timestamp = Timestamp::from_secs(1_000);
    const JOINED: Timestamp = Timestamp::from_secs(5_000);

    fn crossing(secs: i64, way: Way) -> Option<Crossing> {
        Some(Crossing { at: Timestamp::from_secs(secs), way })
    }

    fn lottery(members_only: bool) -> Lottery {
        Lottery {
            id: LotteryId::new(1),
            code: Code::from_random([1; 16]),
            organizer: UserId::new(1),
            chat: ChatId::new(-1),
            state: LotteryState::Open,
            pause: None,
            template: Template::blank(),
            settings: LotterySettings { members_only, ..LotterySettings::default() },
            post: None,
            commitment: None,
            reopens: None,
            created_at: PUBLISHED,
            published_at: Some(PUBLISHED),
            deleted_at: None,
        }
    }

    #[test]
    fn a_lottery_brings_people_to_each_chat_that_they_have_to_be_in() {
        let [own, other, third] = [-1, -2, -3].map(ChatId::new);
        let conditions = [
            Condition::Channel { chat: other },
            Condition::Boost { chat: ChatId::new(-9) },
            Condition::Group { chat: third },
            Condition::Channel { chat: own },
            Condition::Lottery { code: Code::from_random([2; 16]) },
        ];
        assert_eq!(chats(&lottery(true), &conditions), [own, other, third]);
        assert_eq!(chats(&lottery(false), &conditions), [other, third, own]);
        assert_eq!(chats(&lottery(false), &[]), []);
    }

    #[test]
    fn who_was_outside_and_came_in_before_joining_came_because_of_it() {
        let entry = crossing(2_000, Way::In);
        assert_eq!(came(PUBLISHED, JOINED, entry, entry), Some(Timestamp::from_secs(2_000)));
        // For the second time: the first one was not for this.
        let again = crossing(4_000, Way::In);
        assert_eq!(came(PUBLISHED, JOINED, entry, again), Some(Timestamp::from_secs(4_000)));
    }

    #[test]
    fn who_was_inside_before_did_not() {
        assert_eq!(came(PUBLISHED, JOINED, None, None), None);
        for out in [Way::Left, Way::Removed] {
            assert_eq!(came(PUBLISHED, JOINED, crossing(1_500, out), crossing(2_000, Way::In)), None);
        }
        // Just before the publication.
        let early = crossing(1_000, Way::In);
        assert_eq!(came(PUBLISHED, JOINED, None, early), None);
        assert_eq!(came(PUBLISHED, JOINED, early, early), None);
    }

    #[test]
    fn who_came_after_joining_did_not_come_for_that_but_clocks_may_differ() {
        let within = |secs| {
            let entry = crossing(secs, Way::In);
            came(PUBLISHED, JOINED, entry, entry).is_some()
        };
        assert!(within(5_000) && within(5_060));
        assert!(!within(5_061));
    }

    #[test]
    fn the_newest_crossing_up_to_the_day_tells_who_is_there() {
        let (asked, heard) = (asked_at(PUBLISHED, 1), Heard::all(asked_at(PUBLISHED, 7)));
        assert_eq!(asked, Timestamp::from_secs(1_000 + 86_400));
        let by = |way| stay(asked, &heard, crossing(2_000, way));
        assert_eq!((by(Way::In), by(Way::Left), by(Way::Removed)), (Stay::There, Stay::Left, Stay::Removed));
    }

    #[test]
    fn before_its_day_nobody_is_gone() {
        for way in [Way::In, Way::Left, Way::Removed] {
            let last = crossing(2_000, way);
            let asked = asked_at(PUBLISHED, 30);
            let early = Heard::all(Timestamp::from_micros(asked.micros() - 1));
            assert_eq!(stay(asked, &early, last), Stay::Unknown);
            assert_ne!(stay(asked, &Heard::all(asked), last), Stay::Unknown);
        }
        assert_eq!(stay(PUBLISHED, &Heard::all(JOINED), None), Stay::Unknown);
    }

    #[test]
    fn the_share_is_of_those_of_whom_it_is_known() {
        let of = |there, left, removed, unknown| Stays { there, left, removed, unknown };
        assert_eq!(of(0, 0, 0, 5).percent(), None);
        assert_eq!(of(2, 1, 0, 7).percent(), Some(67));
        assert_eq!(of(1, 0, 1, 0).percent(), Some(50));
        assert_eq!(of(0, 9, 0, 0).percent(), Some(0));
        assert_eq!(of(9, 0, 0, 1).percent(), Some(100));
        assert_eq!(of(999_999, 0, 1, 0).percent(), Some(99));
        assert_eq!(of(1, 999_999, 0, 0).percent(), Some(1));
        assert_eq!(of(2, 1, 3, 7).came(), 13);
    }

    #[test]
    fn the_chats_are_watched_until_the_last_day_of_the_last_who_came() {
        for days in PERIODS {
            assert!(asked_at(entered_by(JOINED), days) < JOINED + WATCHED);
        }
    }

    proptest! {
        #[test]
        fn a_share_is_between_none_and_all(there in 0..u64::MAX, left in 0..u64::MAX, removed in 0..u64::MAX) {
            let stays = Stays { there, left, removed, unknown: 0 };
            if let Some(percent) = stays.percent() {
                prop_assert!(percent <= 100);
                prop_assert_eq!(percent == 0, there == 0);
                prop_assert_eq!(percent == 100, stays.gone() == 0);
            }
        }
    }
}
