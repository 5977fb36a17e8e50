//! The job that forgets what nobody needs any more.

use std::time::Duration;

use async_trait::async_trait;
use qura_ports::clock::Clock;
use qura_storage::Db;
use std::sync::Arc;

use crate::jobs::{Job, JobError, RunningJob};

/// Dead updates are kept to be looked at (architecture, section 5).
const DEAD_UPDATES: Duration = Duration::from_hours(7 * 24);

/// Telegram does not tell when a request to join is declined, so an old one is taken for that.
const JOIN_REQUESTS: Duration = Duration::from_hours(30 * 24);

/// Attempts at challenges are signs of fraud as long as their lottery runs; few run longer.
const ATTEMPTS: Duration = Duration::from_hours(90 * 24);

/// Longer than a lottery with a date may run (`LotterySettings::HORIZON`): who left during it wins nothing. One
/// without a date keeps its chats' events until it is over.
const MEMBERSHIPS: Duration = Duration::from_hours(400 * 24);

/// Rows a transaction takes at most, so that it stays short on SQLite.
const CHUNK: u32 = 500;

/// Purges in chunks.
pub struct Upkeep {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    /// `SOFT_DELETE_DAYS`: how long what people removed is kept.
    pub soft_delete: Duration,
}

#[async_trait]
impl Job for Upkeep {
    fn kind(&self) -> &'static str {
        "upkeep.purge"
    }

    async fn run(&self, _job: &RunningJob) -> Result<(), JobError> {
        let now = self.clock.now();
        loop {
            let mut tx = self.db.begin().await?;
            let updates = tx.updates().purge_dead(now - DEAD_UPDATES, CHUNK).await?;
            let requests = tx.join_requests().purge(now - JOIN_REQUESTS, CHUNK).await?;
            let attempts = tx.challenges().purge(now - ATTEMPTS, CHUNK).await?;
            let events = tx.membership_events().purge(now - MEMBERSHIPS, CHUNK).await?;
            let unlinked = tx.user_channels().purge(now - self.soft_delete, CHUNK).await?;
            tx.channels().purge(&unlinked).await?;
            tx.commit().await?;
            if updates.max(requests).max(attempts).max(events).max(unlinked.len() as u64) < u64::from(CHUNK) {
                return Ok(());
            }
        }
    }
}
