//! A kind of background work, and one run of it.

use async_trait::async_trait;
use qura_domain::time::Timestamp;
use qura_storage::{ClaimedJob, StorageError, Tx};

use super::runner::LEASE;

/// A kind of background work.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// `area.verb`, as in the table.
    fn kind(&self) -> &'static str;

    /// How often it is tried before it is dead; `None` for what must go on trying: draws, refunds,
    /// settlements.
    fn tries(&self) -> Option<u32> {
        Some(10)
    }

    /// Does the work. Effects go into the transaction that [`RunningJob::complete`] commits; work
    /// without effects in the database may simply return. May run again after it was cut off.
    async fn run(&self, job: &RunningJob) -> Result<(), JobError>;
}

/// A run of a job, which its worker holds.
#[derive(Clone, Debug)]
pub struct RunningJob {
    pub(super) claimed: ClaimedJob,
}

impl RunningJob {
    /// The kind's own JSON.
    pub fn payload(&self) -> &str {
        &self.claimed.payload
    }

    /// 1 the first time.
    pub fn attempt(&self) -> u32 {
        self.claimed.attempt
    }

    /// Commits effects in the middle of the job, or rolls them back when another worker took it over.
    pub async fn keep(&self, mut tx: Tx, now: Timestamp) -> Result<(), JobError> {
        if !tx.jobs().extend(&self.claimed, now + LEASE).await? {
            tx.rollback().await?;
            return Err(JobError::TakenOver);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Commits the effects and ends the job, or rolls everything back when another worker took it over.
    pub async fn complete(&self, mut tx: Tx) -> Result<(), JobError> {
        if !tx.jobs().complete(&self.claimed).await? {
            tx.rollback().await?;
            return Err(JobError::TakenOver);
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Why a run came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The lease ran out and another worker has the job: nothing was committed here.
    #[error("another worker took the job over")]
    TakenOver,
    /// Worth another try.
    #[error("{0}")]
    Retry(String),
    /// Trying again would change nothing.
    #[error("{0}")]
    Fatal(String),
}

impl From<StorageError> for JobError {
    fn from(error: StorageError) -> Self {
        Self::Retry(error.detail())
    }
}
