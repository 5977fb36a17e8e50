//! What decides whether one person may join one lottery, as far as the database knows it.

use std::collections::BTreeMap;

use qura_domain::code::Code;
use qura_domain::draw::hash::Hash;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{JoinTerms, LotteryState, ParticipantState, Ticket};

use super::{ParticipantRepo, state_of, ticket_of};
use crate::error::StorageError;
use crate::sql::{fetch_all, fetch_optional};

/// A lottery, and a person before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub lottery: LotteryId,
    pub organizer: UserId,
    /// Where the lottery is published.
    pub chat: ChatId,
    pub terms: JoinTerms,
    /// What its draw is committed to; `None` before the publication.
    pub commitment: Option<Hash>,
    /// The person's own ticket, valid or not.
    pub ticket: Option<(Ticket, ParticipantState)>,
    /// Whether that ticket shows signs of fraud.
    pub is_suspicious: bool,
    pub is_banned: bool,
}

/// The terms of a lottery whose row is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedTerms {
    pub code: Code,
    pub organizer: UserId,
    pub chat: ChatId,
    pub terms: JoinTerms,
    pub commitment: Option<Hash>,
}

fn terms(state: &str, settings: &str) -> Result<JoinTerms, StorageError> {
    Ok(JoinTerms {
        state: LotteryState::from_name(state).ok_or(StorageError::Unreadable("state of a lottery"))?,
        settings: serde_json::from_str(settings)
            .map_err(|_| StorageError::Unreadable("settings of a lottery"))?,
    })
}

fn commitment(stored: Option<&str>) -> Result<Option<Hash>, StorageError> {
    stored.map(|hash| Hash::parse(hash).ok_or(StorageError::Unreadable("commitment"))).transpose()
}

impl ParticipantRepo<'_> {
    /// A lottery as one person stands before it; `None` for one that is not there. One read, whatever
    /// is asked: a press of the button is made of it.
    pub async fn application(
        &mut self,
        lottery: LotteryId,
        user: UserId,
    ) -> Result<Option<Application>, StorageError> {
        type Row = (
            i64,
            i64,
            String,
            String,
            Option<String>,
            Option<i64>,
            Option<String>,
            Option<bool>,
            Option<i64>,
        );
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT organizer_id, chat_id, lotteries.state, settings, commitment, ticket, lottery_participants.state,
               is_suspicious, banned_at
             FROM lotteries
             LEFT JOIN lottery_participants ON lottery_participants.lottery_id = $1
               AND lottery_participants.user_id = $2
             LEFT JOIN users ON users.id = $2
             WHERE lotteries.id = $1",
            lottery.get(),
            user.get()
        )?;
        let Some((organizer, chat, state, settings, committed, ticket, own, suspicious, banned)) = row else {
            return Ok(None);
        };
        let own = own.as_deref().map(state_of).transpose()?;
        Ok(Some(Application {
            lottery,
            organizer: UserId::new(organizer),
            chat: ChatId::new(chat),
            terms: terms(&state, &settings)?,
            commitment: commitment(committed.as_deref())?,
            ticket: ticket.map(ticket_of).zip(own),
            is_suspicious: suspicious.unwrap_or(false),
            is_banned: banned.is_some(),
        }))
    }

    /// The terms of a lottery, locked: until the transaction ends nobody else joins or leaves it, and it
    /// goes to no other state.
    pub async fn lock_terms(&mut self, lottery: LotteryId) -> Result<Option<LockedTerms>, StorageError> {
        let locked = fetch_all!(self.conn, (i64,),
            pg: "SELECT lottery_id FROM lottery_counters WHERE lottery_id = $1 FOR UPDATE"
            [lottery.get()],
            lite: "SELECT lottery_id FROM lottery_counters WHERE lottery_id = $1"
            [lottery.get()])?;
        if locked.is_empty() {
            return Ok(None);
        }
        let row = fetch_optional!(
            self.conn,
            (String, i64, i64, String, String, Option<String>),
            "SELECT code, organizer_id, chat_id, state, settings, commitment FROM lotteries WHERE id = $1",
            lottery.get()
        )?;
        let Some((code, organizer, chat, state, settings, committed)) = row else { return Ok(None) };
        Ok(Some(LockedTerms {
            code: Code::parse(&code).ok_or(StorageError::Unreadable("code"))?,
            organizer: UserId::new(organizer),
            chat: ChatId::new(chat),
            terms: terms(&state, &settings)?,
            commitment: commitment(committed.as_deref())?,
        }))
    }

    /// The tickets of those of these people who have one in the lottery, valid or not.
    ///
    /// On PostgreSQL each is looked up by itself: a plan for all of an array that was made while the lottery was
    /// small, and kept, goes through everybody in it. Two numbers that are both given leave no such choice.
    pub async fn tickets(
        &mut self,
        lottery: LotteryId,
        users: &[UserId],
    ) -> Result<BTreeMap<UserId, (Ticket, ParticipantState)>, StorageError> {
        let users: Vec<i64> = users.iter().map(|user| user.get()).collect();
        let json = serde_json::json!(users).to_string();
        let rows = fetch_all!(self.conn, (i64, i64, String),
            pg: "SELECT asked.user_id, ticket, state FROM UNNEST($2::BIGINT[]) AS asked (user_id)
                 CROSS JOIN LATERAL (SELECT ticket, state FROM lottery_participants
                                     WHERE lottery_id = $1 AND user_id = asked.user_id OFFSET 0) AS found"
            [lottery.get(), users],
            lite: "SELECT user_id, ticket, state FROM lottery_participants
                   WHERE lottery_id = $1 AND user_id IN (SELECT value FROM json_each($2))"
            [lottery.get(), json])?;
        rows.into_iter()
            .map(|(user, ticket, state)| Ok((UserId::new(user), (ticket_of(ticket), state_of(&state)?))))
            .collect()
    }
}
