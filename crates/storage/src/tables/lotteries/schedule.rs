//! Which lotteries' time has come: to be drawn, to be purged.

use qura_domain::ids::{ChatId, LotteryId};
use qura_domain::time::Timestamp;

use super::LotteryRepo;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all};

impl LotteryRepo<'_> {
    /// Open lotteries whose time of drawing has come, the earliest first. One that is paused waits
    /// for its organizer.
    pub async fn due_draws(&mut self, now: Timestamp, limit: u32) -> Result<Vec<LotteryId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT id FROM lotteries WHERE state = 'open' AND draw_at <= $1 ORDER BY draw_at LIMIT $2",
            now.micros(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(id,)| LotteryId::new(id)).collect())
    }

    /// Lotteries that were deleted before the given time, the earliest first.
    pub async fn deleted_before(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<LotteryId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT id FROM lotteries WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2",
            before.micros(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(id,)| LotteryId::new(id)).collect())
    }

    /// Forgets a deleted lottery for good, once its participants are purged. Returns the chats that it was in or
    /// about; `None` for one that is not deleted or still has some.
    pub async fn erase(&mut self, id: LotteryId) -> Result<Option<Vec<ChatId>>, StorageError> {
        let chats = fetch_all!(
            self.conn,
            (i64,),
            "SELECT chat_id FROM lotteries WHERE id = $1
             UNION SELECT chat_id FROM lottery_conditions WHERE lottery_id = $1 AND chat_id IS NOT NULL",
            id.get()
        )?;
        let rows = execute!(
            self.conn,
            "DELETE FROM lotteries WHERE id = $1 AND deleted_at IS NOT NULL
             AND (SELECT MIN(ticket) FROM lottery_participants WHERE lottery_id = $1) IS NULL",
            id.get()
        )?;
        if rows == 0 {
            return Ok(None);
        }
        execute!(self.conn, "DELETE FROM lottery_conditions WHERE lottery_id = $1", id.get())?;
        execute!(self.conn, "DELETE FROM lottery_counters WHERE lottery_id = $1", id.get())?;
        execute!(self.conn, "DELETE FROM draw_secrets WHERE lottery_id = $1", id.get())?;
        Ok(Some(chats.into_iter().map(|(chat,)| ChatId::new(chat)).collect()))
    }
}
