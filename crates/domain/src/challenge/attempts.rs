//! One person's attempts at one contest's challenge: what is open, what counts, when it is locked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::puzzle::Puzzle;
use crate::time::Timestamp;

/// Everything that is kept of a person's attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The puzzle that waits for an answer.
    pub open: Option<OpenPuzzle>,
    /// Wrong answers since the last lock or solution.
    pub wrong_in_a_row: u32,
    /// All wrong answers ever: a sign of fraud.
    pub wrong: u32,
    pub locked_until: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
}

/// A puzzle on the person's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPuzzle {
    /// Made by chance; comes back with the answer, so that an old screen answers nothing.
    pub number: u32,
    pub puzzle: Puzzle,
    pub shown_at: Timestamp,
}

/// How a person stands to a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Solved,
    ToSolve,
    LockedUntil(Timestamp),
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Solved,
    /// Wrong, and a new puzzle may be shown; so many more wrong answers lock.
    Wrong {
        left: u32,
    },
    /// Wrong too often.
    LockedUntil(Timestamp),
    /// It took too long; does not count, and a new puzzle may be shown.
    Expired,
    /// Not the puzzle that is open; does not count.
    Stale,
}

impl Attempts {
    /// Flows, 3.4.
    pub const PUZZLE_LIFE: Duration = Duration::from_secs(120);
    /// Flows, 3.4: the timed button counts from here on.
    pub const TIMED_FROM: Duration = Duration::from_secs(2);
    /// Flows, 3.4.
    pub const WRONG_TO_LOCK: u32 = 3;
    /// Flows, 3.4.
    pub const LOCK: Duration = Duration::from_secs(600);
    /// Flows, 3.4: how long a solution is remembered.
    pub const MEMORY: Duration = Duration::from_secs(3600);

    /// How the person stands now. For one with signs of fraud a solution is not remembered: it counts
    /// as long as a puzzle lives, which is for the registration that it was asked for.
    pub fn standing(&self, is_suspicious: bool, now: Timestamp) -> Standing {
        let memory = if is_suspicious { Self::PUZZLE_LIFE } else { Self::MEMORY };
        if self.solved_at.is_some_and(|at| now.since(at) < memory) {
            return Standing::Solved;
        }
        match self.locked_until {
            Some(until) if now < until => Standing::LockedUntil(until),
            _ => Standing::ToSolve,
        }
    }

    /// Opens a puzzle in place of the one before. `false` while locked: then nothing is shown.
    pub fn open(&mut self, number: u32, puzzle: Puzzle, now: Timestamp) -> bool {
        if self.locked_until.is_some_and(|until| now < until) {
            return false;
        }
        self.open = Some(OpenPuzzle { number, puzzle, shown_at: now });
        true
    }

    /// Judges the option that was pressed under the puzzle of this number. Whatever it is, the
    /// puzzle is used up by it.
    pub fn answer(&mut self, number: u32, option: u8, now: Timestamp) -> Verdict {
        if let Some(until) = self.locked_until.filter(|until| now < *until) {
            return Verdict::LockedUntil(until);
        }
        let Some(open) = self.open.take_if(|open| open.number == number) else { return Verdict::Stale };
        let passed = now.since(open.shown_at);
        if passed > Self::PUZZLE_LIFE {
            return Verdict::Expired;
        }
        let is_too_early = open.puzzle.kind() == super::ChallengeKind::Timed && passed < Self::TIMED_FROM;
        if open.puzzle.is_solved_by(option) && !is_too_early {
            self.wrong_in_a_row = 0;
            self.solved_at = Some(now);
            return Verdict::Solved;
        }
        self.wrong = self.wrong.saturating_add(1);
        self.wrong_in_a_row += 1;
        if self.wrong_in_a_row < Self::WRONG_TO_LOCK {
            return Verdict::Wrong { left: Self::WRONG_TO_LOCK - self.wrong_in_a_row };
        }
        let until = now + Self::LOCK;
        (self.wrong_in_a_row, self.locked_until) = (0, Some(until));
        Verdict::LockedUntil(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::ChallengeKind;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000 + secs)
    }

    fn puzzle(kind: ChallengeKind) -> Puzzle {
        Puzzle::make(kind, &mut |bytes| bytes.fill(7))
    }

    fn right(puzzle: &Puzzle) -> u8 {
        (0..9).find(|option| puzzle.is_solved_by(*option)).unwrap()
    }

    /// Opens a puzzle at `shown` and answers it at `pressed`.
    fn attempt(attempts: &mut Attempts, is_right: bool, shown: i64, pressed: i64) -> Verdict {
        let puzzle = puzzle(ChallengeKind::Math);
        let option = if is_right { right(&puzzle) } else { (right(&puzzle) + 1) % 6 };
        assert!(attempts.open(5, puzzle, at(shown)));
        attempts.answer(5, option, at(pressed))
    }

    #[test]
    fn a_solution_is_remembered_for_an_hour_but_not_for_a_suspect() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.standing(false, at(0)), Standing::ToSolve);
        assert_eq!(attempt(&mut attempts, true, 0, 5), Verdict::Solved);
        assert_eq!(attempts.standing(false, at(3604)), Standing::Solved);
        assert_eq!(attempts.standing(false, at(3605)), Standing::ToSolve);
        // Long enough to register, no longer.
        assert_eq!(attempts.standing(true, at(124)), Standing::Solved);
        assert_eq!(attempts.standing(true, at(125)), Standing::ToSolve);
    }

    #[test]
    fn three_wrong_ones_lock_for_ten_minutes() {
        let mut attempts = Attempts::default();
        assert_eq!(attempt(&mut attempts, false, 0, 1), Verdict::Wrong { left: 2 });
        assert_eq!(attempt(&mut attempts, false, 2, 3), Verdict::Wrong { left: 1 });
        assert_eq!(attempt(&mut attempts, false, 4, 5), Verdict::LockedUntil(at(605)));
        assert_eq!(attempts.standing(false, at(604)), Standing::LockedUntil(at(605)));
        assert!(!attempts.open(6, puzzle(ChallengeKind::Math), at(604)));
        assert_eq!(attempts.answer(5, 0, at(604)), Verdict::LockedUntil(at(605)));
        assert_eq!(attempts.standing(false, at(605)), Standing::ToSolve);
        // The count begins anew, the memory of it does not.
        assert_eq!(attempt(&mut attempts, false, 605, 606), Verdict::Wrong { left: 2 });
        assert_eq!(attempts.wrong, 4);
        assert_eq!(attempt(&mut attempts, true, 607, 608), Verdict::Solved);
        assert_eq!(attempt(&mut attempts, false, 609, 610), Verdict::Wrong { left: 2 });
    }

    #[test]
    fn a_puzzle_is_answered_once_in_time_and_by_its_own_screen() {
        let mut attempts = Attempts::default();
        assert_eq!(attempt(&mut attempts, true, 0, 121), Verdict::Expired);
        assert_eq!(attempts.wrong, 0);
        assert_eq!(attempt(&mut attempts, true, 0, 120), Verdict::Solved);
        let solved = attempts.clone();
        assert_eq!(attempts.answer(5, 0, at(121)), Verdict::Stale);
        assert!(attempts.open(6, puzzle(ChallengeKind::Math), at(122)));
        assert_eq!(attempts.answer(5, 0, at(123)), Verdict::Stale);
        assert_eq!(attempts.open.as_ref().map(|open| open.number), Some(6));
        assert_eq!((attempts.wrong, attempts.solved_at), (solved.wrong, solved.solved_at));
    }

    #[test]
    fn the_timed_button_counts_from_two_seconds_to_two_minutes() {
        let pressed = |after: Duration| {
            let mut attempts = Attempts::default();
            attempts.open(1, puzzle(ChallengeKind::Timed), at(0));
            attempts.answer(1, 0, at(0) + after)
        };
        assert_eq!(pressed(Duration::from_millis(1_999)), Verdict::Wrong { left: 2 });
        assert_eq!(pressed(Duration::from_secs(2)), Verdict::Solved);
        assert_eq!(pressed(Duration::from_secs(120)), Verdict::Solved);
        assert_eq!(pressed(Duration::from_millis(120_001)), Verdict::Expired);
    }
}
