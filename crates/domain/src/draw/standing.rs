//! Who has won as of now, after a receipt and its addenda, and who inherits.

use std::collections::VecDeque;

use super::addendum::Addendum;
use super::hash::Hash;
use super::leaf::Ticket;
use super::order::Order;
use super::receipt::Receipt;
use super::refusal::Refusal;
use super::seconds::UnixSeconds;
use super::walk::{Candidate, Outcome, Reason, Status, Walk, with_outcome};
use crate::code::Code;

/// The result of a draw, everything about it verified.
#[derive(Clone, Debug)]
pub struct Standing {
    code: Code,
    winners: Vec<Ticket>,
    line: Line,
    /// The digest of the last document, and the number of the next.
    digest: Hash,
    next_number: u32,
}

/// The heirs: the reserves, then the order past them.
#[derive(Clone, Debug)]
pub struct Line {
    waiting: VecDeque<Ticket>,
    order: Order,
}

impl Iterator for Line {
    type Item = Ticket;

    fn next(&mut self) -> Option<Ticket> {
        self.waiting.pop_front().or_else(|| self.order.next())
    }
}

/// A winner who is to be replaced.
#[derive(Clone, Debug)]
pub struct Replacement {
    pub replaced: Ticket,
    pub reason: Reason,
    pub status: Status,
    /// What the organizer says to it; shown to everyone.
    pub note: Option<String>,
}

impl Standing {
    /// Verifies the receipt and takes it as the beginning.
    pub fn after(receipt: &Receipt) -> Result<Self, Refusal> {
        let (next, order) = receipt.walked()?.rest();
        let waiting = receipt.reserves.iter().copied().chain(next).collect();
        Ok(Self {
            code: receipt.code.clone(),
            winners: receipt.winners.clone(),
            line: Line { waiting, order },
            digest: receipt.digest()?,
            next_number: 1,
        })
    }

    /// Who has won, in the order of the draw; an heir stands where the replaced one stood.
    pub fn winners(&self) -> &[Ticket] {
        &self.winners
    }

    /// The digest of the last document: the receipt, or the last addendum.
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// The search for one heir, to be taken up behind the candidates that were decided already.
    pub fn search(&self, done: &[Candidate]) -> Result<Walk<Line>, Refusal> {
        Walk::resume(self.line.clone(), 1, 0, done)
    }

    /// The addendum that a finished search comes to, and applies it.
    pub fn replace(
        &mut self,
        replacement: Replacement,
        search: Walk<Line>,
        at: UnixSeconds,
    ) -> Result<Addendum, Refusal> {
        let walk = search.into_candidates();
        let addendum = Addendum {
            code: self.code.clone(),
            number: self.next_number,
            before: self.digest,
            replaced: replacement.replaced,
            reason: replacement.reason,
            status: replacement.status,
            note: replacement.note,
            heir: with_outcome(&walk, Outcome::Winner).first().copied(),
            walk,
            at,
        };
        self.apply(&addendum)?;
        Ok(addendum)
    }

    /// Verifies the addendum as the next one; nothing changes where it is refused.
    pub fn apply(&mut self, addendum: &Addendum) -> Result<(), Refusal> {
        if addendum.code != self.code || addendum.number != self.next_number || addendum.before != self.digest
        {
            return Err(Refusal::Chain);
        }
        let replaced = self.winners.iter().position(|winner| *winner == addendum.replaced);
        let replaced = replaced.ok_or(Refusal::Replaced(addendum.replaced))?;
        let left_unseen = addendum.reason == Reason::Left && addendum.status != Status::Left;
        if addendum.reason == Reason::Void || left_unseen {
            return Err(Refusal::Outcome(addendum.replaced));
        }
        let search = self.search(&addendum.walk)?;
        if search.candidate().is_some() {
            return Err(Refusal::End);
        }
        if with_outcome(&addendum.walk, Outcome::Winner).first().copied() != addendum.heir {
            return Err(Refusal::Result);
        }
        let digest = addendum.digest()?;
        match (addendum.heir, self.winners.get_mut(replaced)) {
            (Some(heir), Some(place)) => *place = heir,
            _ => _ = self.winners.remove(replaced),
        }
        let (next, mut line) = search.rest();
        if let Some(next) = next {
            line.waiting.push_front(next);
        }
        self.line = line;
        self.digest = digest;
        self.next_number = self.next_number.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::commitment::Mode;
    use super::super::sample::Case;
    use super::super::walk::Decision;
    use super::*;

    const AT: UnixSeconds = UnixSeconds::new(1_700_000_000);

    fn replacement(replaced: Ticket) -> Replacement {
        Replacement { replaced, reason: Reason::Timeout, status: Status::Inside, note: None }
    }

    #[test]
    fn heirs_are_the_reserves_and_then_the_order_past_them_each_once() {
        let receipt = Case::new("heirs", Mode::Secret, 9, 2, 2).draw().receipt;
        let mut standing = Standing::after(&receipt).unwrap();
        let mut seen = standing.winners().to_vec();
        let mut heirs = Vec::new();
        while let [first, ..] = *standing.winners() {
            let mut search = standing.search(&[]).unwrap();
            search.decide(Decision::Accept, Status::Inside, AT).unwrap();
            heirs.extend(standing.replace(replacement(first), search, AT).unwrap().heir);
        }
        assert_eq!(heirs[..2], receipt.reserves);
        seen.extend(heirs);
        seen.sort_unstable();
        assert_eq!(seen, (1..=9).map(Ticket::new).collect::<Vec<_>>());
    }

    #[test]
    fn a_search_that_is_not_over_and_a_loser_change_nothing() {
        let receipt = Case::new("unchanged", Mode::Secret, 9, 2, 2).draw().receipt;
        let mut standing = Standing::after(&receipt).unwrap();
        let search = standing.search(&[]).unwrap();
        let refused = standing.replace(replacement(receipt.winners[0]), search, AT);
        assert_eq!(refused, Err(Refusal::End));
        let mut search = standing.search(&[]).unwrap();
        search.decide(Decision::Accept, Status::Inside, AT).unwrap();
        let loser = receipt.reserves[0];
        assert_eq!(standing.replace(replacement(loser), search, AT), Err(Refusal::Replaced(loser)));
        assert_eq!(standing.winners(), receipt.winners);
        assert_eq!(Ok(standing.digest()), receipt.digest());
    }

    #[test]
    fn a_search_goes_on_after_a_restart() {
        let receipt = Case::new("restart", Mode::Secret, 9, 2, 2).draw().receipt;
        let standing = Standing::after(&receipt).unwrap();
        let mut search = standing.search(&[]).unwrap();
        search.decide(Decision::Skip(Reason::Left), Status::Left, AT).unwrap();
        let resumed = standing.search(search.candidates()).unwrap();
        assert_eq!(resumed.candidate(), Some(receipt.reserves[1]));
    }
}
