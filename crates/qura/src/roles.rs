//! The roles that a process may play.

use std::fmt;
use std::str::FromStr;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Brings updates from Telegram into the log.
    Poller,
    /// Handles updates.
    Bot,
    /// Runs jobs and sends the outbox.
    Worker,
    /// Tells over HTTP how the process is doing.
    Web,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Poller, Role::Bot, Role::Worker, Role::Web];

    /// All that does the work: the playground's own page stands where the web role's would.
    pub const WORKING: [Role; 3] = [Role::Poller, Role::Bot, Role::Worker];

    const fn name(self) -> &'static str {
        match self {
            Self::Poller => "poller",
            Self::Bot => "bot",
            Self::Worker => "worker",
            Self::Web => "web",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.name() == name);
        known.ok_or_else(|| "accepted: poller, bot, worker, web".to_owned())
    }
}
