//! Step 6: the receipt, which tells a draw in full, and its one text.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::beacon::{Beacon, Round};
use super::canonical::{NotCanonical, document, json};
use super::commitment::{Mode, Secret};
use super::hash::Hash;
use super::leaf::Ticket;
use super::refusal::Refusal;
use super::seconds::UnixSeconds;
use super::terms::Terms;
use super::walk::Candidate;
use crate::code::Code;
use crate::ids::{ChatId, MessageId};

/// A draw from the promise to the winners. Public: it holds nobody's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub code: Code,
    pub mode: Mode,
    pub commitment: Hash,
    pub secret: Secret,
    pub terms: Terms,
    /// Of the participants' tree; SHA-256 of nothing where there are none.
    pub root: Hash,
    pub tickets: u64,
    /// As asked for; fewer may be found.
    pub winners_wanted: u32,
    pub reserves_wanted: u32,
    /// Every one that was made, the one that counts last; none where there are no tickets.
    pub freezes: Vec<FreezeRecord>,
    /// In mode 1, where there are tickets.
    pub beacon: Option<Beacon>,
    /// The order as far as it was walked.
    pub walk: Vec<Candidate>,
    pub winners: Vec<Ticket>,
    pub reserves: Vec<Ticket>,
    /// How many of the walk were skipped.
    pub skips: u64,
    pub published_at: UnixSeconds,
    /// The end of joining.
    pub frozen_at: UnixSeconds,
    pub drawn_at: UnixSeconds,
    /// The digest of the draw before this one, where the lottery was opened again.
    pub reopens: Option<Hash>,
}

/// A freeze and where it was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeRecord {
    pub attempt: u32,
    pub hash: Hash,
    /// None in mode 0.
    pub round: Option<Round>,
    /// None where posting failed.
    pub post: Option<Post>,
}

/// A message in a channel or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    #[serde(with = "decimal")]
    pub chat: ChatId,
    pub message: MessageId,
    /// As Telegram tells it.
    pub date: UnixSeconds,
}

impl Receipt {
    const KIND: &str = "receipt";

    /// The receipt's one text; what is stored, sent and hashed.
    pub fn to_text(&self) -> Result<String, NotCanonical> {
        document(Self::KIND, self)
    }

    /// Understands a receipt's bytes; whether to believe it is [`Receipt::verify`]'s to say.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        read(Self::KIND, bytes)
    }
}

/// What the channel is told: SHA-256 over the bytes of a receipt or an addendum.
pub fn digest(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

/// Refuses whatever is not, byte for byte, what this program would have written.
pub(super) fn read<T: Serialize + DeserializeOwned>(kind: &str, bytes: &[u8]) -> Result<T, Refusal> {
    let value = json(bytes).map_err(|_| Refusal::Format)?;
    if value.get("kind").and_then(Value::as_str) != Some(kind)
        || value.get("version").and_then(Value::as_u64) != Some(1)
    {
        return Err(Refusal::Version);
    }
    let document_read: T = serde_json::from_value(value).map_err(|_| Refusal::Format)?;
    match document(kind, &document_read) {
        Ok(text) if text.as_bytes() == bytes => Ok(document_read),
        _ => Err(Refusal::Format),
    }
}

/// Telegram's ids as strings, because other languages' numbers may be too small for them.
pub(super) mod decimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::ids::{ChatId, UserId};

    pub(in crate::draw) trait Id: Copy {
        fn number(self) -> i64;
        fn of(number: i64) -> Self;
    }

    impl Id for ChatId {
        fn number(self) -> i64 {
            self.get()
        }

        fn of(number: i64) -> Self {
            Self::new(number)
        }
    }

    impl Id for UserId {
        fn number(self) -> i64 {
            self.get()
        }

        fn of(number: i64) -> Self {
            Self::new(number)
        }
    }

    pub(in crate::draw) fn serialize<S: Serializer>(id: &impl Id, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&id.number())
    }

    pub(in crate::draw) fn deserialize<'de, D: Deserializer<'de>, T: Id>(from: D) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(T::of).map_err(|_| D::Error::custom("not an id"))
    }
}
