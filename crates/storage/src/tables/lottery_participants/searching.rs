//! Single participants, and what is counted around them.

use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{ParticipantState, Ticket};

use super::{ParticipantRecord, ParticipantRepo, Row, record, state_of, ticket_of};
use crate::error::StorageError;
use crate::sql::{fetch_all, fetch_optional, text};

impl ParticipantRepo<'_> {
    /// The ticket of a person and whether it is valid; `None` for one who never joined.
    pub async fn ticket(
        &mut self,
        lottery: LotteryId,
        user: UserId,
    ) -> Result<Option<(Ticket, ParticipantState)>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64, String),
            "SELECT ticket, state FROM lottery_participants WHERE lottery_id = $1 AND user_id = $2",
            lottery.get(),
            user.get()
        )?;
        row.map(|(ticket, state)| Ok((ticket_of(ticket), state_of(&state)?))).transpose()
    }

    pub async fn get(
        &mut self,
        lottery: LotteryId,
        user: UserId,
    ) -> Result<Option<ParticipantRecord>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
               first_name, last_name, username
             FROM lottery_participants LEFT JOIN users ON users.id = user_id
             WHERE lottery_id = $1 AND user_id = $2",
            lottery.get(),
            user.get()
        )?;
        row.map(record).transpose()
    }

    /// By the username that a person has now, without its `@`; capitals do not matter. Somebody who
    /// gave a name up may still be known by it, so there may be several; at most `limit`.
    pub async fn find_by_username(
        &mut self,
        lottery: LotteryId,
        username: &str,
        limit: u32,
    ) -> Result<Vec<ParticipantRecord>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
               first_name, last_name, username
             FROM users JOIN lottery_participants ON lottery_id = $1 AND user_id = users.id
             WHERE LOWER(username) = $2 AND username IS NOT NULL ORDER BY last_seen_at DESC LIMIT $3",
            lottery.get(),
            text(&username.to_ascii_lowercase()),
            i64::from(limit)
        )?;
        rows.into_iter().map(record).collect()
    }

    /// How many others of the lottery have numbers at most `span` away; counts no further than `up_to`.
    pub async fn neighbours(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        span: i64,
        up_to: u32,
    ) -> Result<u32, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT COUNT(*) FROM (SELECT 1 FROM lottery_participants
               WHERE lottery_id = $1 AND user_id BETWEEN $2 AND $3 AND user_id <> $4 LIMIT $5) AS near",
            lottery.get(),
            user.get().saturating_sub(span),
            user.get().saturating_add(span),
            user.get(),
            i64::from(up_to)
        )?;
        Ok(row.map_or(0, |(count,)| u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// How many registered participants look suspicious; counts no further than `up_to`.
    pub async fn count_suspicious(&mut self, lottery: LotteryId, up_to: u32) -> Result<u64, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT COUNT(*) FROM (SELECT 1 FROM lottery_participants
               WHERE lottery_id = $1 AND is_suspicious AND state = 'registered' LIMIT $2) AS suspicious",
            lottery.get(),
            i64::from(up_to)
        )?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }
}
