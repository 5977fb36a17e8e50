//! `outbox`: messages that must arrive, written with the change that makes them true.

use qura_domain::ids::NoticeId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// Messages that must arrive.
    OutboxRepo
}

/// A message whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueNotice {
    pub id: NoticeId,
    /// The typed notice, as JSON.
    pub notice: String,
    /// Counts this try: 1 the first time.
    pub attempt: u32,
}

impl OutboxRepo<'_> {
    pub async fn add(&mut self, id: NoticeId, notice: &str, at: Timestamp) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO outbox (id, notice, send_at, created_at) VALUES ($1, $2, $3, $3)",
            id.get(),
            text(notice),
            at.micros()
        )?;
        Ok(())
    }

    /// Takes up to `limit` messages that are due, oldest first; nobody else gets them before `lease_until`.
    pub async fn claim(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueNotice>, StorageError> {
        type Row = (i64, String, i64);
        let mut rows = fetch_all!(self.conn, Row,
            // MATERIALIZED: a sub-select that locks may be run again by a join, and take more than the limit.
            pg: "WITH due AS MATERIALIZED
                 (SELECT id FROM outbox WHERE state = 'pending' AND send_at <= $1 ORDER BY send_at LIMIT $3
                  FOR UPDATE SKIP LOCKED)
                 UPDATE outbox SET attempts = attempts + 1, send_at = $2 FROM due WHERE outbox.id = due.id
                 RETURNING outbox.id, notice, attempts"
            [now.micros(), lease_until.micros(), i64::from(limit)],
            lite: "UPDATE outbox SET attempts = attempts + 1, send_at = $2 WHERE id IN
                   (SELECT id FROM outbox WHERE state = 'pending' AND send_at <= $1 ORDER BY send_at LIMIT $3)
                   RETURNING id, notice, attempts"
            [now.micros(), lease_until.micros(), i64::from(limit)])?;
        rows.sort_unstable_by_key(|(id, ..)| *id);
        Ok(rows
            .into_iter()
            .map(|(id, notice, attempts)| DueNotice {
                id: NoticeId::new(id),
                notice,
                attempt: u32::try_from(attempts).unwrap_or(u32::MAX),
            })
            .collect())
    }

    /// It arrived, or never can.
    pub async fn done(&mut self, id: NoticeId) -> Result<(), StorageError> {
        execute!(self.conn, "DELETE FROM outbox WHERE id = $1", id.get())?;
        Ok(())
    }

    /// It arrived, and another message follows in its place.
    pub async fn follow(&mut self, id: NoticeId, notice: &str, at: Timestamp) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE outbox SET notice = $2, attempts = 0, send_at = $3, error = NULL WHERE id = $1",
            id.get(),
            text(notice),
            at.micros()
        )?;
        Ok(())
    }

    pub async fn retry(&mut self, id: NoticeId, at: Timestamp, error: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE outbox SET send_at = $2, error = $3 WHERE id = $1",
            id.get(),
            at.micros(),
            text(error)
        )?;
        Ok(())
    }

    /// Gives a message up: it stays to be looked at.
    pub async fn bury(&mut self, id: NoticeId, error: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE outbox SET state = 'dead', error = $2 WHERE id = $1",
            id.get(),
            text(error)
        )?;
        Ok(())
    }

    /// When the next message falls due; `None` when there is none.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (Option<i64>,),
            "SELECT MIN(send_at) FROM outbox WHERE state = 'pending'"
        )?;
        Ok(row.and_then(|(at,)| at).map(Timestamp::from_micros))
    }
}
