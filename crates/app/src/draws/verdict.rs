//! Whether a draw holds: all of it computed again from its documents, once for each of its results.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use qura_domain::draw::hash::Hash;
use qura_domain::lottery::Ticket;

use super::{DrawService, DrawView, standing};

/// Results that are remembered.
const MOST: usize = 256;

/// What was found out lately, the oldest first.
#[derive(Debug, Default)]
pub struct Verdicts(Mutex<VecDeque<(Hash, bool)>>);

impl Verdicts {
    fn get(&self, key: &Hash) -> Option<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(known, _)| known == key).map(|(_, holds)| *holds)
    }

    fn remember(&self, key: Hash, holds: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.pop_front();
        }
        known.push_back((key, holds));
    }
}

impl DrawService {
    /// Computes the draw and all addenda again, and compares with who is said to have won.
    pub async fn holds(&self, draw: &DrawView) -> bool {
        let key = key(draw);
        if let Some(holds) = self.verdicts.get(&key) {
            return holds;
        }
        let draw = draw.clone();
        // A panic of it is no proof.
        let holds = tokio::task::spawn_blocking(move || verify(&draw)).await.unwrap_or(false);
        self.verdicts.remember(key, holds);
        holds
    }
}

/// Of everything that the verdict rests on.
fn key(draw: &DrawView) -> Hash {
    let mut parts = Vec::new();
    for document in &draw.documents {
        parts.push(Hash::of(&[document.content.as_bytes()]));
    }
    let winners: Vec<u8> = told(draw).iter().flat_map(|ticket| ticket.get().to_be_bytes()).collect();
    let mut parts: Vec<&[u8]> = parts.iter().map(|hash| &hash.as_bytes()[..]).collect();
    parts.push(&winners);
    Hash::of(&parts)
}

fn told(draw: &DrawView) -> Vec<Ticket> {
    let mut told: Vec<Ticket> = draw.winners.iter().map(|record| record.winner.ticket).collect();
    told.sort_unstable();
    told
}

fn verify(draw: &DrawView) -> bool {
    let Ok(Some(standing)) = standing(&draw.documents) else { return false };
    let mut computed = standing.winners().to_vec();
    computed.sort_unstable();
    told(draw) == computed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_verdicts_are_remembered_and_no_more() {
        let verdicts = Verdicts::default();
        let hash = |number: usize| Hash::of(&[&number.to_be_bytes()]);
        for number in 0..=MOST {
            assert_eq!(verdicts.get(&hash(number)), None);
            verdicts.remember(hash(number), number % 2 == 0);
        }
        assert_eq!(verdicts.get(&hash(0)), None);
        assert_eq!(verdicts.get(&hash(1)), Some(false));
        assert_eq!(verdicts.get(&hash(MOST)), Some(true));
    }
}
