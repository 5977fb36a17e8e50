//! Orders a report, in the transaction of whoever asks for it.

use std::time::Duration;

use qura_domain::code::Code;
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::retention;
use qura_domain::time::Timestamp;
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::retention::RetentionOrder;
use super::{ReportFormat, ReportKind};
use crate::lotteries::{LotteryService, ManageRefusal, Managed, Manager};

/// The kind of the job.
pub(super) const REPORT: &str = "lottery.report";

/// The name of reports among the acts that are limited, and in which time they are counted.
const ACT: &str = "lottery.report";
const WINDOW: Duration = Duration::from_hours(1);

/// The payload of [`REPORT`]: one part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReportOrder {
    pub lottery: LotteryId,
    /// Who gets it.
    pub person: UserId,
    pub format: ReportFormat,
    /// The ticket that the part before it ended with.
    #[serde(default)]
    pub after: u64,
    /// From 1.
    pub part: u32,
}

impl ReportOrder {
    /// A report that is queued is not queued again. The parts that follow the first are each ordered once, and of
    /// two reports that are being made at a time none is to end in the other's.
    pub async fn enqueue(&self, tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool, StorageError> {
        let payload = serde_json::to_string(self).map_err(|_| StorageError::Unreadable("report"))?;
        let dedupe = (self.part == 1).then_some(payload.as_str());
        let job = NewJob { id, kind: REPORT, payload: &payload, run_at: now, dedupe };
        tx.jobs().enqueue(&job, now).await
    }
}

impl LotteryService {
    /// Orders a report for whoever asks, in the caller's transaction. Ordered twice before it is made, it is
    /// one. Call [`Self::announce`] after the commit.
    pub async fn order_report(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        kind: ReportKind,
        format: ReportFormat,
    ) -> Result<Managed, StorageError> {
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if lottery.published_at.is_none() {
            return Ok(Err(ManageRefusal::NotNow));
        }
        if kind == ReportKind::Retention {
            let conditions = tx.conditions().list(lottery.id).await?;
            if retention::chats(&lottery, &conditions).is_empty() {
                return Ok(Err(ManageRefusal::BringsNobody));
            }
        }
        let (person, now) = (manager.person, self.clock.now());
        let limit = self.settings.get().reports_per_hour();
        let (count, first) = tx.limited_acts().since(person, ACT, now - WINDOW).await?;
        if count >= u64::from(limit) {
            let wait = first.map_or(WINDOW, |first| (first + WINDOW).since(now));
            return Ok(Err(ManageRefusal::TooOften { limit, wait }));
        }
        let (lottery_id, id) = (lottery.id, JobId::new(self.random.id()));
        let (is_new, after) = match kind {
            ReportKind::Participants => {
                let order = ReportOrder { lottery: lottery_id, person, format, after: 0, part: 1 };
                (order.enqueue(tx, id, now).await?, format.name().to_owned())
            }
            ReportKind::Retention => {
                let order = RetentionOrder { lottery: lottery_id, person, format, so_far: None };
                (order.enqueue(tx, id, now).await?, format!("{}.{}", kind.name(), format.name()))
            }
        };
        if is_new {
            tx.limited_acts().record(person, ACT, now, self.random.id(), now - WINDOW).await?;
            let after = Some(after);
            self.audit(tx, Some(person), "lottery.report", &lottery, after).await?;
        }
        Ok(Ok(lottery))
    }
}

#[cfg(test)]
mod tests {
    use qura_storage::{DatabaseUrl, Db};

    use super::super::retention::{RETENTION, SoFar};
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1);

    /// Takes what is queued, as a worker does.
    async fn begins(tx: &mut Tx, kind: &str) {
        assert_eq!(tx.jobs().claim(&[kind], NOW, NOW + WINDOW, 9).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn one_that_is_ordered_while_its_like_is_being_made_goes_on_to_its_end_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("qura.db")), 2).await.unwrap();
        db.migrate_up().await.unwrap();
        let (lottery, person, format) = (LotteryId::new(1), UserId::new(2), ReportFormat::Csv);
        let mut ids = (1..).map(JobId::new);
        let mut tx = db.begin().await.unwrap();

        let first = ReportOrder { lottery, person, format, after: 0, part: 1 };
        let next = ReportOrder { after: 100, part: 2, ..first.clone() };
        assert!(first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        assert!(!first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap(), "it is one");
        begins(&mut tx, REPORT).await;
        assert!(first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        begins(&mut tx, REPORT).await;
        for _ in 0..2 {
            assert!(next.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        }

        let first = RetentionOrder { lottery, person, format, so_far: None };
        let so_far = SoFar { as_of: NOW, after: 100, chats: Vec::new() };
        let next = RetentionOrder { so_far: Some(so_far), ..first.clone() };
        assert!(first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        assert!(!first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap(), "it is one");
        begins(&mut tx, RETENTION).await;
        assert!(first.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        begins(&mut tx, RETENTION).await;
        for _ in 0..2 {
            assert!(next.enqueue(&mut tx, ids.next().unwrap(), NOW).await.unwrap());
        }
    }
}
