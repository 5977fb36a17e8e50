//! Which chats lotteries rest on: there it matters who comes and who leaves.

use qura_domain::ids::ChatId;
use qura_domain::time::Timestamp;

use super::LotteryRepo;
use crate::error::StorageError;
use crate::sql::fetch_optional;

impl LotteryRepo<'_> {
    /// Whether a lottery that is published and not over is in the chat or has a condition about it, or one that
    /// closed at `since` or later: of that it is asked who stayed.
    pub async fn watch(&mut self, chat: ChatId, since: Timestamp) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT id FROM lotteries
             WHERE chat_id = $1 AND state IN ('open', 'paused', 'frozen', 'drawing', 'drawn')
             UNION ALL
             SELECT id FROM lotteries WHERE chat_id = $1 AND closed_at >= $2
             UNION ALL
             SELECT id FROM lottery_conditions JOIN lotteries ON id = lottery_id
             WHERE lottery_conditions.chat_id = $1
               AND (state IN ('open', 'paused', 'frozen', 'drawing', 'drawn') OR closed_at >= $2) LIMIT 1",
            chat.get(),
            since.micros()
        )?;
        Ok(row.is_some())
    }
}
