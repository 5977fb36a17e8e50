//! What becomes of a report that cannot be made: it is tried again, and given up with a word to whoever asked.

use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_ports::telegram::TelegramError;
use qura_storage::StorageError;

use crate::jobs::{JobError, RunningJob};
use crate::lotteries::LotteryService;
use crate::outbox::Notice;

/// Tries until the organizer hears that nothing comes of it: with the waits between them some minutes.
pub const TRIES: u32 = 8;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("a file cannot be written: {0}")]
    File(String),
    #[error(transparent)]
    Telegram(#[from] TelegramError),
    #[error("{}", .0.detail())]
    Storage(#[from] StorageError),
}

impl ReportError {
    fn is_worth_a_try(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Telegram(error) => error.is_no_answer(),
            Self::Storage(error) => error.is_transient(),
        }
    }
}

/// Ends a run that failed.
pub async fn failed(
    lotteries: &LotteryService,
    job: &RunningJob,
    lottery: &Lottery,
    person: UserId,
    error: ReportError,
) -> Result<(), JobError> {
    // Who blocked the bot wants no report.
    let is_wanted = !matches!(error, ReportError::Telegram(TelegramError::Unreachable(_)));
    if is_wanted && job.attempt() < TRIES && error.is_worth_a_try() {
        return Err(JobError::Retry(error.to_string()));
    }
    let mut tx = lotteries.db.begin().await?;
    if is_wanted {
        tracing::error!(%error, lottery = lottery.id.get(), "a report is given up");
        let notice = Notice::ReportFailed { person, code: lottery.code.clone() };
        lotteries.write(&mut tx, &notice).await?;
    }
    job.complete(tx).await?;
    lotteries.announce().await;
    Ok(())
}
