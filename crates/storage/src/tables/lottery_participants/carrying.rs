//! Takes the participants of a lottery along into the one that carries on with it.

use qura_domain::ids::LotteryId;
use qura_domain::lottery::Ticket;
use qura_domain::time::Timestamp;

use super::{ParticipantRepo, ticket_number, ticket_of};
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

impl ParticipantRepo<'_> {
    /// Copies those behind a ticket of `from` into `to`, which nobody can join yet, with consecutive
    /// tickets in the old order. Left out are those who withdrew. The tickets of those who have won are
    /// void: were they left out, they could join anew. Returns the last ticket that was looked at; `None`
    /// when there was none left.
    pub async fn carry(
        &mut self,
        from: LotteryId,
        to: LotteryId,
        after: Ticket,
        limit: u32,
        at: Timestamp,
    ) -> Result<Option<Ticket>, StorageError> {
        let last = fetch_optional!(
            self.conn,
            (Option<i64>,),
            "SELECT MAX(ticket) FROM (SELECT ticket FROM lottery_participants
               WHERE lottery_id = $1 AND ticket > $2 ORDER BY ticket LIMIT $3) AS page",
            from.get(),
            ticket_number(after),
            i64::from(limit)
        )?;
        let Some(last) = last.and_then(|(last,)| last) else { return Ok(None) };
        execute!(
            self.conn,
            "INSERT INTO lottery_participants (lottery_id, user_id, ticket, state, joined_at, changed_at, source,
                                               challenge, signals, is_suspicious, excluded_by, reason)
             SELECT $2, user_id,
               (SELECT tickets FROM lottery_counters WHERE lottery_id = $2) + ROW_NUMBER() OVER (ORDER BY ticket),
               CASE WHEN EXISTS (SELECT 1 FROM lottery_winners WHERE lottery_winners.lottery_id = $1
                                 AND lottery_winners.ticket = old.ticket AND role = 'winner')
                 THEN 'won' ELSE state END,
               joined_at, $5, source, challenge, signals, is_suspicious, excluded_by, reason
             FROM lottery_participants AS old
             WHERE lottery_id = $1 AND ticket > $3 AND ticket <= $4 AND state <> 'withdrawn'",
            from.get(),
            to.get(),
            ticket_number(after),
            last,
            at.micros()
        )?;
        execute!(
            self.conn,
            "UPDATE lottery_counters SET
               tickets = COALESCE((SELECT MAX(ticket) FROM lottery_participants WHERE lottery_id = $1), 0),
               participants = participants + (SELECT COUNT(*) FROM lottery_participants
                 WHERE lottery_id = $1 AND ticket > lottery_counters.tickets AND state = 'registered')
             WHERE lottery_id = $1",
            to.get()
        )?;
        Ok(Some(ticket_of(last)))
    }
}
