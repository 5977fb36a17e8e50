//! `limited_acts`: what people did lately that they may do only so often.

use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

repository! {
    /// Acts that are limited.
    LimitedActRepo
}

impl LimitedActRepo<'_> {
    /// Notes that a person did something. What they did of it before `forget` is forgotten: it counts
    /// against no limit any more.
    pub async fn record(
        &mut self,
        user: UserId,
        act: &str,
        at: Timestamp,
        id: i64,
        forget: Timestamp,
    ) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "DELETE FROM limited_acts WHERE user_id = $1 AND act = $2 AND done_at < $3",
            user.get(),
            act,
            forget.micros()
        )?;
        execute!(
            self.conn,
            "INSERT INTO limited_acts (user_id, act, done_at, id) VALUES ($1, $2, $3, $4)",
            user.get(),
            act,
            at.micros(),
            id
        )?;
        Ok(())
    }

    /// How often a person did something at or after `since`, and when for the first time of these.
    pub async fn since(
        &mut self,
        user: UserId,
        act: &str,
        since: Timestamp,
    ) -> Result<(u64, Option<Timestamp>), StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64, Option<i64>),
            "SELECT COUNT(*), MIN(done_at) FROM limited_acts WHERE user_id = $1 AND act = $2 AND done_at >= $3",
            user.get(),
            act,
            since.micros()
        )?;
        let (count, first) = row.unwrap_or((0, None));
        Ok((u64::try_from(count).unwrap_or(0), first.map(Timestamp::from_micros)))
    }
}
