//! Lists of participants: pages for screens, all of them for draws and reports.

use qura_domain::draw::leaf::Participant;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::Ticket;

use super::{ParticipantRecord, ParticipantRepo, Row, record, ticket_number, ticket_of};
use crate::error::StorageError;
use crate::page::Page;
use crate::sql::fetch_all;

/// Which participants a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParticipantFilter {
    Everyone,
    /// Those with signs of fraud, whatever became of them.
    Suspicious,
}

impl ParticipantRepo<'_> {
    /// Participants by rising ticket, void ones included: eight at a time for a screen, a thousand at
    /// a time for a report.
    pub async fn list(
        &mut self,
        lottery: LotteryId,
        filter: ParticipantFilter,
        page: Page<Ticket>,
        limit: u32,
    ) -> Result<Vec<ParticipantRecord>, StorageError> {
        let backwards = page.is_backwards();
        let key = page.key().map_or(0, ticket_number);
        let rows = match (filter, backwards) {
            (ParticipantFilter::Everyone, false) => fetch_all!(
                self.conn,
                Row,
                "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
                   first_name, last_name, username
                 FROM lottery_participants LEFT JOIN users ON users.id = user_id
                 WHERE lottery_id = $1 AND ticket > $2 ORDER BY ticket LIMIT $3",
                lottery.get(),
                key,
                i64::from(limit)
            )?,
            (ParticipantFilter::Everyone, true) => fetch_all!(
                self.conn,
                Row,
                "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
                   first_name, last_name, username
                 FROM lottery_participants LEFT JOIN users ON users.id = user_id
                 WHERE lottery_id = $1 AND ticket < $2 ORDER BY ticket DESC LIMIT $3",
                lottery.get(),
                key,
                i64::from(limit)
            )?,
            (ParticipantFilter::Suspicious, false) => fetch_all!(
                self.conn,
                Row,
                "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
                   first_name, last_name, username
                 FROM lottery_participants LEFT JOIN users ON users.id = user_id
                 WHERE lottery_id = $1 AND ticket > $2 AND is_suspicious ORDER BY ticket LIMIT $3",
                lottery.get(),
                key,
                i64::from(limit)
            )?,
            (ParticipantFilter::Suspicious, true) => fetch_all!(
                self.conn,
                Row,
                "SELECT user_id, ticket, state, joined_at, changed_at, source, challenge, signals, reason,
                   first_name, last_name, username
                 FROM lottery_participants LEFT JOIN users ON users.id = user_id
                 WHERE lottery_id = $1 AND ticket < $2 AND is_suspicious ORDER BY ticket DESC LIMIT $3",
                lottery.get(),
                key,
                i64::from(limit)
            )?,
        };
        let mut records = rows.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
        if backwards {
            records.reverse();
        }
        Ok(records)
    }

    /// Participants as they go into the draw, by rising ticket, those after the given one. A page that
    /// is shorter than `limit` is the last.
    pub async fn for_draw(
        &mut self,
        lottery: LotteryId,
        after: Option<Ticket>,
        limit: u32,
    ) -> Result<Vec<Participant>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64, String),
            "SELECT ticket, user_id, state FROM lottery_participants
             WHERE lottery_id = $1 AND ticket > $2 ORDER BY ticket LIMIT $3",
            lottery.get(),
            after.map_or(0, ticket_number),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(for_draw).collect())
    }

    /// The participants of these tickets, as they go into the draw; in no order.
    pub async fn with_tickets(
        &mut self,
        lottery: LotteryId,
        tickets: &[Ticket],
    ) -> Result<Vec<Participant>, StorageError> {
        let numbers: Vec<i64> = tickets.iter().map(|ticket| ticket_number(*ticket)).collect();
        let json = serde_json::json!(numbers).to_string();
        let rows = fetch_all!(self.conn, (i64, i64, String),
            pg: "SELECT ticket, user_id, state FROM lottery_participants
                 WHERE lottery_id = $1 AND ticket = ANY($2)"
            [lottery.get(), numbers],
            lite: "SELECT ticket, user_id, state FROM lottery_participants
                   WHERE lottery_id = $1 AND ticket IN (SELECT value FROM json_each($2))"
            [lottery.get(), json])?;
        Ok(rows.into_iter().map(for_draw).collect())
    }
}

fn for_draw((ticket, user, state): (i64, i64, String)) -> Participant {
    Participant { ticket: ticket_of(ticket), user: UserId::new(user), eligible: state == "registered" }
}
