//! What coordination promises, told once and tried on both: within one process, and over Redis.
//!
//! Over Redis when `TEST_REDIS_URL` is set, as `scripts/services.sh` does; each test has keys of its own.
//! What empties or stops Redis starts a server for itself.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "this is a test, its parts that are no test functions too"
)]

mod leases;
mod limits;
mod membership;
mod outage;
mod wakeups;
mod world;
