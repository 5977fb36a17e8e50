//! A change of winners after the receipt, which names the document before it.

use serde::{Deserialize, Serialize};

use super::canonical::{NotCanonical, document};
use super::hash::Hash;
use super::leaf::Ticket;
use super::receipt::{digest, read};
use super::refusal::Refusal;
use super::seconds::UnixSeconds;
use super::walk::{Candidate, Reason, Status};
use crate::code::Code;

/// One winner lost the place, and who got it: the next reserve, else the next in the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addendum {
    pub code: Code,
    /// 1 for the first after the receipt.
    pub number: u32,
    /// The digest of the receipt, or of the addendum with the number before.
    pub before: Hash,
    pub replaced: Ticket,
    pub reason: Reason,
    /// How the one who is replaced was seen.
    pub status: Status,
    /// What the organizer says to it.
    pub note: Option<String>,
    /// Those who were looked at for the place; the last one has it, unless nobody was left.
    pub walk: Vec<Candidate>,
    pub heir: Option<Ticket>,
    pub at: UnixSeconds,
}

impl Addendum {
    const KIND: &str = "addendum";

    /// The addendum's one text; what is stored, sent and hashed.
    pub fn to_text(&self) -> Result<String, NotCanonical> {
        document(Self::KIND, self)
    }

    /// Understands an addendum's bytes; whether to believe it is
    /// [`Standing::apply`](super::standing::Standing::apply)'s to say.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        read(Self::KIND, bytes)
    }

    /// The digest by which the next addendum, or the channel, names this one.
    pub fn digest(&self) -> Result<Hash, Refusal> {
        self.to_text().map(|text| digest(&text)).map_err(|_| Refusal::Format)
    }
}
