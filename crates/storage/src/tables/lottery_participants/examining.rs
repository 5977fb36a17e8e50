//! What signs of fraud are looked for in, apart from the joins themselves.

use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{Signals, Ticket};
use qura_domain::time::Timestamp;

use super::{ParticipantRepo, ticket_number, ticket_of};
use crate::error::StorageError;
use crate::sql::fetch_all;

/// A registration, as far as it matters to signs of fraud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExaminedJoin {
    pub user: UserId,
    pub ticket: Ticket,
    pub joined_at: Timestamp,
    pub signals: Signals,
}

impl ParticipantRepo<'_> {
    /// Registrations by rising ticket, those after the given one.
    pub async fn joins(
        &mut self,
        lottery: LotteryId,
        after: Ticket,
        limit: u32,
    ) -> Result<Vec<ExaminedJoin>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64, i64, i64),
            "SELECT user_id, ticket, joined_at, signals FROM lottery_participants
             WHERE lottery_id = $1 AND ticket > $2 ORDER BY ticket LIMIT $3",
            lottery.get(),
            ticket_number(after),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(join).collect())
    }

    /// Others of the lottery whose numbers are at most `span` away, by rising number; at most `limit`.
    pub async fn near(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        span: i64,
        limit: u32,
    ) -> Result<Vec<ExaminedJoin>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64, i64, i64),
            "SELECT user_id, ticket, joined_at, signals FROM lottery_participants
             WHERE lottery_id = $1 AND user_id BETWEEN $2 AND $3 AND user_id <> $4 ORDER BY user_id LIMIT $5",
            lottery.get(),
            user.get().saturating_sub(span),
            user.get().saturating_add(span),
            user.get(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(join).collect())
    }

    /// A person's registrations of `since` or later in the lotteries of a chat that people can join.
    pub async fn of_chat(
        &mut self,
        chat: ChatId,
        user: UserId,
        since: Timestamp,
    ) -> Result<Vec<(LotteryId, ExaminedJoin)>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64, i64, i64, i64),
            "SELECT lottery_id, user_id, ticket, joined_at, signals
             FROM lottery_participants JOIN lotteries ON lotteries.id = lottery_id
             WHERE user_id = $1 AND joined_at >= $2 AND chat_id = $3
               AND lotteries.state IN ('open', 'paused') ORDER BY lottery_id",
            user.get(),
            since.micros(),
            chat.get()
        )?;
        let row = |(lottery, user, ticket, at, signals)| {
            (LotteryId::new(lottery), join((user, ticket, at, signals)))
        };
        Ok(rows.into_iter().map(row).collect())
    }
}

fn join((user, ticket, joined_at, signals): (i64, i64, i64, i64)) -> ExaminedJoin {
    ExaminedJoin {
        user: UserId::new(user),
        ticket: ticket_of(ticket),
        joined_at: Timestamp::from_micros(joined_at),
        signals: Signals::from_bits(signals),
    }
}
