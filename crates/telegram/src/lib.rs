//! Telegram's Bot API as an adapter: the client, the source of updates, the decoder, the messenger.
//!
//! Nothing outside of this crate sees the Bot API's JSON. Nothing here knows what Qura is about.
//!
//! The way in: [`ClientUpdates`] fetches updates and tells only whose they are, [`BotApiDecoder`]
//! understands each of them later, when it is its turn. The way out: [`TelegramMessenger`] keeps
//! Telegram's limits, waits out its floods and repeats what is safe to repeat.

mod client;
mod complaint;
mod decode;
mod messenger;
mod metrics;
mod updates;
mod wire;

pub use client::{ApiUrl, ApiUrlError, Client, ClientError, Timeouts};
pub use decode::BotApiDecoder;
pub use messenger::TelegramMessenger;
pub use metrics::describe_metrics;
pub use updates::{ALLOWED_UPDATES, ClientUpdates};
