//! When the bot heard who comes to a chat and who leaves it: as long as it was an administrator there (Bot API,
//! `chat_member`).

use crate::time::Timestamp;

/// What the bot was in a chat, and what it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub at: Timestamp,
    pub was_administrator: bool,
    pub is_administrator: bool,
}

/// The time in which everything was heard: up to a moment, but for the gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    until: Timestamp,
    gaps: Vec<Gap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    from: Timestamp,
    /// `None` as long as it lasts.
    to: Option<Timestamp>,
}

impl Heard {
    /// Everything up to a moment.
    pub const fn all(until: Timestamp) -> Self {
        Self { until, gaps: Vec::new() }
    }

    /// `changes` are those between `since` and `until`, the oldest first; `is_administrator` is what the bot is
    /// now. Where a change is missing, nothing was heard since the one before it.
    pub fn new(
        since: Timestamp,
        until: Timestamp,
        changes: impl IntoIterator<Item = Standing>,
        is_administrator: bool,
    ) -> Self {
        let (mut gaps, mut before) = (Vec::new(), since);
        let mut open: Option<Timestamp> = None;
        for change in changes {
            if !change.was_administrator {
                open = open.or(Some(before));
            }
            if !change.is_administrator {
                open = open.or(Some(change.at));
            } else if let Some(from) = open.take() {
                gaps.push(Gap { from, to: Some(change.at) });
            }
            before = change.at;
        }
        if !is_administrator {
            open = open.or(Some(before));
        }
        gaps.extend(open.map(|from| Gap { from, to: None }));
        Self { until, gaps }
    }

    pub fn has_gaps(&self) -> bool {
        !self.gaps.is_empty()
    }

    /// Whether all was heard that happened between two moments.
    pub fn covers(&self, from: Timestamp, to: Timestamp) -> bool {
        let overlaps = |gap: &Gap| gap.from < to && gap.to.is_none_or(|end| end > from);
        to <= self.until && !self.gaps.iter().any(overlaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    const fn lost(secs: i64) -> Standing {
        Standing { at: at(secs), was_administrator: true, is_administrator: false }
    }

    const fn back(secs: i64) -> Standing {
        Standing { at: at(secs), was_administrator: false, is_administrator: true }
    }

    const fn removed(secs: i64) -> Standing {
        Standing { at: at(secs), was_administrator: false, is_administrator: false }
    }

    fn covered(heard: &Heard, from: i64, to: i64) -> bool {
        heard.covers(at(from), at(to))
    }

    #[test]
    fn who_was_an_administrator_all_the_time_heard_everything_by_now() {
        let heard = Heard::new(at(0), at(100), [], true);
        assert_eq!(heard, Heard::all(at(100)));
        assert!(!heard.has_gaps() && covered(&heard, 0, 100) && !covered(&heard, 0, 101));
    }

    #[test]
    fn a_gap_ends_with_the_return_and_hides_only_what_overlaps_it() {
        let heard = Heard::new(at(0), at(100), [lost(20), removed(30), back(40)], true);
        assert!(heard.has_gaps());
        assert!(covered(&heard, 0, 20) && covered(&heard, 40, 100));
        for (from, to) in [(0, 21), (0, 100), (25, 35), (39, 41)] {
            assert!(!covered(&heard, from, to), "{from} {to}");
        }
    }

    #[test]
    fn a_gap_that_lasts_has_no_end_whatever_is_heard_of_it_later() {
        let heard = Heard::new(at(0), at(100), [lost(20), removed(60)], false);
        assert!(covered(&heard, 0, 20) && !covered(&heard, 0, 21) && !covered(&heard, 70, 80));
    }

    #[test]
    fn what_was_missed_began_after_the_last_that_is_known() {
        // The loss was not heard.
        let heard = Heard::new(at(0), at(100), [lost(10), back(20), back(50)], true);
        assert!(covered(&heard, 0, 10) && !covered(&heard, 20, 30) && covered(&heard, 50, 100));
        assert!(!covered(&Heard::new(at(5), at(100), [back(50)], true), 5, 6));
        // Nor was the last one.
        assert!(!covered(&Heard::new(at(0), at(100), [back(50)], false), 60, 70));
        assert!(!covered(&Heard::new(at(0), at(100), [], false), 60, 70));
    }

    #[test]
    fn the_same_loss_told_twice_is_one_gap_from_the_first_on() {
        let heard = Heard::new(at(0), at(100), [lost(10), lost(12), back(20), back(22)], true);
        assert!(covered(&heard, 0, 10) && !covered(&heard, 10, 11) && covered(&heard, 22, 100));
    }
}
