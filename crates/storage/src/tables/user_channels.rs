//! `user_channels`: who linked which channel or group. Each administrator has a link of their own.

use qura_domain::ids::{ChatId, UserId};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional};

repository! {
    /// Links between people and chats.
    UserChannelRepo
}

impl UserChannelRepo<'_> {
    /// Whether the link is new, or was deleted and is back.
    pub async fn link(&mut self, user: UserId, chat: ChatId, at: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO user_channels (user_id, chat_id, linked_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id, chat_id) DO UPDATE SET linked_at = excluded.linked_at, deleted_at = NULL
             WHERE user_channels.deleted_at IS NOT NULL",
            user.get(),
            chat.get(),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// Takes this person's link away, softly. Whether there was one.
    pub async fn unlink(&mut self, user: UserId, chat: ChatId, at: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE user_channels SET deleted_at = $3
             WHERE user_id = $1 AND chat_id = $2 AND deleted_at IS NULL",
            user.get(),
            chat.get(),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    pub async fn is_linked(&mut self, user: UserId, chat: ChatId) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT chat_id FROM user_channels WHERE user_id = $1 AND chat_id = $2 AND deleted_at IS NULL",
            user.get(),
            chat.get()
        )?;
        Ok(row.is_some())
    }

    /// A person's chats, by rising number, those after the given one; at most `limit`.
    pub async fn list(
        &mut self,
        user: UserId,
        after: Option<ChatId>,
        limit: u32,
    ) -> Result<Vec<ChatId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT chat_id FROM user_channels WHERE user_id = $1 AND chat_id > $2 AND deleted_at IS NULL
             ORDER BY chat_id LIMIT $3",
            user.get(),
            after.map_or(i64::MIN, ChatId::get),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(chat,)| ChatId::new(chat)).collect())
    }

    /// A person's chats before the given one: the last of them, at most `limit`, by rising number.
    pub async fn list_before(
        &mut self,
        user: UserId,
        before: ChatId,
        limit: u32,
    ) -> Result<Vec<ChatId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT chat_id FROM user_channels WHERE user_id = $1 AND chat_id < $2 AND deleted_at IS NULL
             ORDER BY chat_id DESC LIMIT $3",
            user.get(),
            before.get(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().rev().map(|(chat,)| ChatId::new(chat)).collect())
    }

    /// Who linked a chat, by rising number; at most `limit`.
    pub async fn linked_by(&mut self, chat: ChatId, limit: u32) -> Result<Vec<UserId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT user_id FROM user_channels WHERE chat_id = $1 AND deleted_at IS NULL
             ORDER BY user_id LIMIT $2",
            chat.get(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(user,)| UserId::new(user)).collect())
    }

    /// A group became a supergroup: its links go over to the new number.
    pub async fn migrate(&mut self, from: ChatId, to: ChatId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO user_channels (user_id, chat_id, linked_at, deleted_at)
             SELECT user_id, $2, linked_at, deleted_at FROM user_channels WHERE chat_id = $1
             ON CONFLICT (user_id, chat_id) DO NOTHING",
            from.get(),
            to.get()
        )?;
        execute!(self.conn, "DELETE FROM user_channels WHERE chat_id = $1", from.get())?;
        Ok(())
    }

    /// Forgets links that were taken away before the given time, at most `limit`, and returns the
    /// chats that they were to.
    pub async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<Vec<ChatId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "DELETE FROM user_channels WHERE (user_id, chat_id) IN
             (SELECT user_id, chat_id FROM user_channels WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2)
             RETURNING chat_id",
            before.micros(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(chat,)| ChatId::new(chat)).collect())
    }
}
