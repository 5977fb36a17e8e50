//! «إعادة سحب فائز», and the job that gives a place to an heir, whoever asked for it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::code::Code;
use qura_domain::draw::walk::{Reason, Status};
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::{Lottery, LotteryState, Ticket, WinnerRole};
use qura_domain::time::Timestamp;
use qura_ports::coordination::Topic;
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::announcing::hold_until;
use super::job::not_given_up;
use super::replacing::{Loss, ReplaceError, Told};
use super::telling::DrawTrouble;
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::Manager;

/// The kind of the job.
pub const REPLACE: &str = "draw.replace";

/// The pause while something has to be mended, and while another heir of the same lottery is looked for.
const AGAIN: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(1);

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
    NotTheirs,
    /// There is no result yet, or another lottery carries on.
    NotAnnounced,
    /// They have not won, or not any more.
    NotWinner,
}

/// Whether the wins of a lottery may pass on.
pub(super) enum Passing {
    Now,
    /// It is opened again, and the lottery that is to carry on is not published: it may yet be thrown away.
    Later,
    /// Another lottery carries on, and its winners stay; or nobody has won.
    Never,
}

impl DrawService {
    pub(super) async fn passing(&self, lottery: &Lottery) -> Result<Passing, StorageError> {
        Ok(match lottery.state {
            LotteryState::Announced => Passing::Now,
            LotteryState::Reopened
                if !self.db.read().await?.lotteries().is_carried_on(lottery.id).await? =>
            {
                Passing::Later
            }
            _ => Passing::Never,
        })
    }

    /// «إعادة سحب فائز»: orders that the winner with this ticket is replaced, in the caller's transaction.
    /// Wake `Topic::Jobs` after the commit.
    pub async fn redraw(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        ticket: Ticket,
        note: &str,
    ) -> Result<Result<(), RedrawRefusal>, StorageError> {
        let found = tx.lotteries().lock(code).await?;
        let Some(lottery) = found.filter(|lottery| manager.may(lottery)) else {
            return Ok(Err(RedrawRefusal::NotTheirs));
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
            by: Some(manager.person),
        };
        self.order_replacement(tx, &order, self.clock.now()).await?;
        Ok(Ok(()))
    }

    /// Orders that a winner is replaced; once, however often it is asked for.
    pub(super) async fn order_replacement(
        &self,
        tx: &mut Tx,
        order: &ReplaceOrder,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let payload =
            serde_json::to_string(order).map_err(|_| StorageError::Unreadable("order of a replacement"))?;
        let dedupe = format!("{}:{}", order.lottery, order.ticket.get());
        let (id, now) = (JobId::new(self.random.id()), self.clock.now());
        let job = NewJob { id, kind: REPLACE, payload: &payload, run_at: at, dedupe: Some(&dedupe) };
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
        let Some(lottery) = found else { return Ok(()) };
        match self.draws.passing(&lottery).await? {
            Passing::Now => not_given_up(lottery.id, self.replace(job, &lottery, &order).await),
            Passing::Later => self.later(job, &lottery, &order, None, AGAIN).await,
            Passing::Never => Ok(()),
        }
    }
}

impl ReplaceJob {
    async fn replace(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        order: &ReplaceOrder,
    ) -> Result<(), JobError> {
        let ReplaceOrder { ticket, reason, status, note, by, .. } = order.clone();
        let loss = Loss { ticket, reason, status, note, by };
        let told = Told { hold_until: hold_until(lottery, self.draws.clock.now()) };
        let tx = match self.draws.replace(lottery, &loss, Some(told)).await {
            Ok(Some(tx)) => tx,
            Ok(None) => return Ok(()),
            Err(ReplaceError::Trouble(trouble)) => {
                return self.later(job, lottery, order, Some(trouble), AGAIN).await;
            }
            // Several of one lottery at once: each has its turn.
            Err(ReplaceError::Overtaken) => return self.later(job, lottery, order, None, SOON).await,
            Err(error) => return Err(error.into()),
        };
        // What it waited for is over once the post of it is there.
        self.draws.faults.reach("draw.replacing");
        job.complete(tx).await?;
        self.draws.wakeups.wake(Topic::Outbox).await;
        self.draws.faults.reach("draw.replaced");
        Ok(())
    }

    /// It is tried again after a while. The organizer hears once what it waits for.
    async fn later(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        order: &ReplaceOrder,
        trouble: Option<DrawTrouble>,
        pause: Duration,
    ) -> Result<(), JobError> {
        let draws = &self.draws;
        let mut tx = draws.db.begin().await?;
        if let Some(trouble) = trouble {
            draws.complain(&mut tx, lottery, trouble).await?;
        }
        draws.order_replacement(&mut tx, order, draws.clock.now() + pause).await?;
        job.complete(tx).await?;
        draws.wakeups.wake(Topic::Jobs).await;
        draws.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }
}
