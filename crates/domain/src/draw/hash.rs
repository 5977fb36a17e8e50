//! SHA-256 as the draw uses it: over parts that are joined, written as hex.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// 32 bytes out of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// SHA-256 over the parts, one behind the other, with nothing between them.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As people find it in messages and files: 64 digits of hex, or 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        hex::<32>(text).or_else(|| from_base64url(text)).map(Self)
    }

    /// 43 characters of base64url without padding: the short form, for messages.
    pub fn to_base64url(&self) -> String {
        let mut text = String::with_capacity(43);
        for chunk in self.0.chunks(3) {
            let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
            let bits = bits << (8 * (3 - chunk.len()));
            text.extend((0..=chunk.len()).map(|sextet| letter(bits >> (18 - 6 * sextet) & 63)));
        }
        text
    }

    /// The first bytes, at most 32 of them.
    pub(super) fn head<const N: usize>(&self) -> [u8; N] {
        let mut head = [0; N];
        for (to, from) in head.iter_mut().zip(self.0) {
            *to = from;
        }
        head
    }
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn letter(sextet: u32) -> char {
    usize::try_from(sextet).ok().and_then(|at| LETTERS.get(at)).map_or('A', |byte| char::from(*byte))
}

/// The other way round; what has bits to spare is refused, so that a hash has one text.
fn from_base64url(text: &str) -> Option<[u8; 32]> {
    if text.len() != 43 {
        return None;
    }
    let mut bytes = [0; 32];
    let mut filled = bytes.iter_mut();
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.bytes() {
        let sextet = LETTERS.iter().position(|letter| *letter == byte)?;
        bits = bits << 6 | u32::try_from(sextet).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            *filled.next()? = u8::try_from(bits >> held & 0xff).ok()?;
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// Lowercase hex of exactly `N` bytes.
pub(super) fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex(&text).map(Self).ok_or("not 32 bytes of lowercase hex")
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

/// 8 bytes, big-endian: the only form of a number inside of what is hashed.
pub(super) const fn u64be(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_sha_256_of_the_joined_parts() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(&[b"a", b"", b"bc"]).to_string(), abc);
        assert_eq!(Hash::parse(abc), Some(Hash::of(&[b"abc"])));
        assert_eq!(Hash::of(&[b"abc"]).to_base64url(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let hash = Hash::of(&[b"abc"]);
        assert_eq!(Hash::parse(&hash.to_string().to_uppercase()), None);
        assert_eq!(Hash::parse(&hash.to_base64url().replace('-', "+")), None);
        // The last letter carries two spare bits: «1» differs from «0» only in them.
        assert_eq!(Hash::parse("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1"), None);
        assert_eq!(Hash::parse(""), None);
    }

    proptest! {
        #[test]
        fn both_texts_lead_back(bytes: [u8; 32]) {
            let hash = Hash::from_bytes(bytes);
            prop_assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
            prop_assert_eq!(Hash::parse(&hash.to_base64url()), Some(hash));
        }

        #[test]
        fn whatever_is_typed_never_panics(typed in ".{0,64}") {
            let _ = Hash::parse(&typed);
        }
    }
}
