//! `join_requests`: who asked to join a chat that approves its members.

use qura_domain::ids::{ChatId, UserId};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

repository! {
    /// Requests that wait for approval, as far as Telegram tells: it does not tell when one is declined.
    JoinRequestsRepo
}

impl JoinRequestsRepo<'_> {
    pub async fn add(&mut self, chat: ChatId, user: UserId, at: Timestamp) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO join_requests (chat_id, user_id, requested_at) VALUES ($1, $2, $3)
             ON CONFLICT (chat_id, user_id) DO UPDATE SET requested_at = excluded.requested_at",
            chat.get(),
            user.get(),
            at.micros()
        )?;
        Ok(())
    }

    pub async fn remove(&mut self, chat: ChatId, user: UserId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "DELETE FROM join_requests WHERE chat_id = $1 AND user_id = $2",
            chat.get(),
            user.get()
        )?;
        Ok(())
    }

    pub async fn is_waiting(&mut self, chat: ChatId, user: UserId) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT requested_at FROM join_requests WHERE chat_id = $1 AND user_id = $2",
            chat.get(),
            user.get()
        )?;
        Ok(row.is_some())
    }

    /// Deletes requests made before the given time, at most `limit`, and returns how many.
    pub async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        // The key has two columns, so both are compared: a person may wait for several chats.
        execute!(
            self.conn,
            "DELETE FROM join_requests WHERE (chat_id, user_id) IN
             (SELECT chat_id, user_id FROM join_requests WHERE requested_at < $1 ORDER BY requested_at LIMIT $2)",
            before.micros(),
            i64::from(limit)
        )
    }
}
