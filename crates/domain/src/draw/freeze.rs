//! Step 2: everything that decides the draw, fixed in one hash before chance is known.

use super::beacon::Round;
use super::hash::{Hash, u64be};
use super::terms::Terms;

/// What is frozen. There is none where nobody takes part.
#[derive(Clone, Copy, Debug)]
pub struct Freeze<'a> {
    pub commitment: Hash,
    /// The participants' tree and its number of leaves, which is that of the tickets.
    pub root: Hash,
    pub tickets: u64,
    pub terms: &'a Terms,
    /// The round named now; none in mode 0.
    pub round: Option<Round>,
    /// 0, and one more each time a post came too late.
    pub attempt: u32,
}

impl Freeze<'_> {
    /// What is posted in the channel.
    pub fn hash(&self) -> Hash {
        Hash::of(&[
            b"qura/1/freeze",
            self.commitment.as_bytes(),
            self.root.as_bytes(),
            &u64be(self.tickets),
            &u64be(u64::from(self.terms.winners())),
            &u64be(u64::from(self.terms.reserves())),
            self.terms.hash().as_bytes(),
            &u64be(self.round.map_or(0, Round::get)),
            &u64be(u64::from(self.attempt)),
        ])
    }
}
