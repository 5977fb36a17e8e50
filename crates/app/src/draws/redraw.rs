//! «إعادة سحب فائز», and the job that gives a place to an heir, whoever asked for it.

use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::draw::walk::{Reason, Status};
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::{Lottery, LotteryState, Ticket, WinnerRole};
use qura_ports::coordination::Topic;
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::announcing::hold_until;
use super::replacing::{Loss, Told};
use crate::jobs::{Job, JobError, RunningJob};

/// The kind of the job.
pub const REPLACE: &str = "draw.replace";

/// The payload of [`REPLACE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceOrder {
    pub lottery: LotteryId,
    pub ticket: Ticket,
    pub reason: Reason,
    pub status: Status,
    pub note: Option<String>,
    pub by: Option<UserId>,
}

/// Why a winner is not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedrawRefusal {
    NotOrganizer,
    /// There is no result yet, or another lottery carries on.
    NotAnnounced,
    /// They have not won, or not any more.
    NotWinner,
}

impl DrawService {
    /// «إعادة سحب فائز»: orders that the winner with this ticket is replaced, in the caller's transaction.
    /// Wake `Topic::Jobs` after the commit.
    pub async fn redraw(
        &self,
        tx: &mut Tx,
        lottery: LotteryId,
        ticket: Ticket,
        by: UserId,
        note: &str,
    ) -> Result<Result<(), RedrawRefusal>, StorageError> {
        let found = tx.lotteries().get(lottery).await?;
        let Some(lottery) = found.filter(|lottery| lottery.organizer == by) else {
            return Ok(Err(RedrawRefusal::NotOrganizer));
        };
        if lottery.state != LotteryState::Announced {
            return Ok(Err(RedrawRefusal::NotAnnounced));
        }
        let named = tx.winners().list(lottery.id).await?;
        let is_winner = named
            .iter()
            .any(|record| record.winner.ticket == ticket && record.winner.role == WinnerRole::Winner);
        if !is_winner {
            return Ok(Err(RedrawRefusal::NotWinner));
        }
        let order = ReplaceOrder {
            lottery: lottery.id,
            ticket,
            reason: Reason::Redrawn,
            status: Status::Unchecked,
            note: Some(note.to_owned()),
            by: Some(by),
        };
        self.order_replacement(tx, &order).await?;
        Ok(Ok(()))
    }

    /// Orders that a winner is replaced; once, however often it is asked for.
    pub(super) async fn order_replacement(
        &self,
        tx: &mut Tx,
        order: &ReplaceOrder,
    ) -> Result<(), StorageError> {
        let payload =
            serde_json::to_string(order).map_err(|_| StorageError::Unreadable("order of a replacement"))?;
        let dedupe = format!("{}:{}", order.lottery, order.ticket.get());
        let (id, now) = (JobId::new(self.random.id()), self.clock.now());
        let job = NewJob { id, kind: REPLACE, payload: &payload, run_at: now, dedupe: Some(&dedupe) };
        tx.jobs().enqueue(&job, now).await.map(drop)
    }
}

/// Replaces winners. It goes on trying, as draws do.
pub struct ReplaceJob {
    pub draws: Arc<DrawService>,
}

#[async_trait]
impl Job for ReplaceJob {
    fn kind(&self) -> &'static str {
        REPLACE
    }

    fn tries(&self) -> Option<u32> {
        None
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: ReplaceOrder = serde_json::from_str(job.payload())
            .map_err(|error| JobError::Fatal(format!("not an order of a replacement: {error}")))?;
        let found = self.draws.db.read().await?.lotteries().get(order.lottery).await?;
        let Some(lottery) = found.filter(|lottery: &Lottery| lottery.state == LotteryState::Announced) else {
            return Ok(());
        };
        let ReplaceOrder { ticket, reason, status, note, by, .. } = order;
        let loss = Loss { ticket, reason, status, note, by };
        let told = Told { hold_until: hold_until(&lottery, self.draws.clock.now()) };
        let Some(tx) = self.draws.replace(&lottery, &loss, Some(told)).await? else { return Ok(()) };
        self.draws.faults.reach("draw.replacing");
        job.complete(tx).await?;
        self.draws.wakeups.wake(Topic::Outbox).await;
        self.draws.faults.reach("draw.replaced");
        Ok(())
    }
}
