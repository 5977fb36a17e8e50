//! Several programs share one bot: they join and leave, die and freeze, and nobody notices.

mod alone;
mod backpressure;
mod crowd;
mod death;
mod draws;
mod fleet;
mod frozen;
mod health;
mod joining;
mod ledger;
mod lost_commit;
mod lotteries;
mod outages;
mod rolling;
mod services;
mod settings;
mod slow_path;
mod torn_path;

/// `LEASE` of `crates/app/src/ingest/share.rs`.
const LEASE: std::time::Duration = std::time::Duration::from_secs(6);
