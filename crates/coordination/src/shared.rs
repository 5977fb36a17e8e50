//! Coordination between processes, over Redis. It may be emptied, stopped and started at any time.

mod leases;
mod limits;
mod link;
mod membership;
mod subscription;
mod wakeups;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qura_ports::clock::Clock;
use qura_ports::coordination::CoordinationError;
use qura_ports::random::Random;
use secrecy::SecretString;

pub use leases::RedisLeases;
pub use limits::RedisLimits;
pub use membership::RedisMembershipCache;
pub use wakeups::RedisWakeUps;

use crate::limits::Ceilings;
use link::Link;

/// What several processes share over one Redis.
#[derive(Clone)]
pub struct RedisCoordination {
    link: Arc<Link>,
}

impl RedisCoordination {
    /// Prepares the connection; it is made when it is first needed, and again whenever it broke, so
    /// that a process starts and lives on without Redis.
    ///
    /// Each key begins with `prefix` (`REDIS_PREFIX`), for bots that share a Redis. To the others this
    /// process is a name from `random`, made once here.
    ///
    /// # Errors
    /// When `url` (`REDIS_URL`) is no address of Redis. The error does not repeat it, because there
    /// may be a password in it.
    pub fn open(url: &SecretString, prefix: &str, random: &dyn Random) -> Result<Self, CoordinationError> {
        let me = format!("{:016x}", random.id());
        Ok(Self { link: Arc::new(Link::open(url, prefix.to_owned(), me)?) })
    }

    /// Asks Redis for a sign of life, for a second at most.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub async fn check(&self) -> Result<(), CoordinationError> {
        self.link.check().await
    }

    pub fn leases(&self) -> RedisLeases {
        RedisLeases::new(self.link.clone())
    }

    /// `inside_ttl` is how long «inside» is believed (`MEMBERSHIP_TTL`).
    pub fn membership_cache(&self, clock: Arc<dyn Clock>, inside_ttl: Duration) -> RedisMembershipCache {
        RedisMembershipCache::start(self.link.clone(), clock, inside_ttl)
    }

    /// Listens on a connection of its own until it is dropped. Needs a running Tokio.
    pub fn wakeups(&self) -> RedisWakeUps {
        RedisWakeUps::start(self.link.clone())
    }

    /// The limits of one token. Listens for pauses on a connection of its own until it is dropped.
    /// Needs a running Tokio. There is to be one a process.
    pub fn limits(&self, ceilings: Ceilings) -> RedisLimits {
        RedisLimits::start(self.link.clone(), ceilings)
    }
}

impl fmt::Debug for RedisCoordination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCoordination").finish_non_exhaustive()
    }
}
