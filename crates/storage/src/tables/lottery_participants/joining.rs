//! Registers people, many of one lottery at a time.

use std::collections::BTreeMap;

use qura_domain::challenge::ChallengeKind;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{JoinSource, ParticipantState, Signals, Ticket};
use qura_domain::time::Timestamp;

use super::{ParticipantRepo, ticket_number, ticket_of};
use crate::error::StorageError;
use crate::sql::{execute, fetch_all};

/// A person who may join, as far as everything but this table tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParticipant {
    pub user: UserId,
    pub joined_at: Timestamp,
    pub source: JoinSource,
    pub challenge: Option<ChallengeKind>,
    pub signals: Signals,
}

/// What came of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// For the first time.
    Registered(Ticket),
    /// The ticket of somebody who had withdrawn is valid again.
    Returned(Ticket),
    AlreadyIn(Ticket),
    /// The organizer excluded them; nothing changed.
    Excluded(Ticket),
    /// They won in the draw that this lottery carries on; nothing changed.
    Won(Ticket),
}

impl Joining {
    pub const fn ticket(self) -> Ticket {
        match self {
            Self::Registered(ticket)
            | Self::Returned(ticket)
            | Self::AlreadyIn(ticket)
            | Self::Excluded(ticket)
            | Self::Won(ticket) => ticket,
        }
    }
}

/// What came of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedGroup {
    /// One for each person, in their order.
    pub outcomes: Vec<Joining>,
    /// How many are registered now.
    pub participants: u64,
}

impl ParticipantRepo<'_> {
    /// Registers people in one lottery, as if one after the other. `None` when it is not open: then
    /// nothing changed, and nobody who asks later gets in before it is opened again.
    ///
    /// A few hundred people are a good size. The lottery is locked until the transaction ends.
    pub async fn join(
        &mut self,
        lottery: LotteryId,
        people: &[NewParticipant],
    ) -> Result<Option<JoinedGroup>, StorageError> {
        let Some((tickets, participants)) = self.lock_open(lottery).await? else { return Ok(None) };
        let users: Vec<UserId> = people.iter().map(|person| person.user).collect();
        let known = self.tickets(lottery, &users).await?;
        let group = Group::of(people, known, tickets);
        if !group.new.is_empty() {
            self.insert(lottery, &group.new).await?;
        }
        if !group.returned.is_empty() {
            self.revive(lottery, &group.returned).await?;
        }
        let came = i64::try_from(group.new.len() + group.returned.len()).unwrap_or(i64::MAX);
        if came > 0 {
            execute!(
                self.conn,
                "UPDATE lottery_counters SET tickets = tickets + $2, participants = participants + $3
                 WHERE lottery_id = $1",
                lottery.get(),
                i64::try_from(group.new.len()).unwrap_or(i64::MAX),
                came
            )?;
        }
        let participants = u64::try_from(participants.saturating_add(came)).unwrap_or(0);
        Ok(Some(JoinedGroup { outcomes: group.outcomes, participants }))
    }

    /// The last ticket and how many are registered; nobody else joins, leaves or closes until the
    /// transaction ends.
    async fn lock_open(&mut self, lottery: LotteryId) -> Result<Option<(i64, i64)>, StorageError> {
        let rows = fetch_all!(self.conn, (i64, i64),
            pg: "SELECT tickets, participants FROM lottery_counters
                 WHERE lottery_id = $1 AND entrance = 'open' FOR UPDATE"
            [lottery.get()],
            lite: "SELECT tickets, participants FROM lottery_counters WHERE lottery_id = $1 AND entrance = 'open'"
            [lottery.get()])?;
        Ok(rows.into_iter().next())
    }

    async fn insert(
        &mut self,
        lottery: LotteryId,
        new: &BTreeMap<UserId, (Ticket, &NewParticipant)>,
    ) -> Result<(), StorageError> {
        execute!(self.conn,
            pg: "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source,
                                                   challenge, signals, is_suspicious)
                 SELECT $1, user_id, ticket, joined_at, joined_at, source, challenge, signals, is_suspicious
                 FROM UNNEST($2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[],
                             $8::BOOLEAN[])
                   AS new (user_id, ticket, joined_at, source, challenge, signals, is_suspicious)"
            [lottery.get(), new.keys().map(|user| user.get()).collect::<Vec<_>>(),
             column(new, |ticket, _| ticket_number(ticket)), column(new, |_, person| person.joined_at.micros()),
             column(new, |_, person| person.source.name()),
             column(new, |_, person| person.challenge.map(ChallengeKind::name)),
             column(new, |_, person| person.signals.bits()),
             column(new, |_, person| person.signals.is_suspicious())],
            lite: "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source,
                                                     challenge, signals, is_suspicious)
                   SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 2, value ->> 3, value ->> 4,
                          value ->> 5, value ->> 6
                   FROM json_each($2)"
            [lottery.get(), rows(new)])?;
        Ok(())
    }

    async fn revive(
        &mut self,
        lottery: LotteryId,
        returned: &BTreeMap<UserId, (Ticket, &NewParticipant)>,
    ) -> Result<(), StorageError> {
        execute!(self.conn,
            // They are there: as conflicts they are found by the key, whatever plan is kept.
            pg: "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
                 SELECT $1, user_id, ticket, changed_at, changed_at, source
                 FROM UNNEST($2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[])
                   AS back (user_id, ticket, changed_at, source)
                 ON CONFLICT (lottery_id, user_id)
                   DO UPDATE SET state = 'registered', changed_at = excluded.changed_at"
            [lottery.get(), returned.keys().map(|user| user.get()).collect::<Vec<_>>(),
             column(returned, |ticket, _| ticket_number(ticket)),
             column(returned, |_, person| person.joined_at.micros()),
             column(returned, |_, person| person.source.name())],
            lite: "UPDATE lottery_participants SET state = 'registered', changed_at = back.value ->> 2
                   FROM json_each($2) AS back WHERE lottery_id = $1 AND user_id = back.value ->> 0"
            [lottery.get(), rows(returned)])?;
        Ok(())
    }
}

/// A group sorted out: what each person hears, and what is to be written. By rising id, as every batch.
struct Group<'a> {
    outcomes: Vec<Joining>,
    new: BTreeMap<UserId, (Ticket, &'a NewParticipant)>,
    returned: BTreeMap<UserId, (Ticket, &'a NewParticipant)>,
}

impl<'a> Group<'a> {
    fn of(
        people: &'a [NewParticipant],
        mut known: BTreeMap<UserId, (Ticket, ParticipantState)>,
        tickets: i64,
    ) -> Self {
        let mut last = ticket_of(tickets).get();
        let (mut new, mut returned) = (BTreeMap::new(), BTreeMap::new());
        let mut outcomes = Vec::with_capacity(people.len());
        for person in people {
            // Who is twice in the group is in by the first.
            let outcome = match known.get(&person.user).copied() {
                Some((ticket, ParticipantState::Registered)) => Joining::AlreadyIn(ticket),
                Some((ticket, ParticipantState::Excluded)) => Joining::Excluded(ticket),
                Some((ticket, ParticipantState::Won)) => Joining::Won(ticket),
                Some((ticket, ParticipantState::Withdrawn)) => {
                    returned.insert(person.user, (ticket, person));
                    Joining::Returned(ticket)
                }
                None => {
                    last += 1;
                    new.insert(person.user, (Ticket::new(last), person));
                    Joining::Registered(Ticket::new(last))
                }
            };
            if matches!(outcome, Joining::Registered(_) | Joining::Returned(_)) {
                known.insert(person.user, (outcome.ticket(), ParticipantState::Registered));
            }
            outcomes.push(outcome);
        }
        Self { outcomes, new, returned }
    }
}

fn column<'a, T>(
    people: &BTreeMap<UserId, (Ticket, &'a NewParticipant)>,
    value: impl Fn(Ticket, &'a NewParticipant) -> T,
) -> Vec<T> {
    people.values().map(|(ticket, person)| value(*ticket, person)).collect()
}

fn rows(new: &BTreeMap<UserId, (Ticket, &NewParticipant)>) -> String {
    let rows: Vec<_> = new
        .iter()
        .map(|(user, (ticket, person))| {
            (
                user,
                ticket,
                person.joined_at,
                person.source.name(),
                person.challenge.map(ChallengeKind::name),
                person.signals.bits(),
                i64::from(person.signals.is_suspicious()),
            )
        })
        .collect();
    serde_json::json!(rows).to_string()
}
