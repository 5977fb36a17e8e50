//! Which coordination the settings ask for: within this process, or over Redis.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use qura_coordination::{
    Ceilings, InProcessLeases, InProcessLimits, InProcessMembershipCache, InProcessWakeUps, Quota,
    RedisCoordination,
};
use qura_ports::clock::Clock;
use qura_ports::coordination::{Leases, Limits, MembershipCache, WakeUps};
use qura_storage::{Alone, Db};
use tokio_util::sync::CancellationToken;

use crate::adapters::SystemRandom;
use crate::config::Config;

/// What the parts of the program, and its processes, agree by.
pub struct Coordination {
    pub leases: Arc<dyn Leases>,
    pub cache: Arc<dyn MembershipCache>,
    pub wakeups: Arc<dyn WakeUps>,
    pub limits: Arc<dyn Limits>,
}

/// How often it is looked whether this process is still the only one.
const LOOK: Duration = Duration::from_secs(2);

impl Coordination {
    pub fn open(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let ceilings = ceilings(config);
        let Some(url) = &config.redis else {
            return Ok(Self {
                leases: Arc::new(InProcessLeases),
                cache: Arc::new(InProcessMembershipCache::new(clock, config.membership_ttl)),
                wakeups: Arc::new(InProcessWakeUps::default()),
                limits: Arc::new(InProcessLimits::new(ceilings)),
            });
        };
        let redis = match RedisCoordination::open(url, &config.redis_prefix, &SystemRandom) {
            Ok(redis) => redis,
            Err(error) => bail!("REDIS_URL is not acceptable: {error}"),
        };
        Ok(Self {
            leases: Arc::new(redis.leases()),
            cache: Arc::new(redis.membership_cache(clock, config.membership_ttl)),
            wakeups: Arc::new(redis.wakeups()),
            limits: Arc::new(redis.limits(ceilings)),
        })
    }
}

fn ceilings(config: &Config) -> Ceilings {
    let second = Duration::from_secs(1);
    // A twentieth may come at once, and of what nobody waits for a hundredth: all of it is steady then.
    let (replies, broadcasts) = (config.replies_per_second, config.broadcasts_per_second);
    Ceilings {
        interactive: Quota::within(replies, second, replies / 20),
        broadcast: Quota::within(broadcasts, second, broadcasts / 100),
        ..Ceilings::default()
    }
}

/// Several processes on one PostgreSQL need Redis: without it this process makes sure that it is
/// the only one, or refuses to start.
pub async fn insist_on_being_alone(config: &Config, db: &Db) -> anyhow::Result<Option<Alone>> {
    if config.redis.is_some() || matches!(db, Db::Lite { .. }) {
        return Ok(None);
    }
    match db.take_alone().await? {
        Some(alone) => Ok(Some(alone)),
        None => bail!(
            "another process of Qura works on this PostgreSQL database; set REDIS_URL in all of them to run several"
        ),
    }
}

/// Holds on to the right to be the only process, through restarts of the database. Fails once
/// another process has it.
pub async fn stay_alone(mut alone: Alone, db: &Db, stop: &CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
        if alone.is_kept().await {
            continue;
        }
        match db.take_alone().await {
            Ok(Some(again)) => alone = again,
            Ok(None) => bail!(
                "another process of Qura took this PostgreSQL database over; set REDIS_URL in all of them to run several"
            ),
            Err(error) => tracing::warn!(error = error.detail(), "the database is out of reach"),
        }
    }
}
