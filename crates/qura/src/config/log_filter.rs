//! Which log lines there are.

use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// Levels of the whole program and of its parts, as `tracing` understands them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// What happens here; of what the program is built on only what went wrong.
    pub const DEFAULT: &str = "info,sqlx=warn,hyper=warn,reqwest=warn";

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no such list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLogFilter;

impl FromStr for LogFilter {
    type Err = NotLogFilter;

    fn from_str(text: &str) -> Result<Self, NotLogFilter> {
        text.parse::<EnvFilter>().map(|_| Self(text.to_owned())).map_err(|_| NotLogFilter)
    }
}
