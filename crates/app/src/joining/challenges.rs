//! The challenge before a registration: opens puzzles, judges answers, counts both.

use qura_domain::challenge::{Attempts, ChallengeKind, Digits, Puzzle, Shown, Verdict};
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::time::Timestamp;
use qura_storage::{StorageError, Tx};

use super::JoiningService;

/// What a person is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Puzzle {
        /// Comes back with the answer.
        number: u32,
        shown: Shown,
        /// What is to be drawn, where the puzzle has a picture, and by which noise: both are only for who
        /// draws it.
        picture: Option<(Digits, u64)>,
    },
    LockedUntil(Timestamp),
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub verdict: Verdict,
    /// Of the puzzle that was open, if any.
    pub kind: ChallengeKind,
    /// As they are now; not stored yet.
    pub attempts: Attempts,
}

impl JoiningService {
    /// Opens a new puzzle, or says until when the person is locked out. Changes the attempts; store them
    /// by [`Self::keep`].
    pub fn ask(&self, attempts: &mut Attempts, wanted: ChallengeKind) -> Asked {
        let now = self.clock.now();
        // Also for a suspect, whose solution from before they failed is not remembered.
        if let Some(until) = attempts.locked_until.filter(|until| now < *until) {
            return Asked::LockedUntil(until);
        }
        let kind = self.kind_for(wanted);
        let puzzle = Puzzle::make(kind, &mut |bytes| self.random.fill(bytes));
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        let picture = puzzle.picture().map(|digits| {
            let mut noise = [0; 8];
            self.random.fill(&mut noise);
            (digits.clone(), u64::from_be_bytes(noise))
        });
        let asked = Asked::Puzzle { number, shown: puzzle.shown().clone(), picture };
        attempts.open(number, puzzle, now);
        metrics::counter!("challenges_shown_total", "kind" => kind.name()).increment(1);
        asked
    }

    /// The person's attempts so far.
    pub async fn attempts(&self, person: UserId, lottery: LotteryId) -> Result<Attempts, StorageError> {
        self.db.read_for_many().await?.challenges().get(person, lottery.get()).await
    }

    /// Judges an answer. One person's updates run one after the other, so the attempts that were read
    /// are those that are written.
    pub async fn answer(
        &self,
        person: UserId,
        lottery: LotteryId,
        number: u32,
        option: u8,
    ) -> Result<Answered, StorageError> {
        let mut attempts = self.attempts(person, lottery).await?;
        let open = attempts.open.as_ref().map(|open| open.puzzle.kind());
        let verdict = attempts.answer(number, option, self.clock.now());
        let result = match verdict {
            Verdict::Solved => "solved",
            Verdict::Wrong { .. } => "wrong",
            Verdict::LockedUntil(_) => "locked",
            Verdict::Expired => "expired",
            Verdict::Stale => "stale",
        };
        let name = open.map_or("none", ChallengeKind::name);
        metrics::counter!("challenges_answered_total", "kind" => name, "result" => result).increment(1);
        let kind = open.unwrap_or_else(|| self.kind_for(ChallengeKind::Image));
        Ok(Answered { verdict, kind, attempts })
    }

    /// Stores attempts, in the caller's transaction.
    pub async fn keep(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: LotteryId,
        attempts: &Attempts,
    ) -> Result<(), StorageError> {
        tx.challenges().save(person, lottery.get(), attempts, self.clock.now()).await
    }
}
