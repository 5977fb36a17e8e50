//! The adapter against a Bot API on loopback, over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "this is a test, its parts that are no test functions too"
)]

mod client;
mod media;
mod messenger;
mod server;
mod updates;

use std::sync::Arc;
use std::time::Duration;

use qura_coordination::{Ceilings, InProcessLimits};
use qura_ports::random::Random;
use qura_telegram::{Client, ClientUpdates, TelegramMessenger, Timeouts};

const TOKEN: &str = "123456:SECRET-token_1";

/// Short enough to be waited for, long enough for a busy machine.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    call: Duration::from_secs(5),
    poll_margin: Duration::from_secs(5),
};

/// Never any jitter.
struct Steady;

impl Random for Steady {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn client(address: &str, timeouts: Timeouts) -> Client {
    Client::new(address.parse().unwrap(), TOKEN.into(), timeouts).unwrap()
}

fn messenger_at(address: &str) -> TelegramMessenger {
    let limits = Arc::new(InProcessLimits::new(Ceilings::default()));
    TelegramMessenger::new(client(address, TIMEOUTS), limits, Arc::new(Steady))
}

fn updates_at(address: &str) -> ClientUpdates {
    ClientUpdates::new(client(address, TIMEOUTS))
}
