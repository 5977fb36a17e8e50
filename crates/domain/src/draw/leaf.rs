//! A participant as a leaf of the tree, and its opening, which only its owner gets.

use serde::{Deserialize, Serialize};

use super::commitment::SaltKey;
use super::hash::{Hash, hex, to_hex, u64be};
use super::merkle::root_from;
use crate::ids::UserId;

/// A participant's number, from 1 in the order of joining; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(u64);

impl Ticket {
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A participant at the freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    pub ticket: Ticket,
    pub user: UserId,
    /// Not withdrawn and not excluded.
    pub eligible: bool,
}

impl Participant {
    /// What goes into the tree for this participant.
    pub fn leaf(&self, key: &SaltKey) -> Hash {
        hash(&salt(key, self.ticket), self)
    }

    /// What this participant, and nobody else, gets to see that they are in the tree.
    pub fn open(&self, key: &SaltKey, tickets: u64, proof: Vec<Hash>) -> Opening {
        let Self { ticket, user, eligible } = *self;
        Opening { ticket, user, eligible, salt: Salt(salt(key, ticket)), tickets, proof }
    }
}

fn salt(key: &SaltKey, ticket: Ticket) -> [u8; 16] {
    Hash::of(&[b"qura/1/salt", key.expose(), &u64be(ticket.get())]).head()
}

fn hash(salt: &[u8; 16], participant: &Participant) -> Hash {
    let ticket = u64be(participant.ticket.get());
    let user = participant.user.get().to_be_bytes();
    Hash::of(&[&[0], salt, &ticket, &user, &[u8::from(participant.eligible)]])
}

/// Sixteen bytes that keep others from guessing who has a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt([u8; 16]);

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex(&text).map(Self).ok_or("not 16 bytes of lowercase hex")
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        to_hex(&salt.0)
    }
}

/// The proof that a participant was frozen with this ticket, and as eligible or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub ticket: Ticket,
    #[serde(with = "super::receipt::decimal")]
    pub user: UserId,
    pub eligible: bool,
    pub salt: Salt,
    /// How many tickets the tree has.
    pub tickets: u64,
    /// The siblings on the way from the leaf up to the root.
    pub proof: Vec<Hash>,
}

impl Opening {
    /// Whether this participant is in the tree with this root.
    pub fn is_in(&self, root: &Hash) -> bool {
        let Self { ticket, user, eligible, .. } = *self;
        let leaf = hash(&self.salt.0, &Participant { ticket, user, eligible });
        let index = ticket.get().checked_sub(1);
        index.and_then(|index| root_from(leaf, index, self.tickets, &self.proof)) == Some(*root)
    }
}

#[cfg(test)]
mod tests {
    use super::super::merkle::MerkleTree;
    use super::*;

    const KEY: SaltKey = SaltKey::new([9; 32]);

    fn participant(number: u64) -> Participant {
        let user = UserId::new(7_000_000_000 + i64::try_from(number).unwrap());
        Participant { ticket: Ticket::new(number), user, eligible: number != 3 }
    }

    #[test]
    fn an_opening_proves_exactly_one_participant() {
        let mut tree = MerkleTree::watching([2]);
        (1..=5).for_each(|number| tree.push(participant(number).leaf(&KEY)));
        let mut root = tree.finish();
        let opening = participant(3).open(&KEY, root.leaves, root.proofs.remove(0));
        assert!(opening.is_in(&root.hash));
        assert!(!Opening { eligible: true, ..opening.clone() }.is_in(&root.hash));
        assert!(!Opening { ticket: Ticket::new(4), ..opening.clone() }.is_in(&root.hash));
        assert!(!Opening { ticket: Ticket::new(0), ..opening.clone() }.is_in(&root.hash));
        assert!(!Opening { user: UserId::new(1), ..opening.clone() }.is_in(&root.hash));
        assert!(!Opening { tickets: 50, ..opening }.is_in(&root.hash));
    }

    #[test]
    fn the_same_person_looks_different_in_every_lottery() {
        assert_ne!(participant(1).leaf(&KEY), participant(1).leaf(&SaltKey::new([8; 32])));
    }
}
