//! Signs that a participant is no real one. They are shown to the organizer; nobody is refused for them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::time::Timestamp;

/// Something that sold participants have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A fresh account, one of many that joined within seconds.
    Burst,
    /// A fresh account whose number is close to those of others in the same lottery: made in a row.
    Neighbours,
    /// Failed the challenge again and again.
    FailedChallenges,
    /// Left the chat soon after joining the lottery.
    JoinedAndLeft,
}

/// What is known of a registration, when it happened or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinFacts {
    pub user: UserId,
    pub joined_at: Timestamp,
    /// The highest number of a person that the bot has ever seen: numbers rise with time.
    pub newest_user: UserId,
    /// Others of the lottery who joined within [`JoinFacts::BURST_SPAN`] and whose accounts are fresh.
    pub fresh_around: u32,
    /// Others of the lottery whose numbers are within [`JoinFacts::NEIGHBOUR_SPAN`] of theirs.
    pub neighbours: u32,
    /// Wrong answers to this lottery's challenge.
    pub wrong_answers: u32,
    /// When they left the lottery's chat by themselves.
    pub left_chat_at: Option<Timestamp>,
}

impl JoinFacts {
    /// How far below the newest number an account still counts as fresh: about two months at the
    /// pace of recent years, a thousand million a year. An estimate: Telegram publishes no dates.
    pub const FRESH_SPAN: i64 = 200_000_000;
    pub const BURST_SPAN: Duration = Duration::from_secs(10);
    /// Past these, fresh accounts within the span are no coincidence of a busy channel.
    pub const BURST_SIZE: u32 = 20;
    /// Two honest people this close in one lottery are rare: numbers run into thousands of millions.
    pub const NEIGHBOUR_SPAN: i64 = 1_000;
    pub const NEIGHBOUR_COUNT: u32 = 2;
    /// As many as lock a person out once.
    pub const WRONG_ANSWERS: u32 = 3;
    pub const LEFT_SOON: Duration = Duration::from_secs(3600);

    /// Whether the account was made of late.
    pub fn is_fresh(user: UserId, newest: UserId) -> bool {
        user.get() > newest.get().saturating_sub(Self::FRESH_SPAN)
    }

    /// The signs that these facts show.
    pub fn signals(&self) -> Signals {
        let is_fresh = Self::is_fresh(self.user, self.newest_user);
        let left_soon =
            |left: Timestamp| left >= self.joined_at && left.since(self.joined_at) <= Self::LEFT_SOON;
        let shown = [
            (Signal::Burst, is_fresh && self.fresh_around >= Self::BURST_SIZE),
            (Signal::Neighbours, is_fresh && self.neighbours >= Self::NEIGHBOUR_COUNT),
            (Signal::FailedChallenges, self.wrong_answers >= Self::WRONG_ANSWERS),
            (Signal::JoinedAndLeft, self.left_chat_at.is_some_and(left_soon)),
        ];
        shown.into_iter().filter(|(_, is_shown)| *is_shown).map(|(signal, _)| signal).collect()
    }
}

/// A set of signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signals(u8);

impl Signals {
    pub const NONE: Signals = Signals(0);

    pub fn contains(self, signal: Signal) -> bool {
        self.0 & signal.bit() != 0
    }

    #[must_use]
    pub fn and(self, signal: Signal) -> Self {
        Self(self.0 | signal.bit())
    }

    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL.into_iter().filter(move |signal| self.contains(*signal))
    }

    /// Whether the participant is to be shown as suspicious: one sign can be chance, except for the
    /// last two, which are things that people did.
    pub fn is_suspicious(self) -> bool {
        let done = self.contains(Signal::FailedChallenges) || self.contains(Signal::JoinedAndLeft);
        done || self.0.count_ones() >= 2
    }

    /// As in the database.
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// What another version of the program knows besides is left out.
    pub fn from_bits(bits: i64) -> Self {
        Signal::ALL.into_iter().filter(|signal| bits & i64::from(signal.bit()) != 0).collect()
    }
}

impl FromIterator<Signal> for Signals {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Self {
        signals.into_iter().fold(Self::NONE, Self::and)
    }
}

impl Signal {
    pub const ALL: [Self; 4] = [Self::Burst, Self::Neighbours, Self::FailedChallenges, Self::JoinedAndLeft];

    /// Stored: never given to another.
    const fn bit(self) -> u8 {
        match self {
            Self::Burst => 1,
            Self::Neighbours => 2,
            Self::FailedChallenges => 4,
            Self::JoinedAndLeft => 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: UserId = UserId::new(8_000_000_000);

    fn facts() -> JoinFacts {
        JoinFacts {
            user: UserId::new(7_999_000_000),
            joined_at: Timestamp::from_secs(10_000),
            newest_user: NEWEST,
            fresh_around: 0,
            neighbours: 0,
            wrong_answers: 0,
            left_chat_at: None,
        }
    }

    fn signs(facts: JoinFacts) -> Vec<Signal> {
        facts.signals().iter().collect()
    }

    #[test]
    fn each_sign_has_its_threshold() {
        let left = |secs| Some(Timestamp::from_secs(secs));
        assert_eq!(signs(facts()), []);
        assert_eq!(signs(JoinFacts { fresh_around: 19, ..facts() }), []);
        assert_eq!(signs(JoinFacts { fresh_around: 20, ..facts() }), [Signal::Burst]);
        assert_eq!(signs(JoinFacts { neighbours: 1, ..facts() }), []);
        assert_eq!(signs(JoinFacts { neighbours: 2, ..facts() }), [Signal::Neighbours]);
        assert_eq!(signs(JoinFacts { wrong_answers: 2, ..facts() }), []);
        assert_eq!(signs(JoinFacts { wrong_answers: 3, ..facts() }), [Signal::FailedChallenges]);
        assert_eq!(signs(JoinFacts { left_chat_at: left(13_600), ..facts() }), [Signal::JoinedAndLeft]);
        assert_eq!(signs(JoinFacts { left_chat_at: left(13_601), ..facts() }), []);
        // Whoever had left before they joined the lottery came back for it.
        assert_eq!(signs(JoinFacts { left_chat_at: left(9_999), ..facts() }), []);
    }

    #[test]
    fn old_accounts_may_come_in_crowds() {
        let old = JoinFacts { user: UserId::new(7_000_000_000), fresh_around: 500, neighbours: 9, ..facts() };
        assert_eq!(signs(old), []);
        assert!(JoinFacts::is_fresh(UserId::new(7_800_000_001), NEWEST));
        assert!(!JoinFacts::is_fresh(UserId::new(7_800_000_000), NEWEST));
    }

    #[test]
    fn one_sign_of_chance_is_not_enough() {
        let suspicious = |signs: &[Signal]| signs.iter().copied().collect::<Signals>().is_suspicious();
        assert!(!suspicious(&[]) && !suspicious(&[Signal::Burst]) && !suspicious(&[Signal::Neighbours]));
        assert!(suspicious(&[Signal::Burst, Signal::Neighbours]));
        assert!(suspicious(&[Signal::FailedChallenges]) && suspicious(&[Signal::JoinedAndLeft]));
    }

    #[test]
    fn every_set_comes_back_from_its_bits() {
        for bits in 0..16 {
            let signals = Signals::from_bits(bits);
            assert_eq!(signals.bits(), bits);
            assert_eq!(signals.iter().collect::<Signals>(), signals);
        }
        assert_eq!(Signals::from_bits(16 | 2), Signals::NONE.and(Signal::Neighbours));
    }
}
