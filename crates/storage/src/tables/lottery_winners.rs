//! `lottery_winners`: whom each draw named, and who has which place as of now.

use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{Ticket, Winner, WinnerRole};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional};

repository! {
    /// Winners and reserves.
    WinnerRepo
}

/// One of those whom a draw named, with the names that Telegram last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WinnerRecord {
    pub winner: Winner,
    /// `None` for one who is not known any more.
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// Without its `@`.
    pub username: Option<String>,
}

type Row = (i64, i64, String, i64, Option<i64>, Option<i64>, Option<String>, Option<String>, Option<String>);

fn record(
    (ticket, user, role, place, hold_until, confirmed_at, first_name, last_name, username): Row,
) -> Result<WinnerRecord, StorageError> {
    let winner = Winner {
        ticket: Ticket::new(u64::try_from(ticket).unwrap_or(0)),
        user: UserId::new(user),
        role: WinnerRole::from_name(&role).ok_or(StorageError::Unreadable("role of a winner"))?,
        place: u32::try_from(place).map_err(|_| StorageError::Unreadable("place of a winner"))?,
        hold_until: hold_until.map(Timestamp::from_micros),
        confirmed_at: confirmed_at.map(Timestamp::from_micros),
    };
    Ok(WinnerRecord { winner, first_name, last_name, username })
}

fn number(ticket: Ticket) -> i64 {
    i64::try_from(ticket.get()).unwrap_or(i64::MAX)
}

impl WinnerRepo<'_> {
    /// Puts somebody where the draw, or an inheritance, puts them; who was there by another role has
    /// this one from now on.
    pub async fn put(
        &mut self,
        lottery: LotteryId,
        winner: &Winner,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO lottery_winners (lottery_id, ticket, user_id, role, place, hold_until, confirmed_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (lottery_id, ticket) DO UPDATE SET role = excluded.role, place = excluded.place,
               hold_until = excluded.hold_until, confirmed_at = excluded.confirmed_at, changed_at = excluded.changed_at",
            lottery.get(),
            number(winner.ticket),
            winner.user.get(),
            winner.role.name(),
            i64::from(winner.place),
            winner.hold_until.map(Timestamp::micros),
            winner.confirmed_at.map(Timestamp::micros),
            at.micros()
        )?;
        Ok(())
    }

    /// Everyone whom the draw of a lottery named, by role and place.
    pub async fn list(&mut self, lottery: LotteryId) -> Result<Vec<WinnerRecord>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT ticket, user_id, role, place, hold_until, confirmed_at, first_name, last_name, username
             FROM lottery_winners LEFT JOIN users ON users.id = user_id
             WHERE lottery_id = $1 ORDER BY role, place, ticket",
            lottery.get()
        )?;
        rows.into_iter().map(record).collect()
    }

    /// Those who have won as of now, by their places.
    pub async fn winners(&mut self, lottery: LotteryId) -> Result<Vec<WinnerRecord>, StorageError> {
        let mut all = self.list(lottery).await?;
        all.retain(|record| record.winner.role == WinnerRole::Winner);
        Ok(all)
    }

    /// What the draw made of a person; `None` for one whom it did not name.
    pub async fn get(&mut self, lottery: LotteryId, user: UserId) -> Result<Option<Winner>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT ticket, user_id, role, place, hold_until, confirmed_at, first_name, last_name, username
             FROM lottery_winners LEFT JOIN users ON users.id = user_id
             WHERE lottery_id = $1 AND user_id = $2",
            lottery.get(),
            user.get()
        )?;
        Ok(row.map(record).transpose()?.map(|record| record.winner))
    }

    /// «تأكيد الفوز». `false` when the win is confirmed, has passed on, or its time is over.
    pub async fn confirm(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lottery_winners SET confirmed_at = $3, changed_at = $3
             WHERE lottery_id = $1 AND user_id = $2 AND role = 'winner' AND confirmed_at IS NULL AND hold_until > $3",
            lottery.get(),
            user.get(),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// From now on the wins of a lottery may pass on until this time.
    pub async fn hold(&mut self, lottery: LotteryId, until: Timestamp) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_winners SET hold_until = $2 WHERE lottery_id = $1 AND role = 'winner'",
            lottery.get(),
            until.micros()
        )?;
        Ok(())
    }

    /// Wins that are not confirmed may be, until this time at least.
    pub async fn prolong(&mut self, lottery: LotteryId, until: Timestamp) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_winners SET hold_until = $2
             WHERE lottery_id = $1 AND role = 'winner' AND confirmed_at IS NULL AND hold_until < $2",
            lottery.get(),
            until.micros()
        )?;
        Ok(())
    }

    /// A win is for good. `false` when it was before, or has passed on.
    pub async fn settle(&mut self, lottery: LotteryId, ticket: Ticket) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lottery_winners SET hold_until = NULL
             WHERE lottery_id = $1 AND ticket = $2 AND role = 'winner' AND hold_until IS NOT NULL",
            lottery.get(),
            number(ticket)
        )?;
        Ok(rows > 0)
    }

    /// A winner loses the place, which is told. `None` when they have it no more: somebody else was
    /// faster.
    pub async fn replace(
        &mut self,
        lottery: LotteryId,
        ticket: Ticket,
        at: Timestamp,
    ) -> Result<Option<u32>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "UPDATE lottery_winners SET role = 'replaced', hold_until = NULL, changed_at = $3
             WHERE lottery_id = $1 AND ticket = $2 AND role = 'winner' RETURNING place",
            lottery.get(),
            number(ticket),
            at.micros()
        )?;
        row.map(|(place,)| u32::try_from(place).map_err(|_| StorageError::Unreadable("place of a winner")))
            .transpose()
    }

    /// Whether any win of a chat's lotteries may still pass on: then it matters who leaves the chat.
    pub async fn is_held_in(&mut self, chat: ChatId) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT ticket FROM lottery_winners JOIN lotteries ON lotteries.id = lottery_id
             WHERE hold_until IS NOT NULL AND chat_id = $1 LIMIT 1",
            chat.get()
        )?;
        Ok(row.is_some())
    }

    /// Wins that may still pass on, those whose time ends first before the others; after the given one
    /// where the list goes on.
    pub async fn on_hold(
        &mut self,
        after: Option<(Timestamp, LotteryId, Ticket)>,
        limit: u32,
    ) -> Result<Vec<(LotteryId, Winner)>, StorageError> {
        type Held = (i64, i64, i64, i64, i64, Option<i64>);
        let (at, lottery, ticket) = after.map_or((i64::MIN, i64::MIN, i64::MIN), |(at, lottery, ticket)| {
            (at.micros(), lottery.get(), number(ticket))
        });
        let rows = fetch_all!(
            self.conn,
            Held,
            "SELECT lottery_id, ticket, user_id, place, hold_until, confirmed_at FROM lottery_winners
             WHERE hold_until IS NOT NULL AND hold_until >= $1 AND (hold_until, lottery_id, ticket) > ($1, $2, $3)
             ORDER BY hold_until, lottery_id, ticket LIMIT $4",
            at,
            lottery,
            ticket,
            i64::from(limit)
        )?;
        rows.into_iter()
            .map(|(lottery, ticket, user, place, hold_until, confirmed_at)| {
                let winner = Winner {
                    ticket: Ticket::new(u64::try_from(ticket).unwrap_or(0)),
                    user: UserId::new(user),
                    role: WinnerRole::Winner,
                    place: u32::try_from(place).map_err(|_| StorageError::Unreadable("place of a winner"))?,
                    hold_until: Some(Timestamp::from_micros(hold_until)),
                    confirmed_at: confirmed_at.map(Timestamp::from_micros),
                };
                Ok((LotteryId::new(lottery), winner))
            })
            .collect()
    }
}
