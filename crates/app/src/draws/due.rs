//! Orders the draws whose time has come.

use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::ids::JobId;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{Db, NewJob, StorageError, Tx};

use super::order::order;
use crate::jobs::{Job, JobError, RunningJob};

/// The kind of the job.
const DUE: &str = "draw.due";

/// Draws that are ordered at a time; the others follow a minute later.
const PAGE: u32 = 200;

/// Has draws looked for at a time, in the caller's transaction: else the next minute finds them.
pub async fn look_at(tx: &mut Tx, job: JobId, at: Timestamp, now: Timestamp) -> Result<(), StorageError> {
    let dedupe = at.micros().to_string();
    let job = NewJob { id: job, kind: DUE, payload: "{}", run_at: at, dedupe: Some(&dedupe) };
    tx.jobs().enqueue(&job, now).await?;
    Ok(())
}

/// «السحب التلقائي» at a time: looks every minute.
pub struct DueDraws {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
}

#[async_trait]
impl Job for DueDraws {
    fn kind(&self) -> &'static str {
        DUE
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let now = self.clock.now();
        let due = self.db.read().await?.lotteries().due_draws(now, PAGE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for lottery in due {
            order(&mut tx, JobId::new(self.random.id()), lottery, now).await?;
        }
        job.complete(tx).await?;
        self.wakeups.wake(Topic::Jobs).await;
        Ok(())
    }
}
