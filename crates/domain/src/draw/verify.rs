//! Recomputes a receipt from its beginnings, and says what does not hold.

use super::beacon::{Randomness, Round};
use super::commitment::{Mode, commitment};
use super::freeze::Freeze;
use super::hash::Hash;
use super::merkle::empty_root;
use super::order::Order;
use super::receipt::{FreezeRecord, Receipt, digest};
use super::refusal::Refusal;
use super::seed::Seed;
use super::walk::{Outcome, Walk, with_outcome};

/// What a receipt's own text comes to, without believing any of it beforehand.
pub fn verify(bytes: &[u8], announced: Option<Hash>) -> Result<Receipt, Refusal> {
    let receipt = Receipt::parse(bytes)?;
    let found = Hash::of(&[bytes]);
    if announced.is_some_and(|announced| announced != found) {
        return Err(Refusal::Digest(found));
    }
    receipt.verify()?;
    Ok(receipt)
}

impl Receipt {
    /// Recomputes everything. What it cannot show is listed in `docs/draw-v1.md`.
    pub fn verify(&self) -> Result<(), Refusal> {
        self.walked().map(|_| ())
    }

    /// The digest by which an addendum, or the channel, names this receipt.
    pub fn digest(&self) -> Result<Hash, Refusal> {
        self.to_text().map(|text| digest(&text)).map_err(|_| Refusal::Format)
    }

    /// The walk at its end, everything about it verified.
    pub(super) fn walked(&self) -> Result<Walk<Order>, Refusal> {
        if commitment(&self.code, self.mode, &self.secret) != self.commitment {
            return Err(Refusal::Commitment);
        }
        if (self.terms.winners(), self.terms.reserves()) != (self.winners_wanted, self.reserves_wanted) {
            return Err(Refusal::Terms);
        }
        self.check_freezes()?;
        let randomness = self.check_beacon()?;
        let order = match self.freezes.last() {
            Some(freeze) => {
                Order::new(Seed::new(&self.secret, &freeze.hash, randomness.as_ref()), self.tickets)
            }
            None => Order::new(Seed::from_hash(empty_root()), 0),
        };
        let walk = Walk::resume(order, self.winners_wanted, self.reserves_wanted, &self.walk)?;
        if walk.candidate().is_some() {
            return Err(Refusal::End);
        }
        let skips = self.walk.iter().filter(|candidate| candidate.is_skipped()).count();
        let told = u64::try_from(skips) == Ok(self.skips)
            && with_outcome(&self.walk, Outcome::Winner) == self.winners
            && with_outcome(&self.walk, Outcome::Reserve) == self.reserves;
        if told { Ok(walk) } else { Err(Refusal::Result) }
    }

    fn check_freezes(&self) -> Result<(), Refusal> {
        let Some((counted, missed)) = self.freezes.split_last() else {
            let nobody = self.tickets == 0 && self.root == empty_root();
            return if nobody { Ok(()) } else { Err(Refusal::Attempts) };
        };
        if self.tickets == 0 || !self.attempts_follow() {
            return Err(Refusal::Attempts);
        }
        for freeze in &self.freezes {
            self.recompute(freeze)?;
        }
        if self.mode == Mode::Beacon {
            if let Some(used) = missed.iter().find(|freeze| freeze.was_in_time()) {
                return Err(Refusal::DiscardedFreeze(used.attempt));
            }
            if !counted.was_in_time() {
                return Err(Refusal::LateFreeze);
            }
        }
        Ok(())
    }

    /// Attempts count from 0, each names a later round; without a beacon there is one attempt.
    fn attempts_follow(&self) -> bool {
        let counted = (0..).zip(&self.freezes).all(|(attempt, freeze)| freeze.attempt == attempt);
        let rounds = self.freezes.iter().map(|freeze| freeze.round);
        let named = match self.mode {
            Mode::Secret => self.freezes.len() == 1 && rounds.clone().all(|round| round.is_none()),
            Mode::Beacon => rounds.clone().all(|round| round.is_some()),
        };
        counted && named && rounds.is_sorted_by(|before, after| before < after)
    }

    fn recompute(&self, record: &FreezeRecord) -> Result<(), Refusal> {
        let freeze = Freeze {
            commitment: self.commitment,
            root: self.root,
            tickets: self.tickets,
            terms: &self.terms,
            round: record.round,
            attempt: record.attempt,
        };
        if freeze.hash() == record.hash { Ok(()) } else { Err(Refusal::Freeze(record.attempt)) }
    }

    fn check_beacon(&self) -> Result<Option<Randomness>, Refusal> {
        let named: Option<Round> = self.freezes.last().and_then(|freeze| freeze.round);
        if self.beacon.map(|beacon| beacon.round) != named {
            return Err(Refusal::Beacon);
        }
        self.beacon.map(|beacon| beacon.randomness().map_err(|_| Refusal::Beacon)).transpose()
    }
}

impl FreezeRecord {
    /// Whether it was posted early enough to count, where a beacon is used.
    pub fn was_in_time(&self) -> bool {
        match (self.round, self.post) {
            (Some(round), Some(post)) => round.was_named_in_time(post.date),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::Case;
    use super::*;

    proptest! {
        #[test]
        fn every_draw_verifies_and_no_two_texts_of_it_do(
            tickets in 0u64..40, winners in 0u32..6, reserves in 0u32..6, gone: u64, at: usize, byte: u8,
        ) {
            let mut case = Case::new("any", Mode::Secret, tickets, winners, reserves);
            case.people.withdrawn = (1..=tickets).filter(|ticket| gone >> ticket & 1 == 1).collect();
            let receipt = case.draw().receipt;
            prop_assert_eq!(receipt.verify(), Ok(()));
            prop_assert!(receipt.winners.iter().all(|ticket| gone >> ticket.get() & 1 == 0));
            let text = receipt.to_text().unwrap();
            let digest = digest(&text);
            let mut bytes = text.into_bytes();
            prop_assert_eq!(verify(&bytes, Some(digest)), Ok(receipt.clone()));
            let at = at % bytes.len();
            if bytes[at] != byte {
                bytes[at] = byte;
                prop_assert!(verify(&bytes, Some(digest)).is_err());
                // Without a digest, what is believed is another receipt and told in its one text.
                if let Ok(other) = verify(&bytes, None) {
                    prop_assert_ne!(&other, &receipt);
                    prop_assert_eq!(other.to_text().unwrap().into_bytes(), bytes);
                    prop_assert_eq!(other.winners, receipt.winners);
                }
            }
        }

        #[test]
        fn whatever_is_sent_never_panics(bytes: Vec<u8>) {
            prop_assert!(verify(&bytes, None).is_err());
        }
    }
}
