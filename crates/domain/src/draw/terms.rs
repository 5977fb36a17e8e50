//! The published conditions and settings that decide who is eligible, as the bytes that are frozen.

use serde::{Deserialize, Serialize};

use super::canonical::{NotCanonical, canonical, json};
use super::hash::Hash;

/// The canonical text of the terms: a JSON object that has at least `winners` and `reserves`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Terms {
    text: String,
    winners: u32,
    reserves: u32,
}

/// Why something cannot be terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    #[error("the terms have no canonical text")]
    NotCanonical(#[from] NotCanonical),
    #[error("the terms are not the canonical text of a JSON object")]
    Text,
    #[error("the terms do not say how many winners and reserves there are")]
    Counts,
}

impl Terms {
    /// From whatever struct holds the settings; its fields `winners` and `reserves` are whole numbers.
    pub fn new(settings: &impl Serialize) -> Result<Self, TermsError> {
        Self::parse(canonical(settings)?)
    }

    /// From the text on a receipt or in the database.
    pub fn parse(text: String) -> Result<Self, TermsError> {
        let value = match json(text.as_bytes()) {
            Err(NotCanonical::Value) => return Err(TermsError::Text),
            read => read?,
        };
        if canonical(&value)? != text || !value.is_object() {
            return Err(TermsError::Text);
        }
        let count = |key: &str| value.get(key)?.as_u64()?.try_into().ok();
        match (count("winners"), count("reserves")) {
            (Some(winners), Some(reserves)) => Ok(Self { winners, reserves, text }),
            _ => Err(TermsError::Counts),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many winners are asked for.
    pub const fn winners(&self) -> u32 {
        self.winners
    }

    /// How many reserves are asked for.
    pub const fn reserves(&self) -> u32 {
        self.reserves
    }

    /// The part of the freeze that stands for the terms.
    pub fn hash(&self) -> Hash {
        Hash::of(&[self.text.as_bytes()])
    }
}

impl TryFrom<String> for Terms {
    type Error = TermsError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl From<Terms> for String {
    fn from(terms: Terms) -> Self {
        terms.text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn are_the_same_whatever_the_order_of_fields() {
        let one = Terms::new(&json!({"winners": 3, "reserves": 2, "premium_only": true})).unwrap();
        assert_eq!(one.as_str(), r#"{"premium_only":true,"reserves":2,"winners":3}"#);
        assert_eq!((one.winners(), one.reserves()), (3, 2));
        assert_eq!(Terms::parse(one.as_str().to_owned()), Ok(one));
    }

    #[test]
    fn a_second_text_for_the_same_is_refused() {
        let parse = |text: &str| Terms::parse(text.to_owned());
        assert_eq!(parse(r#"{"reserves":2, "winners":3}"#), Err(TermsError::Text));
        assert_eq!(parse(r#"{"reserves":2,"winners":3,"winners":4}"#), Err(TermsError::Text));
        assert_eq!(parse(r#"{"winners":3}"#), Err(TermsError::Counts));
        assert_eq!(parse(r#"{"reserves":-1,"winners":3}"#), Err(TermsError::Counts));
        assert_eq!(parse("[]"), Err(TermsError::Text));
        assert!(matches!(parse(r#"{"reserves":2,"winners":3.5}"#), Err(TermsError::NotCanonical(_))));
        let deep = |depth| {
            parse(&format!(r#"{{"a":{}{},"reserves":2,"winners":3}}"#, "[".repeat(depth), "]".repeat(depth)))
        };
        assert!(deep(15).is_ok());
        assert_eq!(deep(16), Err(TermsError::NotCanonical(NotCanonical::Depth)));
        assert_eq!(deep(200), Err(TermsError::Text));
    }
}
