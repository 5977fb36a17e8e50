//! Addresses of relays, as the setting `DRAND_RELAYS` holds them.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use qura_domain::draw::beacon::{CHAIN_HASH, Round};

/// The base address of one relay, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay(String);

/// Relays in the order in which they are asked; without any, draws have no beacon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relays(Vec<Relay>);

/// The text is not a list of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not http:// or https:// addresses, separated by commas")]
pub struct NotRelays;

impl Relay {
    /// Where the relay is, without a path.
    pub(crate) fn base(&self) -> Uri {
        // It was one when it was parsed.
        self.0.parse().unwrap_or_default()
    }

    /// Where a round is, by drand's HTTP API.
    pub(crate) fn address(&self, round: Round) -> String {
        format!("{}/{CHAIN_HASH}/public/{}", self.0, round.get())
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Relay {
    type Err = NotRelays;

    fn from_str(text: &str) -> Result<Self, NotRelays> {
        let uri: Uri = text.parse().map_err(|_| NotRelays)?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let is_bare =
            uri.authority().is_some_and(|host| !host.as_str().contains('@')) && uri.query().is_none();
        if is_http && is_bare { Ok(Self(text.trim_end_matches('/').to_owned())) } else { Err(NotRelays) }
    }
}

impl Relays {
    /// Those that drand's makers run, and one of Cloudflare's.
    pub const PUBLIC: &str =
        "https://api.drand.sh,https://api2.drand.sh,https://api3.drand.sh,https://drand.cloudflare.com";

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Relay> {
        self.0.iter()
    }
}

impl FromStr for Relays {
    type Err = NotRelays;

    fn from_str(text: &str) -> Result<Self, NotRelays> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words.map(Relay::from_str).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_addresses_is_read_and_anything_else_refused() {
        let relays: Relays = Relays::PUBLIC.parse().unwrap();
        assert_eq!(relays.0.len(), 4);
        assert!("".parse::<Relays>().unwrap().is_empty());
        for wrong in ["api.drand.sh", "ftp://x", "https://a?b=c", "https://u:p@a", "https://a,nonsense"] {
            assert_eq!(wrong.parse::<Relays>(), Err(NotRelays), "{wrong}");
        }
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        let address = |text: &str| text.parse::<Relay>().unwrap().address(Round::new(7).unwrap());
        assert_eq!(address("http://a/"), address("http://a"));
        assert_eq!(address("http://a/x"), format!("http://a/x/{CHAIN_HASH}/public/7"));
    }
}
