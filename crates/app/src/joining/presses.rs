//! What a process remembers of joins for a while: the ids behind codes, and who pressed the button.

use std::time::Duration;

use quick_cache::sync::Cache;
use qura_domain::code::Code;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::JoinSource;
use qura_domain::time::Timestamp;

/// The lotteries behind codes. A code never changes its lottery, so nothing here can be wrong.
pub struct Codes(Cache<Code, LotteryId>);

impl Codes {
    const MOST: usize = 10_000;

    pub(super) fn get(&self, code: &Code) -> Option<LotteryId> {
        self.0.get(code)
    }

    pub(super) fn put(&self, code: &Code, lottery: LotteryId) {
        self.0.insert(code.clone(), lottery);
    }
}

impl Default for Codes {
    fn default() -> Self {
        Self(Cache::new(Self::MOST))
    }
}

/// Who pressed «الاشتراك في السحب» of late.
///
/// Kept by the process alone: all that a person does comes to the same one, and what is lost with it is
/// only what brought a participant.
pub struct Presses(Cache<(LotteryId, UserId), Timestamp>);

impl Presses {
    const MOST: usize = 50_000;
    /// A press counts as what brought the person for this long: time enough for a challenge, and to
    /// join a few channels.
    const LATELY: Duration = Duration::from_secs(3600);

    pub(super) fn note(&self, lottery: LotteryId, person: UserId, at: Timestamp) {
        self.0.insert((lottery, person), at);
    }

    /// What brought a person to a lottery.
    pub(super) fn source(&self, lottery: LotteryId, person: UserId, now: Timestamp) -> JoinSource {
        match self.0.get(&(lottery, person)) {
            Some(at) if now.since(at) <= Self::LATELY => JoinSource::Post,
            _ => JoinSource::Link,
        }
    }
}

impl Default for Presses {
    fn default() -> Self {
        Self(Cache::new(Self::MOST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recent_press_of_this_lottery_counts() {
        let (presses, lottery, person) = (Presses::default(), LotteryId::new(1), UserId::new(7));
        let at = Timestamp::from_secs;
        assert_eq!(presses.source(lottery, person, at(0)), JoinSource::Link);
        presses.note(lottery, person, at(0));
        assert_eq!(presses.source(lottery, person, at(3600)), JoinSource::Post);
        assert_eq!(presses.source(lottery, person, at(3601)), JoinSource::Link);
        assert_eq!(presses.source(LotteryId::new(2), person, at(1)), JoinSource::Link);
        assert_eq!(presses.source(lottery, UserId::new(8), at(1)), JoinSource::Link);
    }
}
