//! The job that makes one part of a report and sends it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use qura_domain::ids::{JobId, UserId};
use qura_domain::lottery::{Lottery, Ticket};
use qura_ports::telegram::{Keyboard, Lane, Request, TelegramError};
use qura_storage::{Page, ParticipantFilter, StorageError, UserRecord};

use super::csv::CsvTable;
use super::order::{REPORT, ReportOrder};
use super::xlsx::XlsxTable;
use super::{ReportFormat, ReportWriter, Table};
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::LotteryService;
use crate::outbox::Notice;

/// Participants that are read at a time.
const PAGE: u32 = 1_000;

/// Tries until the organizer hears that nothing comes of it: with the waits between them some minutes.
const TRIES: u32 = 8;

/// Makes reports.
pub struct ReportJob {
    pub lotteries: Arc<LotteryService>,
    pub writer: Arc<dyn ReportWriter>,
}

/// A part, and where the next one begins, if there is one.
struct Part {
    content: Vec<u8>,
    next: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error("a file cannot be written: {0}")]
    File(String),
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
        let Part { content, next } = self.make(order, reader.as_ref()).await?;
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

    async fn make(&self, order: &ReportOrder, reader: Option<&UserRecord>) -> Result<Part, ReportError> {
        let columns = self.writer.columns(reader);
        let mut table = match order.format {
            ReportFormat::Csv => Table::Csv(CsvTable::new(&columns)),
            ReportFormat::Xlsx => {
                let (name, is_right_to_left) = self.writer.sheet(reader);
                let table = XlsxTable::new(&name, is_right_to_left, &columns);
                Table::Xlsx(Box::new(table.map_err(|error| ReportError::File(error.to_string()))?))
            }
        };
        let mut after = order.after;
        let next = loop {
            let page = Page::After(Ticket::new(after));
            let filter = ParticipantFilter::Everyone;
            let mut db = self.lotteries.db.read().await?;
            let rows = db.participants().list(order.lottery, filter, page, PAGE).await?;
            drop(db);
            for participant in &rows {
                table.row(&self.writer.row(reader, participant)).map_err(ReportError::File)?;
            }
            after = rows.last().map_or(after, |last| last.ticket.get());
            if rows.len() < PAGE as usize {
                break None;
            }
            if table.is_full() {
                break Some(after);
            }
        };
        let finish = tokio::task::spawn_blocking(move || table.finish()).await;
        let content = finish.map_err(|error| ReportError::File(error.to_string()))?;
        Ok(Part { content: content.map_err(ReportError::File)?, next })
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
        ReportError::File(_) => true,
        ReportError::Telegram(error) => error.is_transient() || *error == TelegramError::Unauthorized,
        ReportError::Storage(error) => error.is_transient(),
    }
}
