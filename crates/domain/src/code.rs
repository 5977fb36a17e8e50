//! Public codes: the short names that lotteries, contests and entries go by in links and messages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A public code: 8 characters of base62.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Code {
    /// 62^8 codes: collisions stay rare past a million things, and the unique index catches them.
    pub const LENGTH: usize = 8;

    /// Makes a code out of unpredictable bytes. All codes are as likely as each other, to within 2^-80.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut left = u128::from_be_bytes(bytes);
        let mut code = String::with_capacity(Self::LENGTH);
        for _ in 0..Self::LENGTH {
            let digit = usize::try_from(left % 62).unwrap_or(0);
            code.extend(BASE62.get(digit).copied().map(char::from));
            left /= 62;
        }
        Self(code)
    }

    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == Self::LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric()))
            .then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a code of 8 base62 characters")
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_bit_matters() {
        let codes: HashSet<Code> =
            (0..128).map(|bit| Code::from_random((1u128 << bit).to_be_bytes())).collect();
        assert_eq!(codes.len(), 128);
        assert_eq!(Code::from_random([0; 16]).as_str(), "00000000");
        assert_eq!(Code::from_random(61u128.to_be_bytes()).as_str(), "z0000000");
    }

    proptest! {
        #[test]
        fn a_code_made_is_a_code_read(bytes in any::<[u8; 16]>()) {
            let code = Code::from_random(bytes);
            prop_assert_eq!(Code::parse(code.as_str()), Some(code));
        }
    }
}
