//! Coordination between the parts of Qura: within one process, and between processes over Redis.

mod in_process;
mod leases;
mod limits;
mod membership;
mod pace;
mod shared;

pub use in_process::InProcessWakeUps;
pub use leases::InProcessLeases;
pub use limits::{Ceilings, InProcessLimits};
pub use membership::InProcessMembershipCache;
pub use pace::Quota;
pub use shared::{RedisCoordination, RedisLeases, RedisLimits, RedisMembershipCache, RedisWakeUps};
