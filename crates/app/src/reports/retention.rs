//! «تقرير البقاء»: the job that counts who came because of a lottery and who stayed, and sends it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use qura_domain::channel::Channel;
use qura_domain::ids::{ChatId, JobId, LotteryId, UserId};
use qura_domain::lottery::Lottery;
use qura_domain::lottery::retention::{Heard, Retention, Standing, chats};
use qura_domain::time::Timestamp;
use qura_ports::telegram::{Keyboard, Lane, Request};
use qura_storage::{MembershipEvent, NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::counting::{Stretch, count};
use super::failing::{ReportError, TRIES, failed};
use super::table::{MOST, Table};
use super::{ReportFormat, ReportKind, ReportWriter};
use crate::jobs::{Job, JobError, RunningJob};
use crate::lotteries::LotteryService;
use crate::upkeep::MEMBERSHIPS;

/// The kind of the job.
pub(super) const RETENTION: &str = "lottery.retention";

/// Pages of participants in one run: some seconds, so that a worker that is told to stop can finish it.
const PAGES: u32 = 20;

/// The payload of [`RETENTION`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RetentionOrder {
    pub lottery: LotteryId,
    /// Who gets it.
    pub person: UserId,
    pub format: ReportFormat,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub so_far: Option<SoFar>,
}

/// What the runs before have counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SoFar {
    /// The moment of the report.
    pub(super) as_of: Timestamp,
    /// The ticket up to which it was counted.
    pub(super) after: u64,
    pub(super) chats: Vec<(ChatId, Retention)>,
}

impl RetentionOrder {
    /// A report that is queued is not queued again. The runs that follow the first are each ordered once, and of
    /// two reports that are being made at a time none is to end in the other's.
    pub async fn enqueue(&self, tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool, StorageError> {
        let payload = serde_json::to_string(self).map_err(|_| StorageError::Unreadable("report"))?;
        let dedupe = self.so_far.is_none().then_some(payload.as_str());
        let job = NewJob { id, kind: RETENTION, payload: &payload, run_at: now, dedupe };
        tx.jobs().enqueue(&job, now).await
    }
}

/// Who came to a chat because of a lottery, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatStays {
    pub chat: ChatId,
    /// `None` when it is not known any more.
    pub channel: Option<Channel>,
    pub retention: Retention,
    pub(super) heard: Heard,
}

impl ChatStays {
    /// Whether the bot was no administrator there for a while, or is none now: then Telegram tells it of nobody.
    pub fn has_gaps(&self) -> bool {
        self.heard.has_gaps()
    }
}

/// What there is to say of a report as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub as_of: Timestamp,
    /// Whether anybody came to any of the chats.
    pub came: bool,
    /// After how many days comings and goings are forgotten, where some of this lottery may be.
    pub forgotten_after_days: Option<u64>,
}

/// Makes reports of who stayed.
pub struct RetentionJob {
    pub lotteries: Arc<LotteryService>,
    pub writer: Arc<dyn ReportWriter>,
}

#[async_trait]
impl Job for RetentionJob {
    fn kind(&self) -> &'static str {
        RETENTION
    }

    fn tries(&self) -> Option<u32> {
        Some(TRIES)
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: RetentionOrder =
            serde_json::from_str(job.payload()).map_err(|error| JobError::Fatal(error.to_string()))?;
        let found = self.lotteries.db.read().await?.lotteries().get(order.lottery).await?;
        let Some(lottery) = found else { return Ok(()) };
        let Some(published) = lottery.published_at else { return Ok(()) };
        let next = match self.see_through(&lottery, published, &order).await {
            Ok(next) => next,
            Err(error) => return failed(&self.lotteries, job, &lottery, order.person, error).await,
        };
        let mut tx = self.lotteries.db.begin().await?;
        if let Some(next) = next {
            let id = JobId::new(self.lotteries.random.id());
            next.enqueue(&mut tx, id, self.lotteries.clock.now()).await?;
        }
        job.complete(tx).await?;
        self.lotteries.announce().await;
        Ok(())
    }
}

impl RetentionJob {
    /// Counts on. What the next run begins with, or the report is sent.
    async fn see_through(
        &self,
        lottery: &Lottery,
        published: Timestamp,
        order: &RetentionOrder,
    ) -> Result<Option<RetentionOrder>, ReportError> {
        let (as_of, after, mut counted) = self.begin(lottery, published, order).await?;
        let stretch = Stretch { lottery: lottery.id, published, after, pages: PAGES };
        if let Some(after) = count(&self.lotteries.db, stretch, &mut counted).await? {
            let chats = counted.iter().map(|chat| (chat.chat, chat.retention)).collect();
            let so_far = Some(SoFar { as_of, after, chats });
            return Ok(Some(RetentionOrder { so_far, ..order.clone() }));
        }
        let reader = self.lotteries.db.read().await?.users().get(order.person).await?;
        let reader = reader.as_ref();
        let sheet = self.writer.sheet(reader, ReportKind::Retention);
        let mut table = Table::new(order.format, &sheet, MOST)?;
        for row in counted.iter().flat_map(|chat| self.writer.stays(reader, chat)) {
            table.row(&row)?;
        }
        let is_old = published < as_of - MEMBERSHIPS;
        let about = Counted {
            as_of,
            came: counted.iter().flat_map(|chat| &chat.retention).any(|stays| stays.came() > 0),
            forgotten_after_days: is_old.then_some(MEMBERSHIPS.as_secs() / 86_400),
        };
        let request = Request::SendFile {
            chat: order.person.chat(),
            name: format!("{}-{}.{}", ReportKind::Retention.name(), lottery.code, order.format.name()),
            content: Bytes::from(table.finish().await?),
            caption: self.writer.retention_caption(reader, &lottery.code, &about),
            keyboard: Keyboard::default(),
        };
        self.lotteries.messenger.send(Lane::Notice, request).await?;
        Ok(None)
    }

    /// The moment of the report, where to count on, and what was counted by now of each chat.
    async fn begin(
        &self,
        lottery: &Lottery,
        published: Timestamp,
        order: &RetentionOrder,
    ) -> Result<(Timestamp, u64, Vec<ChatStays>), StorageError> {
        let mut reader = self.lotteries.db.read().await?;
        let conditions = reader.conditions().list(lottery.id).await?;
        let chats = chats(lottery, &conditions);
        let now = self.lotteries.clock.now();
        // A group that became a supergroup in the meantime has another number: then all is counted anew.
        let so_far =
            order.so_far.clone().filter(|so_far| so_far.chats.iter().map(|(chat, _)| chat).eq(&chats));
        let fresh = SoFar {
            as_of: now,
            after: 0,
            chats: chats.into_iter().map(|chat| (chat, Retention::default())).collect(),
        };
        let SoFar { as_of, after, chats } = so_far.unwrap_or(fresh);
        let bot = UserId::new(self.lotteries.channels.bot.get());
        let mut counted = Vec::with_capacity(chats.len());
        for (chat, retention) in chats {
            let channel = reader.channels().get(chat).await?;
            let changes = reader.membership_events().history(chat, bot, published).await?;
            let is_administrator = channel.as_ref().is_none_or(|channel| channel.bot.is_administrator());
            let heard = Heard::new(published, as_of, changes.iter().map(standing), is_administrator);
            counted.push(ChatStays { chat, channel, retention, heard });
        }
        Ok((as_of, after, counted))
    }
}

fn standing(event: &MembershipEvent) -> Standing {
    Standing {
        at: event.at,
        was_administrator: event.before.is_administrator(),
        is_administrator: event.after.is_administrator(),
    }
}
