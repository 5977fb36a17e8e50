//! What a simulator is started with.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Settings of one simulator.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub addr: SocketAddr,
    pub clock: ClockMode,
    pub flood: FloodLimits,
    pub record: Record,
    /// Bots that exist from the start; more can be made through the control API.
    pub bots: Vec<BotConfig>,
    /// The `update_id` of a new bot's first update.
    pub first_update_id: i64,
    /// How many messages of one chat are remembered; `None` keeps all.
    pub history: Option<usize>,
    /// Telegram's penalty for asking with the same offset again within 3 s (facts: same offset within 0.5 s gives
    /// one update, within 3 s waits at least 3 s).
    pub same_offset_penalty: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: ClockMode::Real,
            flood: FloodLimits::strict(),
            record: Record::Full,
            bots: Vec::new(),
            first_update_id: 1,
            history: None,
            same_offset_penalty: false,
        }
    }
}

/// A bot that exists from the start.
#[derive(Clone, Debug)]
pub struct BotConfig {
    /// `<id>:<secret>`, as BotFather gives it.
    pub token: String,
    pub username: String,
    pub name: String,
}

/// Whose time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    Real,
    /// Stands still at this Unix time (seconds) until it is moved through the control API.
    Manual {
        at: i64,
    },
}

/// How much of the Bot API calls is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// Every call with its parameters.
    Full,
    /// Refusals, and numbers: for load.
    Counts,
}

/// The flood limits in force. Telegram does not publish its own; these are the well-known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FloodLimits {
    pub enabled: bool,
    /// Messages and edits a second in one private chat, once the burst is used up.
    pub private_per_second: u32,
    pub private_burst: u32,
    /// Messages and edits a minute in one group or channel.
    pub group_per_minute: u32,
    /// What the bot sends of itself, a second, over all chats.
    pub bulk_per_second: u32,
    /// What follows an act of a person in that chat, a second, over all chats.
    pub interactive_per_second: u32,
    /// For how many seconds after a person's act a message counts as an answer to it.
    pub interactive_window_s: u32,
    /// A call is held this long at most (TDLib: 8 s); beyond it is refused with 429.
    pub max_hold_ms: u32,
}

impl FloodLimits {
    pub const fn strict() -> Self {
        Self {
            enabled: true,
            private_per_second: 1,
            private_burst: 5,
            group_per_minute: 20,
            bulk_per_second: 30,
            interactive_per_second: 500,
            interactive_window_s: 10,
            max_hold_ms: 8_000,
        }
    }

    pub const fn off() -> Self {
        Self { enabled: false, ..Self::strict() }
    }
}

impl Default for FloodLimits {
    fn default() -> Self {
        Self::strict()
    }
}
