//! Where the Bot API is: Telegram's own servers, a self-hosted one, or the simulator.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

const TOKEN: &str = "{token}";
const METHOD: &str = "{method}";

/// The address of the Bot API, without the token: it may be shown.
///
/// Read from a base (`https://api.telegram.org`), to which `/bot<token>/<method>` is added, or from
/// a template with `{token}` and `{method}`, as Telegram's test environment needs:
/// `https://api.telegram.org/bot{token}/test/{method}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUrl {
    template: String,
    /// The template with placeholders filled in, for what does not depend on them.
    sample: Url,
}

impl FromStr for ApiUrl {
    type Err = ApiUrlError;

    fn from_str(text: &str) -> Result<Self, ApiUrlError> {
        let text = text.trim();
        let template = match (text.contains(TOKEN), text.contains(METHOD)) {
            (true, true) => text.to_owned(),
            (false, false) => format!("{}/bot{TOKEN}/{METHOD}", text.trim_end_matches('/')),
            _ => return Err(ApiUrlError::HalfATemplate),
        };
        let sample = Url::parse(&fill(&template, "1:a", "getMe")).map_err(|_| ApiUrlError::NotAnAddress)?;
        if !matches!(sample.scheme(), "http" | "https") || sample.host().is_none() {
            return Err(ApiUrlError::NotAnAddress);
        }
        if !sample.username().is_empty() || sample.password().is_some() {
            return Err(ApiUrlError::Credentials);
        }
        if sample.query().is_some() || sample.fragment().is_some() || !sample.path().contains("1:a") {
            return Err(ApiUrlError::NotInThePath);
        }
        Ok(Self { template, sample })
    }
}

impl ApiUrl {
    /// Telegram's own servers, as a base.
    pub const TELEGRAM: &str = "https://api.telegram.org";

    /// Whether the address is on this machine. What is only meant for tests, such as a clock that
    /// can be set, is accepted only then.
    pub fn is_loopback(&self) -> bool {
        match self.sample.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The path of a method, as it stands in a request. Secret: it holds the token.
    pub(super) fn path_of(&self, token: &str, method: &str) -> String {
        let address = self.of(token, method);
        let path =
            address.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        path.unwrap_or("/").to_owned()
    }

    /// The address of a method. Secret: it holds the token.
    pub(super) fn of(&self, token: &str, method: &str) -> String {
        fill(&self.template, token, method)
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.template.fmt(f)
    }
}

fn fill(template: &str, token: &str, method: &str) -> String {
    template.replace(TOKEN, token).replace(METHOD, method)
}

/// Why a text is no address of a Bot API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiUrlError {
    #[error("not an http or https address")]
    NotAnAddress,
    #[error("a template needs both {{token}} and {{method}}")]
    HalfATemplate,
    #[error("the token must stand in the path, and no ? or # may follow")]
    NotInThePath,
    #[error("the address must not hold a user name or password")]
    Credentials,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ApiUrl, ApiUrlError> {
        text.parse()
    }

    #[test]
    fn a_base_or_a_template_becomes_the_address_of_a_method() {
        let of = |text| parse(text).unwrap().of("12:xY", "getMe");
        assert_eq!(of(ApiUrl::TELEGRAM), "https://api.telegram.org/bot12:xY/getMe");
        assert_eq!(of("http://127.0.0.1:8081/"), "http://127.0.0.1:8081/bot12:xY/getMe");
        assert_eq!(of(" https://host/some/where "), "https://host/some/where/bot12:xY/getMe");
        assert_eq!(of("https://host/bot{token}/test/{method}"), "https://host/bot12:xY/test/getMe");
        let path_of = |text| parse(text).unwrap().path_of("12:xY", "getMe");
        assert_eq!(path_of("http://127.0.0.1:8081"), "/bot12:xY/getMe");
        assert_eq!(path_of("https://host/bot{token}/test/{method}"), "/bot12:xY/test/getMe");
    }

    #[test]
    fn refuses_what_would_leak_or_lose_the_token() {
        for (text, why) in [
            ("", ApiUrlError::NotAnAddress),
            ("api.telegram.org", ApiUrlError::NotAnAddress),
            ("ftp://api.telegram.org", ApiUrlError::NotAnAddress),
            ("file:///tmp", ApiUrlError::NotAnAddress),
            ("https://host/bot{token}", ApiUrlError::HalfATemplate),
            ("https://host/{method}", ApiUrlError::HalfATemplate),
            ("https://host/{method}?token={token}", ApiUrlError::NotInThePath),
            ("https://host/?x", ApiUrlError::NotInThePath),
            ("https://me:secret@host", ApiUrlError::Credentials),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for text in ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:80", "http://localhost:8081"] {
            assert!(parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in ["https://api.telegram.org", "http://10.0.0.1", "http://localhost.example.com"] {
            assert!(!parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
