//! Step 3: the number from which the order follows.

use super::beacon::Randomness;
use super::commitment::Secret;
use super::hash::{Hash, u64be};

/// Decides the whole order; unknown to anyone before the round of the beacon is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(Hash);

impl Seed {
    /// `beacon` is none in mode 0 only.
    pub fn new(secret: &Secret, freeze: &Hash, beacon: Option<&Randomness>) -> Self {
        let beacon: &[u8] = beacon.map_or(&[], |beacon| beacon.as_bytes());
        Self(Hash::of(&[b"qura/1/seed", secret.expose(), freeze.as_bytes(), beacon]))
    }

    /// A seed that is known already, e.g. from the database.
    pub const fn from_hash(hash: Hash) -> Self {
        Self(hash)
    }

    pub const fn hash(&self) -> Hash {
        self.0
    }

    /// The number `x` with this counter.
    pub(super) fn number(&self, counter: u64) -> u64 {
        u64::from_be_bytes(Hash::of(&[b"qura/1/num", self.0.as_bytes(), &u64be(counter)]).head())
    }
}
