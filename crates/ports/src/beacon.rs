//! The public beacon: numbers that nobody knows before their time and everybody knows after it.

use async_trait::async_trait;
use qura_domain::draw::beacon::{Beacon as SignedRound, Round};

/// Where the rounds of the beacon come from.
#[async_trait]
pub trait Beacon: Send + Sync + 'static {
    /// A round with its signature, which was checked; `None` while the round is not out. Old rounds
    /// can be had for ever.
    async fn round(&self, round: Round) -> Result<Option<SignedRound>, BeaconError>;
}

/// The beacon could not be asked. Asking again later may do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the beacon is out of reach: {0}")]
pub struct BeaconError(pub String);
