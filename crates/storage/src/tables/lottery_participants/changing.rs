//! Participants who leave, are excluded, or look suspicious.

use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{Signals, Ticket};
use qura_domain::time::Timestamp;

use super::{ParticipantRepo, ticket_number, ticket_of};
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

impl ParticipantRepo<'_> {
    /// «انسحاب»: makes the ticket void. `false` for one who is not registered, and once the list is
    /// closed.
    pub async fn withdraw(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        if !self.lock_changeable(lottery).await? {
            return Ok(false);
        }
        let rows = execute!(
            self.conn,
            "UPDATE lottery_participants SET state = 'withdrawn', changed_at = $3
             WHERE lottery_id = $1 AND user_id = $2 AND state = 'registered'",
            lottery.get(),
            user.get(),
            at.micros()
        )?;
        self.count_out(lottery, rows).await?;
        Ok(rows > 0)
    }

    /// «استبعاد»: makes the tickets of these people void for good, also of those who had withdrawn.
    /// Returns how many; none once the list is closed.
    pub async fn exclude(
        &mut self,
        lottery: LotteryId,
        users: &[UserId],
        by: UserId,
        reason: &str,
        at: Timestamp,
    ) -> Result<u64, StorageError> {
        if !self.lock_changeable(lottery).await? {
            return Ok(0);
        }
        let mut sorted: Vec<i64> = users.iter().map(|user| user.get()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let json = serde_json::json!(sorted).to_string();
        let mut excluded = [0, 0];
        for (count, state) in excluded.iter_mut().zip(["registered", "withdrawn"]) {
            *count = execute!(self.conn,
                pg: "UPDATE lottery_participants SET state = 'excluded', changed_at = $3, excluded_by = $4, reason = $5
                     WHERE lottery_id = $1 AND user_id = ANY($2) AND state = $6"
                [lottery.get(), &sorted, at.micros(), by.get(), text(reason), state],
                lite: "UPDATE lottery_participants SET state = 'excluded', changed_at = $3, excluded_by = $4,
                         reason = $5
                       WHERE lottery_id = $1 AND user_id IN (SELECT value FROM json_each($2)) AND state = $6"
                [lottery.get(), &json, at.micros(), by.get(), text(reason), state])?;
        }
        let [registered, withdrawn] = excluded;
        self.count_out(lottery, registered).await?;
        Ok(registered + withdrawn)
    }

    /// The same for those who are registered, among the next `limit` suspicious ones behind a ticket: a whole
    /// lottery at once would hold the only writer of SQLite for seconds. Returns the last ticket that was looked
    /// at, and how many were excluded; `None` when there was none left, and once the list is closed.
    pub async fn exclude_suspicious(
        &mut self,
        lottery: LotteryId,
        after: Ticket,
        limit: u32,
        by: UserId,
        reason: &str,
        at: Timestamp,
    ) -> Result<Option<(Ticket, u64)>, StorageError> {
        if !self.lock_changeable(lottery).await? {
            return Ok(None);
        }
        let last = fetch_optional!(
            self.conn,
            (Option<i64>,),
            "SELECT MAX(ticket) FROM (SELECT ticket FROM lottery_participants
               WHERE lottery_id = $1 AND is_suspicious AND ticket > $2 ORDER BY ticket LIMIT $3) AS page",
            lottery.get(),
            ticket_number(after),
            i64::from(limit)
        )?;
        let Some(last) = last.and_then(|(last,)| last) else { return Ok(None) };
        let rows = execute!(
            self.conn,
            "UPDATE lottery_participants SET state = 'excluded', changed_at = $4, excluded_by = $5, reason = $6
             WHERE lottery_id = $1 AND is_suspicious AND ticket > $2 AND ticket <= $3 AND state = 'registered'",
            lottery.get(),
            ticket_number(after),
            last,
            at.micros(),
            by.get(),
            text(reason)
        )?;
        self.count_out(lottery, rows).await?;
        Ok(Some((ticket_of(last), rows)))
    }

    /// Adds signs of fraud that were found after a participant joined. A sign that was seen once stays,
    /// whoever found it. Takes no lock but the participant's, so that nobody who holds one may wait for the
    /// lottery's.
    pub async fn flag(
        &mut self,
        lottery: LotteryId,
        user: UserId,
        found: Signals,
    ) -> Result<bool, StorageError> {
        let rows = fetch_all!(self.conn, (i64,),
            pg: "SELECT signals FROM lottery_participants WHERE lottery_id = $1 AND user_id = $2 FOR UPDATE"
            [lottery.get(), user.get()],
            lite: "SELECT signals FROM lottery_participants WHERE lottery_id = $1 AND user_id = $2"
            [lottery.get(), user.get()])?;
        let Some((known,)) = rows.first() else { return Ok(false) };
        let signals: Signals = Signals::from_bits(*known).iter().chain(found.iter()).collect();
        let rows = execute!(
            self.conn,
            "UPDATE lottery_participants SET signals = $3, is_suspicious = $4
             WHERE lottery_id = $1 AND user_id = $2",
            lottery.get(),
            user.get(),
            signals.bits(),
            signals.is_suspicious()
        )?;
        Ok(rows > 0)
    }

    /// Forgets up to `limit` participants of a lottery that is deleted; none of any other. Returns
    /// how many.
    pub async fn purge(&mut self, lottery: LotteryId, limit: u32) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "DELETE FROM lottery_participants WHERE lottery_id = $1 AND ticket IN
             (SELECT ticket FROM lottery_participants WHERE lottery_id = $1
              AND EXISTS (SELECT 1 FROM lotteries WHERE id = $1 AND deleted_at IS NOT NULL)
              ORDER BY ticket LIMIT $2)",
            lottery.get(),
            i64::from(limit)
        )
    }

    /// Whether people may still go; nobody else joins, leaves or closes until the transaction ends.
    async fn lock_changeable(&mut self, lottery: LotteryId) -> Result<bool, StorageError> {
        let rows = fetch_all!(self.conn, (i64,),
            pg: "SELECT tickets FROM lottery_counters
                 WHERE lottery_id = $1 AND entrance IN ('open', 'paused') FOR UPDATE"
            [lottery.get()],
            lite: "SELECT tickets FROM lottery_counters WHERE lottery_id = $1 AND entrance IN ('open', 'paused')"
            [lottery.get()])?;
        Ok(!rows.is_empty())
    }

    async fn count_out(&mut self, lottery: LotteryId, gone: u64) -> Result<(), StorageError> {
        if gone > 0 {
            execute!(
                self.conn,
                "UPDATE lottery_counters SET participants = participants - $2 WHERE lottery_id = $1",
                lottery.get(),
                i64::try_from(gone).unwrap_or(i64::MAX)
            )?;
        }
        Ok(())
    }
}
