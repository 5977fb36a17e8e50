//! The job that draws: looks how far the draw is, and does the next step.

use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::ids::{JobId, LotteryId};
use qura_domain::lottery::{Lottery, LotteryState};
use qura_domain::time::Timestamp;
use qura_ports::coordination::Topic;
use qura_storage::Tx;

use super::order::{DrawOrder, ORDER, order_at};
use super::{DrawService, announcing, closing, freezing, walking};
use crate::jobs::{Job, JobError, RunningJob};

/// Draws. It never dies: a draw that was promised is made, however late.
pub struct DrawJob {
    pub draws: Arc<DrawService>,
}

#[async_trait]
impl Job for DrawJob {
    fn kind(&self) -> &'static str {
        ORDER
    }

    fn tries(&self) -> Option<u32> {
        None
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let DrawOrder { lottery } = serde_json::from_str(job.payload())
            .map_err(|error| JobError::Fatal(format!("not an order of a draw: {error}")))?;
        let found = self.draws.db.read().await?.lotteries().get(lottery).await?;
        let Some(lottery) = found else { return Ok(()) };
        not_given_up(lottery.id, self.go_on(Step { draws: &self.draws, job }, &lottery).await)
    }
}

/// What was promised stays ordered until somebody has mended what is wrong.
pub(super) fn not_given_up(lottery: LotteryId, outcome: Result<(), JobError>) -> Result<(), JobError> {
    outcome.map_err(|error| match error {
        JobError::Fatal(error) => {
            tracing::error!(lottery = lottery.get(), error, "a draw cannot go on");
            JobError::Retry(error)
        }
        error => error,
    })
}

impl DrawJob {
    /// Does the next step of a draw.
    async fn go_on(&self, step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
        match lottery.state {
            LotteryState::Open | LotteryState::Paused => closing::close(step, lottery).await,
            LotteryState::Frozen => freezing::go_on(step, lottery).await,
            LotteryState::Drawing => walking::go_on(step, lottery).await,
            LotteryState::Drawn => announcing::tell(step, lottery).await,
            // Not published, cancelled, or drawn long ago: there is nothing to draw.
            LotteryState::Draft
            | LotteryState::Scheduled
            | LotteryState::Announced
            | LotteryState::Cancelled
            | LotteryState::Reopened => Ok(()),
        }
    }
}

/// One step of a draw: a run of the job.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub draws: &'a DrawService,
    job: &'a RunningJob,
}

impl Step<'_> {
    /// Commits what was done, and orders the next step, together.
    pub async fn then(&self, tx: Tx, lottery: LotteryId) -> Result<(), JobError> {
        self.then_at(tx, lottery, self.draws.clock.now()).await
    }

    /// The same where the next step has its time.
    pub async fn then_at(&self, mut tx: Tx, lottery: LotteryId, at: Timestamp) -> Result<(), JobError> {
        let id = JobId::new(self.draws.random.id());
        order_at(&mut tx, id, lottery, at, self.draws.clock.now()).await?;
        self.done(tx).await
    }

    /// Commits what was done so far; this run goes on.
    pub async fn keeps(&self, tx: Tx) -> Result<(), JobError> {
        self.job.keep(tx, self.draws.clock.now()).await
    }

    /// Commits the last step.
    pub async fn done(&self, tx: Tx) -> Result<(), JobError> {
        self.job.complete(tx).await?;
        self.draws.wakeups.wake(Topic::Jobs).await;
        self.draws.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }

    /// Where a test may kill the program.
    pub fn reaches(&self, point: &str) {
        self.draws.faults.reach(point);
    }
}
