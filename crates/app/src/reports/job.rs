//! The job that makes one part of a report of participants and sends it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use qura_domain::ids::JobId;
use qura_domain::lottery::Lottery;
use qura_ports::telegram::{Keyboard, Lane, Request};

use super::failing::{ReportError, TRIES, failed};
use super::order::{REPORT, ReportOrder};
use super::part::{self, Part};
use super::table::MOST;
use super::{ReportKind, ReportWriter};
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::LotteryService;

/// Makes reports of participants.
pub struct ReportJob {
    pub lotteries: Arc<LotteryService>,
    pub writer: Arc<dyn ReportWriter>,
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
            Err(error) => return failed(&self.lotteries, job, &lottery, order.person, error).await,
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
            name: format!(
                "{}-{}{suffix}.{}",
                ReportKind::Participants.name(),
                lottery.code,
                order.format.name()
            ),
            content: Bytes::from(content),
            caption: self.writer.caption(reader.as_ref(), &lottery.code, part),
            keyboard: Keyboard::default(),
        };
        self.lotteries.messenger.send(Lane::Notice, request).await?;
        Ok(next)
    }
}
