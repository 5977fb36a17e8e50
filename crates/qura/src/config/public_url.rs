//! The address by which people reach the pages.

use std::fmt;
use std::str::FromStr;

/// `https://host` or `http://host:port`; without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPublicUrl;

impl FromStr for PublicUrl {
    type Err = NotPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotPublicUrl> {
        let bare = text.trim_end_matches('/');
        let host =
            bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).ok_or(NotPublicUrl)?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let is_bare = !host.is_empty() && host.chars().all(is_host);
        if is_bare { Ok(Self(bare.to_owned())) } else { Err(NotPublicUrl) }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_no_path() {
        assert_eq!("https://qura.example/".parse::<PublicUrl>().unwrap().to_string(), "https://qura.example");
        assert!("http://127.0.0.1:8080".parse::<PublicUrl>().is_ok());
        for wrong in ["", "qura.example", "https://", "ftp://a", "https://a/b", "https://a?b", "https://u@a"]
        {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(NotPublicUrl), "{wrong}");
        }
    }
}
