//! Step 5: along the order, candidate by candidate, until winners and reserves are full.

use serde::{Deserialize, Serialize};

use super::leaf::Ticket;
use super::refusal::Refusal;
use super::seconds::UnixSeconds;

/// A ticket that was reached, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub ticket: Ticket,
    pub outcome: Outcome,
    pub status: Status,
    /// When the status was observed.
    pub at: UnixSeconds,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Outcome {
    Winner,
    Reserve,
    Skipped(Reason),
}

/// Why a candidate is skipped, or a winner replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reason {
    /// Withdrawn or excluded before the freeze; the ticket's opening proves it to its owner.
    Void,
    Left,
    NoPremium,
    /// The condition with this number, from 1 in the order of the terms, was not met.
    Condition(u8),
    Declined,
    Timeout,
    /// The organizer asked for another winner.
    Redrawn,
}

/// How a person was seen in the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Inside,
    /// Went by themself.
    Left,
    /// Taken out by an administrator, which costs nobody their win.
    Removed,
    /// The terms do not ask for it, or there was no need to look.
    Unchecked,
}

/// Whether a candidate takes the place that is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Skip(Reason),
}

impl Candidate {
    /// Whether the outcome may stand beside the status.
    pub(super) fn is_consistent(&self) -> bool {
        match self.outcome {
            Outcome::Winner | Outcome::Reserve => self.status != Status::Left,
            Outcome::Skipped(Reason::Left) => self.status == Status::Left,
            Outcome::Skipped(Reason::Redrawn) => false,
            Outcome::Skipped(_) => true,
        }
    }

    pub const fn is_skipped(&self) -> bool {
        matches!(self.outcome, Outcome::Skipped(_))
    }
}

/// A draw under way over some order of tickets.
#[derive(Clone, Debug)]
pub struct Walk<I> {
    order: I,
    next: Option<Ticket>,
    winners: u32,
    reserves: u32,
    candidates: Vec<Candidate>,
}

impl<I: Iterator<Item = Ticket>> Walk<I> {
    pub fn new(mut order: I, winners: u32, reserves: u32) -> Self {
        let next = order.next();
        Self { order, next, winners, reserves, candidates: Vec::new() }
    }

    /// Takes up a draw where it stood, e.g. after a restart; refuses candidates that cannot have been.
    pub fn resume(order: I, winners: u32, reserves: u32, done: &[Candidate]) -> Result<Self, Refusal> {
        let mut walk = Self::new(order, winners, reserves);
        for candidate in done {
            if walk.next != Some(candidate.ticket) {
                return Err(Refusal::Order(candidate.ticket));
            }
            let outcome = candidate.outcome;
            let place = walk.place().ok_or(Refusal::End)?;
            if !candidate.is_consistent() || !candidate.is_skipped() && outcome != place {
                return Err(Refusal::Outcome(candidate.ticket));
            }
            walk.settle(*candidate);
        }
        Ok(walk)
    }

    /// The ticket to be looked at now; the same one until it is decided. `None`: the draw is done,
    /// because all places are taken or no ticket is left.
    pub fn candidate(&self) -> Option<Ticket> {
        self.place().and(self.next)
    }

    /// Decides about [`Self::candidate`]; nothing happens once the draw is done. A candidate who was seen
    /// to have left, or is skipped for having left without being seen to, is [`Refusal::Outcome`].
    pub fn decide(&mut self, decision: Decision, status: Status, at: UnixSeconds) -> Result<(), Refusal> {
        let (Some(place), Some(ticket)) = (self.place(), self.next) else { return Ok(()) };
        let outcome = match decision {
            Decision::Accept => place,
            Decision::Skip(reason) => Outcome::Skipped(reason),
        };
        let candidate = Candidate { ticket, outcome, status, at };
        if !candidate.is_consistent() {
            return Err(Refusal::Outcome(ticket));
        }
        self.settle(candidate);
        Ok(())
    }

    fn settle(&mut self, candidate: Candidate) {
        match candidate.outcome {
            Outcome::Winner => self.winners = self.winners.saturating_sub(1),
            Outcome::Reserve => self.reserves = self.reserves.saturating_sub(1),
            Outcome::Skipped(_) => {}
        }
        self.candidates.push(candidate);
        self.next = self.order.next();
    }

    /// What an accepted candidate would become.
    const fn place(&self) -> Option<Outcome> {
        match (self.winners, self.reserves) {
            (1.., _) => Some(Outcome::Winner),
            (0, 1..) => Some(Outcome::Reserve),
            (0, 0) => None,
        }
    }

    /// Places that are free: how many candidates are sure to be needed, if there are as many.
    pub fn places_left(&self) -> usize {
        usize::try_from(self.winners.saturating_add(self.reserves)).unwrap_or(usize::MAX)
    }

    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    pub fn into_candidates(self) -> Vec<Candidate> {
        self.candidates
    }

    /// What follows behind the candidates so far.
    pub(super) fn rest(self) -> (Option<Ticket>, I) {
        (self.next, self.order)
    }
}

/// The tickets of those that have this outcome, in the order of the draw.
pub fn with_outcome(candidates: &[Candidate], outcome: Outcome) -> Vec<Ticket> {
    let found = candidates.iter().filter(|candidate| candidate.outcome == outcome);
    found.map(|candidate| candidate.ticket).collect()
}

impl TryFrom<String> for Reason {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.as_str() {
            "void" => Self::Void,
            "left" => Self::Left,
            "no_premium" => Self::NoPremium,
            "declined" => Self::Declined,
            "timeout" => Self::Timeout,
            "redrawn" => Self::Redrawn,
            other => {
                let number = other.strip_prefix("condition_").and_then(|number| number.parse().ok());
                let number = number.filter(|number| *number > 0).ok_or("not a reason")?;
                Self::Condition(number)
            }
        })
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Void => "void".to_owned(),
            Reason::Left => "left".to_owned(),
            Reason::NoPremium => "no_premium".to_owned(),
            Reason::Condition(number) => format!("condition_{number}"),
            Reason::Declined => "declined".to_owned(),
            Reason::Timeout => "timeout".to_owned(),
            Reason::Redrawn => "redrawn".to_owned(),
        }
    }
}

impl TryFrom<String> for Outcome {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "winner" => Ok(Self::Winner),
            "reserve" => Ok(Self::Reserve),
            _ => Reason::try_from(text).map(Self::Skipped),
        }
    }
}

impl From<Outcome> for String {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Winner => "winner".to_owned(),
            Outcome::Reserve => "reserve".to_owned(),
            Outcome::Skipped(reason) => reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: UnixSeconds = UnixSeconds::new(1_700_000_000);

    fn walk(tickets: u64, winners: u32, reserves: u32) -> Walk<impl Iterator<Item = Ticket>> {
        Walk::new((1..=tickets).map(Ticket::new), winners, reserves)
    }

    /// Skips those whose bit is set.
    fn go(mut walk: Walk<impl Iterator<Item = Ticket>>, gone: u64) -> Vec<Candidate> {
        while let Some(ticket) = walk.candidate() {
            let (decision, status) = match gone >> (ticket.get() % 64) & 1 {
                0 => (Decision::Accept, Status::Inside),
                _ => (Decision::Skip(Reason::Left), Status::Left),
            };
            walk.decide(decision, status, AT).unwrap();
        }
        walk.into_candidates()
    }

    proptest! {
        #[test]
        fn fills_winners_then_reserves_with_the_first_who_may(
            tickets in 0u64..60, winners in 0u32..8, reserves in 0u32..8, gone: u64,
        ) {
            let done = go(walk(tickets, winners, reserves), gone);
            let may: Vec<_> = (1..=tickets).filter(|t| gone >> (t % 64) & 1 == 0).map(Ticket::new).collect();
            let (winners, reserves) = (winners.try_into().unwrap(), reserves.try_into().unwrap());
            let first: Vec<_> = may.iter().copied().take(winners).collect();
            let then: Vec<_> = may.iter().copied().skip(winners).take(reserves).collect();
            prop_assert_eq!(with_outcome(&done, Outcome::Winner), first);
            prop_assert_eq!(with_outcome(&done, Outcome::Reserve), then);
        }

        #[test]
        fn goes_on_after_a_restart_as_if_there_had_been_none(
            tickets in 0u64..60, winners in 0u32..8, reserves in 0u32..8, gone: u64, cut: usize,
        ) {
            let whole = go(walk(tickets, winners, reserves), gone);
            let done = &whole[..cut % (whole.len() + 1)];
            let order = (1..=tickets).map(Ticket::new);
            let resumed = Walk::resume(order, winners, reserves, done).unwrap();
            prop_assert_eq!(go(resumed, gone), whole);
        }
    }

    #[test]
    fn nobody_who_left_wins_and_nobody_else_is_skipped_for_it() {
        let mut walk = walk(3, 1, 0);
        let refused = Err(Refusal::Outcome(Ticket::new(1)));
        assert_eq!(walk.decide(Decision::Accept, Status::Left, AT), refused);
        assert_eq!(walk.decide(Decision::Skip(Reason::Left), Status::Removed, AT), refused);
        assert_eq!(walk.decide(Decision::Skip(Reason::Redrawn), Status::Inside, AT), refused);
        assert_eq!(walk.candidate(), Some(Ticket::new(1)));
        assert_eq!(walk.decide(Decision::Accept, Status::Removed, AT), Ok(()));
        assert_eq!(walk.candidate(), None);
    }

    #[test]
    fn a_finished_draw_takes_no_more() {
        let mut walk = walk(3, 1, 0);
        walk.decide(Decision::Accept, Status::Inside, AT).unwrap();
        walk.decide(Decision::Accept, Status::Inside, AT).unwrap();
        assert_eq!(walk.candidates().len(), 1);
        let again =
            [walk.candidates(), &[Candidate { ticket: Ticket::new(2), ..walk.candidates()[0] }]].concat();
        let resumed = Walk::resume((1..=3).map(Ticket::new), 1, 0, &again);
        assert_eq!(resumed.err(), Some(Refusal::End));
    }
}
