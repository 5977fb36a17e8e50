//! «مهلة التأكيد»: while it lasts, and at its end, a win passes on from those who left or said nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::draw::walk::{Reason, Status};
use qura_domain::ids::LotteryId;
use qura_domain::lottery::{Lottery, Winner};
use qura_ports::coordination::Topic;
use qura_storage::StorageError;

use super::DrawService;
use super::checking::CheckError;
use super::hearing::Patience;
use super::redraw::{Passing, ReplaceOrder};
use crate::jobs::{Job, JobError, RunningJob};

/// The kind of the job.
pub const HOLD: &str = "draw.hold";

const PAGE: u32 = 200;

/// As long as the outbox tries to post what a chat waits for: about a month.
const TRIED_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Looks at all wins that may still pass on, every minute.
pub struct HoldSweep {
    pub draws: Arc<DrawService>,
}

/// What becomes of a win that may pass on.
enum Fate {
    Waits,
    ForGood,
    Passes(Reason, Status),
}

#[async_trait]
impl Job for HoldSweep {
    fn kind(&self) -> &'static str {
        HOLD
    }

    async fn run(&self, _job: &RunningJob) -> Result<(), JobError> {
        let (mut after, patience) = (None, Patience::default());
        loop {
            let page = self.draws.db.read().await?.winners().on_hold(after, PAGE).await?;
            for (lottery, winner) in &page {
                self.look_at(*lottery, winner, &patience).await?;
            }
            let last = page.last().map(|(lottery, winner)| (*lottery, *winner));
            let Some((lottery, winner)) = last.filter(|_| page.len() == PAGE as usize) else { break };
            after = winner.hold_until.map(|until| (until, lottery, winner.ticket));
        }
        self.draws.wakeups.wake(Topic::Jobs).await;
        Ok(())
    }
}

impl HoldSweep {
    async fn look_at(
        &self,
        lottery: LotteryId,
        winner: &Winner,
        patience: &Patience,
    ) -> Result<(), JobError> {
        let found = self.draws.db.read().await?.lotteries().get(lottery).await?;
        let Some(lottery) = found else { return Ok(()) };
        let fate = match self.draws.passing(&lottery).await? {
            Passing::Now => self.fate(&lottery, winner, patience).await,
            Passing::Later => Ok(Fate::Waits),
            Passing::Never => Ok(Fate::ForGood),
        };
        match fate {
            Ok(Fate::Waits) => {}
            Ok(Fate::ForGood) => {
                let mut tx = self.draws.db.begin().await?;
                tx.winners().settle(lottery.id, winner.ticket).await?;
                tx.commit().await?;
            }
            Ok(Fate::Passes(reason, status)) => self.pass_on(&lottery, winner, reason, status).await?,
            // It is looked at again in a minute; the others need not wait for it.
            Err(error) => tracing::warn!(lottery = lottery.id.get(), %error, "a win cannot be looked at"),
        }
        Ok(())
    }

    async fn fate(
        &self,
        lottery: &Lottery,
        winner: &Winner,
        patience: &Patience,
    ) -> Result<Fate, CheckError> {
        let mut is_over = winner.hold_until.is_none_or(|until| until <= self.draws.clock.now());
        if is_over && winner.confirmed_at.is_none() {
            is_over = !self.may_yet_confirm(lottery, winner).await?;
        }
        let has_news = lottery.settings.leavers_excluded
            && self
                .draws
                .last_crossing(lottery.chat, winner.user)
                .await?
                .is_some_and(|event| event.has_left());
        // Telegram is asked only of those who were seen to leave, and of all once in the end.
        if has_news || is_over {
            match self.draws.status(lottery, winner.user, patience).await {
                Ok(Status::Left) => return Ok(Fate::Passes(Reason::Left, Status::Left)),
                // The chat is lost: nobody is to wait for it.
                Ok(_) | Err(CheckError::Trouble(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(match (is_over, winner.confirmed_at) {
            (false, _) => Fate::Waits,
            (true, Some(_)) => Fate::ForGood,
            (true, None) => Fate::Passes(Reason::Timeout, Status::Unchecked),
        })
    }

    /// Whether the chat could not read of the win in time: the post is all that tells one who blocked the bot,
    /// and once it is there the time to confirm begins anew.
    async fn may_yet_confirm(&self, lottery: &Lottery, winner: &Winner) -> Result<bool, StorageError> {
        let now = self.draws.clock.now();
        let is_tried = winner.hold_until.is_some_and(|until| now < until + TRIED_FOR);
        if is_tried && self.draws.waits_for_chat(lottery.id).await? {
            return Ok(true);
        }
        // It may have been posted since the page was read.
        let known = self.draws.db.read().await?.winners().get(lottery.id, winner.user).await?;
        Ok(known.and_then(|known| known.hold_until).is_some_and(|until| until > now))
    }

    async fn pass_on(
        &self,
        lottery: &Lottery,
        winner: &Winner,
        reason: Reason,
        status: Status,
    ) -> Result<(), StorageError> {
        let (lottery, ticket) = (lottery.id, winner.ticket);
        let order = ReplaceOrder { lottery, ticket, reason, status, note: None, by: None };
        let mut tx = self.draws.db.begin().await?;
        self.draws.order_replacement(&mut tx, &order, self.draws.clock.now()).await?;
        self.draws.faults.reach("draw.holding");
        tx.commit().await?;
        self.draws.faults.reach("draw.held");
        Ok(())
    }
}
