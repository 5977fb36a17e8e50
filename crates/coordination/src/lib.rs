//! Coordination between the parts of Qura: within one process here, over Redis in a file of its own.

mod in_process;
mod leases;
mod membership;

pub use in_process::InProcessWakeUps;
pub use leases::InProcessLeases;
pub use membership::InProcessMembershipCache;
