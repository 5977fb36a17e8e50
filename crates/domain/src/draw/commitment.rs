//! Step 1: what is promised when a lottery is published.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::hash::{Hash, hex, to_hex};
use crate::code::Code;

/// Where the seed's unpredictable part comes from; fixed at publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Mode {
    /// 0: from the operator's secret alone. Proof against everyone but the operator.
    Secret,
    /// 1: from the secret and a round of the public beacon that was in the future at the freeze.
    Beacon,
}

impl Mode {
    /// The byte that is hashed, and the number on receipts.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Secret => 0,
            Self::Beacon => 1,
        }
    }
}

impl TryFrom<u8> for Mode {
    type Error = &'static str;

    fn try_from(byte: u8) -> Result<Self, Self::Error> {
        match byte {
            0 => Ok(Self::Secret),
            1 => Ok(Self::Beacon),
            _ => Err("not a mode of version 1"),
        }
    }
}

impl From<Mode> for u8 {
    fn from(mode: Mode) -> Self {
        mode.byte()
    }
}

/// 32 random bytes, made at creation and revealed by the receipt; until then whoever knows them can
/// compute a draw of mode 0.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret([u8; 32]);

/// 32 random bytes, made at creation and never revealed: they hide who has which ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct SaltKey([u8; 32]);

impl Secret {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For the database, and for what is hashed.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl SaltKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For the database, and for what is hashed.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for SaltKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltKey(…)")
    }
}

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex(&text).map(Self).ok_or("not 32 bytes of lowercase hex")
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        to_hex(&secret.0)
    }
}

/// The commitment to publish: [`Hash::to_base64url`] is its 43 characters.
pub fn commitment(code: &Code, mode: Mode, secret: &Secret) -> Hash {
    Hash::of(&[b"qura/1/commit", code.as_str().as_bytes(), &[mode.byte()], secret.expose()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_everything_that_it_promises() {
        let code = |text| Code::parse(text).unwrap();
        let one = commitment(&code("AbCd1234"), Mode::Beacon, &Secret::new([1; 32]));
        assert_eq!(one.to_base64url().len(), 43);
        assert_ne!(one, commitment(&code("AbCd1235"), Mode::Beacon, &Secret::new([1; 32])));
        assert_ne!(one, commitment(&code("AbCd1234"), Mode::Secret, &Secret::new([1; 32])));
        assert_ne!(one, commitment(&code("AbCd1234"), Mode::Beacon, &Secret::new([2; 32])));
    }

    #[test]
    fn secrets_do_not_show_themselves() {
        assert!(!format!("{:?}{:?}", Secret::new([7; 32]), SaltKey::new([7; 32])).contains('7'));
    }
}
