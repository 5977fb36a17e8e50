//! The job that makes one part of a report and sends it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use qura_domain::ids::{JobId, UserId};
use qura_domain::lottery::Lottery;
use qura_ports::telegram::{Keyboard, Lane, Request, TelegramError};
use qura_storage::StorageError;

use super::ReportWriter;
use super::order::{REPORT, ReportOrder};
use super::part::{self, MOST, Part, PartError};
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::LotteryService;
use crate::outbox::Notice;

/// Tries until the organizer hears that nothing comes of it: with the waits between them some minutes.
const TRIES: u32 = 8;

/// Makes reports.
pub struct ReportJob {
    pub lotteries: Arc<LotteryService>,
    pub writer: Arc<dyn ReportWriter>,
}

#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Part(#[from] PartError),
    #[error(transparent)]
    Telegram(#[from] TelegramError),
    #[error("{}", .0.detail())]
    Storage(#[from] StorageError),
}

#[async_trait]
impl Job for ReportJob {
    fn kind(&self) -> &'static str {
        REPORT
    }

    fn tries(&self) -> Option<u32> {
        Some(TRIES)
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: ReportOrder =
            serde_json::from_str(job.payload()).map_err(|error| JobError::Fatal(error.to_string()))?;
        let found = self.lotteries.db.read().await?.lotteries().get(order.lottery).await?;
        let Some(lottery) = found else { return Ok(()) };
        let next = match self.see_through(&lottery, &order).await {
            Ok(next) => next,
            // Who blocked the bot wants no report.
            Err(ReportError::Telegram(TelegramError::Unreachable(_))) => None,
            Err(error) if job.attempt() < TRIES && is_worth_a_try(&error) => {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(error) => return self.give_up(job, &lottery, order.person, error).await,
        };
        let mut tx = self.lotteries.db.begin().await?;
        if let Some(after) = next {
            let next = ReportOrder { after, part: order.part + 1, ..order };
            let id = JobId::new(self.lotteries.random.id());
            next.enqueue(&mut tx, id, self.lotteries.clock.now()).await?;
        }
        job.complete(tx).await?;
        self.lotteries.announce().await;
        Ok(())
    }
}

impl ReportJob {
    /// Makes the part and sends it. Where the next one begins, if there is one.
    async fn see_through(&self, lottery: &Lottery, order: &ReportOrder) -> Result<Option<u64>, ReportError> {
        let reader = self.lotteries.db.read().await?.users().get(order.person).await?;
        let part = part::make(&self.lotteries.db, &*self.writer, order, reader.as_ref(), MOST).await?;
        let Part { content, next } = part;
        let is_alone = order.part == 1 && next.is_none();
        let part = (!is_alone).then_some(order.part);
        let suffix = part.map(|part| format!("-{part}")).unwrap_or_default();
        let request = Request::SendFile {
            chat: order.person.chat(),
            name: format!("participants-{}{suffix}.{}", lottery.code, order.format.name()),
            content: Bytes::from(content),
            caption: self.writer.caption(reader.as_ref(), &lottery.code, part),
            keyboard: Keyboard::default(),
        };
        self.lotteries.messenger.send(Lane::Notice, request).await?;
        Ok(next)
    }

    async fn give_up(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        person: UserId,
        error: ReportError,
    ) -> Result<(), JobError> {
        tracing::error!(%error, lottery = lottery.id.get(), "a report is given up");
        let mut tx = self.lotteries.db.begin().await?;
        let notice = Notice::ReportFailed { person, code: lottery.code.clone() };
        self.lotteries.write(&mut tx, &notice).await?;
        job.complete(tx).await?;
        self.lotteries.announce().await;
        Ok(())
    }
}

fn is_worth_a_try(error: &ReportError) -> bool {
    match error {
        ReportError::Part(PartError::File(_)) => true,
        ReportError::Telegram(error) => error.is_transient() || *error == TelegramError::Unauthorized,
        ReportError::Storage(error) | ReportError::Part(PartError::Storage(error)) => error.is_transient(),
    }
}
