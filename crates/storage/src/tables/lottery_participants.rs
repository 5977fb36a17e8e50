//! `lottery_participants`: who is registered in which lottery, with which ticket.
//!
//! Every change first locks the lottery's row of `lottery_counters` and moves its numbers in the same
//! transaction: so tickets have no gap, and the count is true by construction.

mod applying;
mod carrying;
mod changing;
mod examining;
mod joining;
mod listing;
mod searching;

use qura_domain::challenge::ChallengeKind;
use qura_domain::ids::UserId;
use qura_domain::lottery::{JoinSource, ParticipantState, Signals, Ticket};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;

pub use applying::{Application, LockedTerms};
pub use examining::ExaminedJoin;
pub use joining::{JoinedGroup, Joining, NewParticipant};
pub use listing::ParticipantFilter;

repository! {
    /// Participants of lotteries.
    ParticipantRepo
}

/// A participant, with the names that Telegram last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantRecord {
    pub user: UserId,
    pub ticket: Ticket,
    pub state: ParticipantState,
    pub joined_at: Timestamp,
    /// When the state changed last.
    pub changed_at: Timestamp,
    pub source: JoinSource,
    /// What they solved to get in; `None` where there was no challenge.
    pub challenge: Option<ChallengeKind>,
    pub signals: Signals,
    /// Why they were excluded.
    pub reason: Option<String>,
    /// `None` for one who is not known any more.
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// Without its `@`.
    pub username: Option<String>,
}

/// A row, in the order of its columns in every query here.
type Row = (
    i64,
    i64,
    String,
    i64,
    i64,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn record(
    (user, ticket, state, joined_at, changed_at, source, challenge, signals, reason, first, last, username): Row,
) -> Result<ParticipantRecord, StorageError> {
    Ok(ParticipantRecord {
        user: UserId::new(user),
        ticket: ticket_of(ticket),
        state: state_of(&state)?,
        joined_at: Timestamp::from_micros(joined_at),
        changed_at: Timestamp::from_micros(changed_at),
        source: JoinSource::from_name(&source).ok_or(StorageError::Unreadable("source of a participant"))?,
        challenge: challenge.as_deref().and_then(ChallengeKind::from_name),
        signals: Signals::from_bits(signals),
        reason,
        first_name: first,
        last_name: last,
        username,
    })
}

fn state_of(name: &str) -> Result<ParticipantState, StorageError> {
    ParticipantState::from_name(name).ok_or(StorageError::Unreadable("state of a participant"))
}

fn ticket_of(stored: i64) -> Ticket {
    Ticket::new(u64::try_from(stored).unwrap_or(0))
}

fn ticket_number(ticket: Ticket) -> i64 {
    i64::try_from(ticket.get()).unwrap_or(i64::MAX)
}
