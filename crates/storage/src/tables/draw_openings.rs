//! `draw_openings`: who waits for the proof of their ticket.

use qura_domain::ids::{LotteryId, UserId};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all};

repository! {
    /// Those who wait for a proof.
    DrawOpeningRepo
}

impl DrawOpeningRepo<'_> {
    /// Puts a person into the queue. `false` for one who waits already.
    pub async fn ask(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draw_openings (lottery_id, user_id, asked_at) VALUES ($1, $2, $3)
             ON CONFLICT (lottery_id, user_id) DO NOTHING",
            lottery.get(),
            user.get(),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// Some of those who wait.
    pub async fn list(&mut self, lottery: LotteryId, limit: u32) -> Result<Vec<UserId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT user_id FROM draw_openings WHERE lottery_id = $1 ORDER BY user_id LIMIT $2",
            lottery.get(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(user,)| UserId::new(user)).collect())
    }

    /// A person waits no more. `false` for one who did not.
    pub async fn answer(&mut self, lottery: LotteryId, user: UserId) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "DELETE FROM draw_openings WHERE lottery_id = $1 AND user_id = $2",
            lottery.get(),
            user.get()
        )?;
        Ok(rows > 0)
    }
}
