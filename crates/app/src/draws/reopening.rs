//! Opens a lottery again that found too few winners: by a new one, with a commitment of its own, that names
//! the old, and takes its participants along.

use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::code::Code;
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings, LotteryState, Publication, Ticket};
use qura_domain::time::Timestamp;
use qura_ports::coordination::Topic;
use qura_storage::{AuditEntry, NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::{LotteryService, Manager};

/// The kind of the job that takes participants along.
pub const CARRY: &str = "draw.carry";

/// Rows a transaction takes, so that it stays short on SQLite.
const PAGE: u32 = 2_000;

/// Codes are random; that several in a row are taken does not happen.
const CODES: u32 = 5;

/// Why a lottery is not opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenRefusal {
    NotTheirs,
    /// It is not drawn, or was opened again before.
    NotAnnounced,
    /// It has all the winners that were asked for.
    Full,
}

/// The payload of [`CARRY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CarryOrder {
    from: LotteryId,
    to: LotteryId,
    after: Ticket,
}

impl DrawService {
    /// Makes the lottery that carries on, which waits for its participants and then for its publication, and
    /// orders what follows, in the caller's transaction. Wake `Topic::Jobs` after the commit.
    pub async fn reopen(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
    ) -> Result<Result<Lottery, ReopenRefusal>, StorageError> {
        let found = tx.lotteries().lock(code).await?;
        let Some(old) = found.filter(|lottery| manager.may(lottery)) else {
            return Ok(Err(ReopenRefusal::NotTheirs));
        };
        let step = old.state.to(LotteryState::Reopened);
        let Some(step) = step else { return Ok(Err(ReopenRefusal::NotAnnounced)) };
        let found = tx.winners().winners(old.id).await?.len();
        let missing = old.settings.winners.saturating_sub(u32::try_from(found).unwrap_or(u32::MAX));
        if missing == 0 {
            return Ok(Err(ReopenRefusal::Full));
        }
        let now = self.clock.now();
        if !tx.lotteries().advance(old.id, step, None, now).await? {
            return Ok(Err(ReopenRefusal::NotAnnounced));
        }
        let settings = LotterySettings {
            winners: missing,
            reserves: Some(old.settings.reserves()),
            auto_draw: AutoDraw::Never,
            publication: Publication::Now,
            ..old.settings.clone()
        };
        let conditions = tx.conditions().list(old.id).await?;
        let from = old.id;
        let like = Lottery { settings, reopens: Some(from), created_at: now, ..old.clone() };
        let new = self.successor(tx, like).await?;
        tx.conditions().replace(new.id, &conditions).await?;
        tx.audit().record(&self.reopening(manager.person, &old, &new, now)).await?;
        self.carry_on(tx, CarryOrder { from, to: new.id, after: Ticket::new(0) }).await?;
        Ok(Ok(new))
    }

    fn reopening(&self, by: UserId, old: &Lottery, new: &Lottery, at: Timestamp) -> AuditEntry {
        AuditEntry {
            id: self.random.id(),
            at,
            actor: Some(by),
            action: "lottery.reopen".to_owned(),
            subject: format!("lottery:{}", old.code),
            before: Some(old.state.name().to_owned()),
            after: Some(new.code.to_string()),
        }
    }

    /// No draft: nobody is to publish, change or discard it while its participants are on their way.
    async fn successor(&self, tx: &mut Tx, like: Lottery) -> Result<Lottery, StorageError> {
        let now = self.clock.now();
        let mut draft = self.draft(tx, like).await?;
        if let Some(step) = draft.state.to(LotteryState::Scheduled) {
            tx.lotteries().advance(draft.id, step, None, now).await?;
            draft.state = LotteryState::Scheduled;
        }
        Ok(draft)
    }

    async fn draft(&self, tx: &mut Tx, like: Lottery) -> Result<Lottery, StorageError> {
        let mut draft = Lottery {
            id: LotteryId::new(self.random.id()),
            state: LotteryState::Draft,
            pause: None,
            post: None,
            commitment: None,
            published_at: None,
            deleted_at: None,
            ..like
        };
        for _ in 0..CODES {
            let mut bytes = [0; 16];
            self.random.fill(&mut bytes);
            draft.code = Code::from_random(bytes);
            if tx.lotteries().insert(&draft).await? {
                return Ok(draft);
            }
        }
        Err(StorageError::Unreadable("a free code"))
    }

    async fn carry_on(&self, tx: &mut Tx, order: CarryOrder) -> Result<(), StorageError> {
        let payload =
            serde_json::to_string(&order).map_err(|_| StorageError::Unreadable("order to carry"))?;
        let (id, now) = (JobId::new(self.random.id()), self.clock.now());
        let dedupe = order.to.to_string();
        let job = NewJob { id, kind: CARRY, payload: &payload, run_at: now, dedupe: Some(&dedupe) };
        tx.jobs().enqueue(&job, now).await.map(drop)
    }
}

/// Takes participants along, page by page, and has the new lottery published with the last of them.
pub struct CarryJob {
    pub draws: Arc<DrawService>,
    pub lotteries: Arc<LotteryService>,
}

#[async_trait]
impl Job for CarryJob {
    fn kind(&self) -> &'static str {
        CARRY
    }

    fn tries(&self) -> Option<u32> {
        None
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: CarryOrder = serde_json::from_str(job.payload())
            .map_err(|error| JobError::Fatal(format!("not an order to carry: {error}")))?;
        let CarryOrder { from, to, after } = order;
        let draws = &self.draws;
        let mut tx = draws.db.begin().await?;
        match tx.participants().carry(from, to, after, PAGE, draws.clock.now()).await? {
            Some(last) => {
                draws.carry_on(&mut tx, CarryOrder { from, to, after: last }).await?;
                draws.faults.reach("draw.carrying");
                job.complete(tx).await?;
                draws.faults.reach("draw.carried");
            }
            None => {
                self.lotteries.publish_again(&mut tx, to).await?;
                draws.faults.reach("draw.republishing");
                job.complete(tx).await?;
                draws.faults.reach("draw.republished");
            }
        }
        draws.wakeups.wake(Topic::Jobs).await;
        draws.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }
}
