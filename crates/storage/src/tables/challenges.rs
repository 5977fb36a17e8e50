//! `challenges`: each person's attempts at the challenge of each lottery or contest.

use qura_domain::challenge::{Attempts, OpenPuzzle};
use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

repository! {
    /// Attempts at challenges.
    ChallengeRepo
}

type Row = (Option<i64>, Option<String>, Option<i64>, i64, i64, Option<i64>, Option<i64>);

fn attempts(
    (number, puzzle, shown_at, in_a_row, wrong, locked_until, solved_at): Row,
) -> Result<Attempts, StorageError> {
    let open = match (number.and_then(|n| u32::try_from(n).ok()), puzzle, shown_at) {
        (Some(number), Some(puzzle), Some(shown_at)) => Some(OpenPuzzle {
            number,
            puzzle: serde_json::from_str(&puzzle).map_err(|_| StorageError::Unreadable("puzzle"))?,
            shown_at: Timestamp::from_micros(shown_at),
        }),
        _ => None,
    };
    Ok(Attempts {
        open,
        wrong_in_a_row: u32::try_from(in_a_row).unwrap_or(u32::MAX),
        wrong: u32::try_from(wrong).unwrap_or(u32::MAX),
        locked_until: locked_until.map(Timestamp::from_micros),
        solved_at: solved_at.map(Timestamp::from_micros),
    })
}

impl ChallengeRepo<'_> {
    /// A person's attempts at the challenge of the lottery or contest with this id; none yet is the
    /// default.
    pub async fn get(&mut self, user: UserId, subject: i64) -> Result<Attempts, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT number, puzzle, shown_at, wrong_in_a_row, wrong, locked_until, solved_at FROM challenges
             WHERE user_id = $1 AND subject_id = $2",
            user.get(),
            subject
        )?;
        row.map(attempts).transpose().map(Option::unwrap_or_default)
    }

    /// Replaces what was kept. One person's updates run one after the other, so nobody else writes
    /// between reading and this.
    pub async fn save(
        &mut self,
        user: UserId,
        subject: i64,
        attempts: &Attempts,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let open = attempts.open.as_ref();
        execute!(
            self.conn,
            "INSERT INTO challenges (user_id, subject_id, number, puzzle, shown_at, wrong_in_a_row, wrong,
                                     locked_until, solved_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (user_id, subject_id) DO UPDATE SET number = excluded.number, puzzle = excluded.puzzle,
               shown_at = excluded.shown_at, wrong_in_a_row = excluded.wrong_in_a_row, wrong = excluded.wrong,
               locked_until = excluded.locked_until, solved_at = excluded.solved_at,
               changed_at = excluded.changed_at",
            user.get(),
            subject,
            open.map(|open| i64::from(open.number)),
            open.map(|open| serde_json::json!(open.puzzle).to_string()),
            open.map(|open| open.shown_at.micros()),
            i64::from(attempts.wrong_in_a_row),
            i64::from(attempts.wrong),
            attempts.locked_until.map(Timestamp::micros),
            attempts.solved_at.map(Timestamp::micros),
            at.micros()
        )?;
        Ok(())
    }

    /// Forgets attempts that nothing was added to since the given time, at most `limit`, and returns
    /// how many.
    pub async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "DELETE FROM challenges WHERE (user_id, subject_id) IN
             (SELECT user_id, subject_id FROM challenges WHERE changed_at < $1 ORDER BY changed_at LIMIT $2)",
            before.micros(),
            i64::from(limit)
        )
    }
}
