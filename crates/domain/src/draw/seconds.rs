//! Times on receipts: whole seconds since 1970, like Telegram's dates.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Seconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    pub const fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<Timestamp> for UnixSeconds {
    /// The second that has begun.
    fn from(at: Timestamp) -> Self {
        Self(at.secs())
    }
}
