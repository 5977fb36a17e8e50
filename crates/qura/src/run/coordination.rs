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
use qura_storage::{Company, Db, Place, StorageError};
use tokio::time::Instant;
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

/// How often it is looked whether the right to work on the database still stands.
const LOOK: Duration = Duration::from_secs(2);

/// PostgreSQL keeps the place of a program that died until it notices: a moment, in which the next one may start.
const MOURNING: Duration = Duration::from_secs(3);

/// How often it is looked whether a place has fallen free.
const AGAIN: Duration = Duration::from_millis(200);

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

/// With whom a process with these settings may share a database.
pub const fn company(config: &Config) -> Company {
    match config.redis {
        Some(_) => Company::Coordinated,
        None => Company::Alone,
    }
}

/// Several processes on one PostgreSQL need Redis, all of them: one without it makes sure that it is the only one, or
/// refuses to start, and so does one with it beside one without.
pub async fn take_place(config: &Config, db: &Db) -> anyhow::Result<Option<Place>> {
    if matches!(db, Db::Lite { .. }) {
        return Ok(None);
    }
    let company = company(config);
    match place_in_time(db, company).await? {
        Some(place) => Ok(Some(place)),
        None => bail!("{}", taken(company)),
    }
}

/// A place, as soon as there is one; `None` when others keep it.
async fn place_in_time(db: &Db, company: Company) -> Result<Option<Place>, StorageError> {
    let begun = Instant::now();
    loop {
        let place = db.take_place(company).await?;
        if place.is_some() || begun.elapsed() > MOURNING {
            return Ok(place);
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Holds on to the right to work on the database, through restarts of it. Fails once another process is there that does
/// not suit.
pub async fn keep_place(
    mut place: Place,
    company: Company,
    db: &Db,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
        if place.is_kept().await {
            continue;
        }
        match place_in_time(db, company).await {
            Ok(Some(again)) => place = again,
            Ok(None) => bail!("{}", taken(company)),
            Err(error) => tracing::warn!(error = error.detail(), "the database is out of reach"),
        }
    }
}

const fn taken(company: Company) -> &'static str {
    match company {
        Company::Alone => {
            "another process of Qura works on this PostgreSQL database; set REDIS_URL in all of them to run several"
        }
        Company::Coordinated => {
            "another process of Qura works on this PostgreSQL database without Redis; stop it, and start it anew with REDIS_URL set"
        }
    }
}
