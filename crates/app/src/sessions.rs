//! Wizards under way: kept in the database, so that they survive a restart; gone after a while.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::{NoticeId, UserId};
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{Db, Session, StorageError, Tx};

use crate::jobs::{Job, JobError, RunningJob};
use crate::outbox::{Notice, write_notice};

/// Keeps wizards.
pub struct SessionService {
    pub clock: Arc<dyn Clock>,
    /// `SESSION_TTL`.
    pub ttl: Duration,
}

impl SessionService {
    /// Remembers where the person is, in the caller's transaction; replaces any other wizard.
    pub async fn save(&self, tx: &mut Tx, user: UserId, state: String) -> Result<(), StorageError> {
        let expires_at = self.clock.now() + self.ttl;
        tx.sessions().save(&Session { user, state, expires_at }).await
    }

    /// Whether a wizard read from the database is too old to go on with.
    pub fn has_expired(&self, session: &Session) -> bool {
        session.expires_at <= self.clock.now()
    }
}

/// The job that ends wizards nobody came back to, and tells their owners.
pub struct PurgeExpiredSessions {
    /// What the owner of a wizard, given as it was stored, hears of its end.
    pub farewell: fn(&Session) -> Option<Notice>,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
}

impl PurgeExpiredSessions {
    /// Rows a transaction takes at most, so that it stays short on SQLite.
    const CHUNK: u32 = 200;
}

#[async_trait]
impl Job for PurgeExpiredSessions {
    fn kind(&self) -> &'static str {
        "sessions.purge"
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        loop {
            let now = self.clock.now();
            let mut tx = self.db.begin().await?;
            let expired = tx.sessions().delete_expired(now, Self::CHUNK).await?;
            for notice in expired.iter().filter_map(self.farewell) {
                write_notice(&mut tx, NoticeId::new(self.random.id()), &notice, now).await?;
            }
            let last = expired.len() < Self::CHUNK as usize;
            if last {
                job.complete(tx).await?;
            } else {
                tx.commit().await?;
            }
            if !expired.is_empty() {
                self.wakeups.wake(Topic::Outbox).await;
            }
            if last {
                return Ok(());
            }
        }
    }
}
