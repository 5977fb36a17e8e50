//! The public beacon: drand's chain «quicknet», whose constants are part of version 1.

use std::time::Duration;

use drand_verify::{G2PubkeyRfc, Pubkey as _};
use serde::{Deserialize, Serialize};

use super::hash::{Hash, hex, to_hex};
use super::seconds::UnixSeconds;
use crate::time::Timestamp;

/// The chain's hash, the name by which relays know it.
pub const CHAIN_HASH: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/// The chain's public key, a point of G2 of BLS12-381, compressed.
pub const PUBLIC_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

/// When round 1 came, in seconds since 1970.
const GENESIS: i64 = 1_692_803_367;

/// Seconds from one round to the next.
const PERIOD: i64 = 3;

/// A freeze names a round at least this far ahead, so that its post is out in time.
pub const LEAD: Duration = Duration::from_secs(120);

/// No freeze names a round further ahead: people would wait too long for what may be a single mishap.
pub const LONGEST_LEAD: Duration = Duration::from_hours(1);

/// The post of a freeze counts only when it is at least this many seconds older than the round.
pub const NOTICE_SECS: i64 = 30;

/// A round of the chain, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Round(u64);

impl Round {
    /// `None` for 0, which stands for «no beacon», and for what no calendar reaches.
    pub fn new(number: u64) -> Option<Self> {
        (1..=1 << 48).contains(&number).then_some(Self(number))
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    /// The round that a freeze made now has to name: the first that is [`LEAD`] or more ahead.
    pub fn to_name_at(now: Timestamp) -> Self {
        Self::first_from(now + LEAD)
    }

    /// The round that another attempt has to name, which is the `attempt`th, from 1: later than the one before,
    /// and far enough ahead. Where posts come late time and again, or Telegram's clock is ahead of ours, it is
    /// twice as far each time, up to [`LONGEST_LEAD`].
    pub fn to_name_after(self, now: Timestamp, attempt: u32) -> Self {
        let lead = LEAD.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_LEAD);
        Self::first_from(now + lead).max(Self(self.0.saturating_add(1)))
    }

    /// The first that comes out at this time or later.
    fn first_from(time: Timestamp) -> Self {
        let micros = time.micros().saturating_sub(GENESIS * 1_000_000);
        let period = PERIOD * 1_000_000;
        let whole = micros.div_euclid(period) + i64::from(micros.rem_euclid(period) > 0);
        Self(u64::try_from(whole).unwrap_or(0).saturating_add(1))
    }

    /// When the round comes out.
    pub fn time(self) -> UnixSeconds {
        let periods = i64::try_from(self.0 - 1).unwrap_or(i64::MAX);
        UnixSeconds::new(periods.saturating_mul(PERIOD).saturating_add(GENESIS))
    }

    /// Whether a post with this date (as Telegram tells it) told the round early enough.
    pub fn was_named_in_time(self, posted: UnixSeconds) -> bool {
        posted.get() <= self.time().get() - NOTICE_SECS
    }
}

impl TryFrom<u64> for Round {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("not a round of the beacon")
    }
}

impl From<Round> for u64 {
    fn from(round: Round) -> Self {
        round.0
    }
}

/// What a relay hands out for a round, as yet unchecked: a point of G1, compressed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature([u8; 48]);

impl Signature {
    /// From 96 digits of lowercase hex.
    pub fn parse(text: &str) -> Option<Self> {
        hex(text).map(Self)
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl TryFrom<String> for Signature {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not 48 bytes of lowercase hex")
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        to_hex(&signature.0)
    }
}

/// A round with its signature, as it stands on receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    pub round: Round,
    pub signature: Signature,
}

/// The chain never signed this for this round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not the chain's for this round")]
pub struct Forged;

impl Beacon {
    /// The round's randomness, once the signature is found to be the chain's. Takes some milliseconds.
    pub fn randomness(&self) -> Result<Randomness, Forged> {
        let key = hex(PUBLIC_KEY).ok_or(Forged)?;
        let key = G2PubkeyRfc::from_fixed(key).map_err(|_| Forged)?;
        match key.verify(self.round.get(), &[], &self.signature.0) {
            Ok(true) => Ok(Randomness(Hash::of(&[&self.signature.0]))),
            Ok(false) | Err(_) => Err(Forged),
        }
    }
}

/// The 32 bytes of a round that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Randomness(Hash);

impl Randomness {
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::ROUNDS;
    use super::*;

    #[test]
    fn the_constants_are_those_that_the_chains_hash_stands_for() {
        let group: [u8; 32] =
            hex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e").unwrap();
        let key: [u8; 96] = hex(PUBLIC_KEY).unwrap();
        let period = u32::try_from(PERIOD).unwrap().to_be_bytes();
        let hash = Hash::of(&[&period, &GENESIS.to_be_bytes(), &key, &group, b"quicknet"]);
        assert_eq!(hash.to_string(), CHAIN_HASH);
    }

    #[test]
    fn knows_real_rounds_and_no_others() {
        for (round, signature, randomness) in ROUNDS {
            let signature = Signature::parse(signature).unwrap();
            let beacon = Beacon { round: Round::new(round).unwrap(), signature };
            assert_eq!(to_hex(beacon.randomness().unwrap().as_bytes()), randomness);
            let next = Round::new(round + 1).unwrap();
            assert_eq!(Beacon { round: next, signature }.randomness(), Err(Forged));
        }
        let signature = Signature([0xff; 48]);
        assert_eq!(Beacon { round: Round::new(1).unwrap(), signature }.randomness(), Err(Forged));
    }

    #[test]
    fn names_the_first_round_that_is_far_enough_ahead() {
        let time = |round: u64| Timestamp::from_secs(Round::new(round).unwrap().time().get());
        assert_eq!(time(1), Timestamp::from_secs(GENESIS));
        assert_eq!(Round::to_name_at(time(1000) - LEAD).get(), 1000);
        assert_eq!(Round::to_name_at(time(1000) - LEAD + Duration::from_micros(1)).get(), 1001);
        assert_eq!(Round::to_name_at(time(1001) - LEAD).get(), 1001);
        assert_eq!(Round::to_name_at(Timestamp::from_secs(0)).get(), 1);
    }

    #[test]
    fn each_attempt_is_later_and_looks_further_ahead() {
        let time = |round: u64| Timestamp::from_secs(Round::new(round).unwrap().time().get());
        let named = |attempt| Round::new(7).unwrap().to_name_after(time(1000), attempt).get() - 1000;
        assert_eq!([1, 2, 3, 4, 5, 6, 60].map(named), [40, 80, 160, 320, 640, 1200, 1200]);
        let before = Round::new(5000).unwrap();
        assert_eq!(before.to_name_after(time(1000), 1).get(), 5001);
    }

    #[test]
    fn a_post_is_in_time_up_to_thirty_seconds_before() {
        let round = Round::new(1000).unwrap();
        let date = |before| UnixSeconds::new(round.time().get() - before);
        assert!(round.was_named_in_time(date(30)));
        assert!(!round.was_named_in_time(date(29)));
    }

    #[test]
    fn zero_is_no_round() {
        assert_eq!(Round::new(0), None);
        assert_eq!(Round::new(u64::MAX), None);
    }
}
