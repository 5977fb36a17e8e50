//! Why a receipt, or an addendum to one, is not believed.

use super::hash::Hash;
use super::leaf::Ticket;

/// The first thing that does not hold. [`Refusal::name`] is the same in every implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "it is not the canonical text of a receipt, or a field of it is missing or not what it should be"
    )]
    Format,
    #[error("it is of a kind or version that is not known here")]
    Version,
    #[error("its digest is not the one that was announced: it is {0}")]
    Digest(Hash),
    #[error("the secret is not the one that was committed to")]
    Commitment,
    #[error("the numbers of winners and reserves are not those of the terms")]
    Terms,
    #[error("the freezes do not follow one another as they must")]
    Attempts,
    #[error("freeze {0} does not follow from commitment, root, tickets, terms and round")]
    Freeze(u32),
    #[error("freeze {0} was posted in time and yet not used")]
    DiscardedFreeze(u32),
    #[error("the freeze that was used was not posted in time")]
    LateFreeze,
    #[error("the beacon is not the one that the freeze named, or its signature is forged")]
    Beacon,
    #[error("ticket {} is not the next in the order", .0.get())]
    Order(Ticket),
    #[error("the place or the status of ticket {} contradicts the rules", .0.get())]
    Outcome(Ticket),
    #[error("the draw ended before winners and reserves were full, or went on after it")]
    End,
    #[error("winners, reserves or the number of skips are not what the order came to")]
    Result,
    #[error("the addendum does not follow the document before it")]
    Chain,
    #[error("ticket {} cannot be replaced: it had not won", .0.get())]
    Replaced(Ticket),
}

impl Refusal {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Version => "version",
            Self::Digest(_) => "digest",
            Self::Commitment => "commitment",
            Self::Terms => "terms",
            Self::Attempts => "attempts",
            Self::Freeze(_) => "freeze",
            Self::DiscardedFreeze(_) => "discarded_freeze",
            Self::LateFreeze => "late_freeze",
            Self::Beacon => "beacon",
            Self::Order(_) => "order",
            Self::Outcome(_) => "outcome",
            Self::End => "end",
            Self::Result => "result",
            Self::Chain => "chain",
            Self::Replaced(_) => "replaced",
        }
    }
}
