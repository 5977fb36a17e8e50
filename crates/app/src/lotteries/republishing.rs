//! «إعادة نشر»: a new post takes the place of the old one, whose buttons become a link to it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, JobId, LotteryId, MessageId, UserId};
use qura_domain::lottery::Lottery;
use qura_domain::time::Timestamp;
use qura_ports::telegram::{Lane, Request, Sent, TelegramError};
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::LotteryService;
use super::managing::{ManageRefusal, Managed, Manager};
use super::publishing::post_link;
use crate::draws;
use crate::jobs::{Job, JobError, RunningJob};
use crate::outbox::Notice;

/// The kind of the job.
const REPUBLISH: &str = "lottery.republish";

/// Counted with publications, and in the same time.
const ACT: &str = "lottery.publish";
const WINDOW: Duration = Duration::from_hours(1);

/// The payload of [`REPUBLISH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RepublishOrder {
    lottery: LotteryId,
    /// What is to become a link: a post of the lottery's chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old: Option<(ChatId, MessageId)>,
    /// `None` where nobody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<UserId>,
}

impl LotteryService {
    /// Orders a new post, in the caller's transaction. Ordered twice before it is there, it is one post. It
    /// counts as a publication. Call [`Self::announce`] after the commit.
    pub async fn republish(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
    ) -> Result<Managed, StorageError> {
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if !lottery.state.is_running() {
            return Ok(Err(ManageRefusal::NotNow));
        }
        let is_new = match self.order_by_hand(tx, manager.person, &lottery).await? {
            Ok(is_new) => is_new,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if is_new {
            let old = lottery.post.map(|post| format!("{}/{post}", lottery.chat));
            self.audit(tx, Some(manager.person), "lottery.republish", &lottery, old).await?;
        }
        Ok(Ok(lottery))
    }

    /// Orders a new post in place of one that cannot be edited into it, and that nothing edits until then. It
    /// counts as a publication, too.
    pub(super) async fn replace_post(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: &Lottery,
    ) -> Result<Result<(), ManageRefusal>, StorageError> {
        if let Err(refusal) = self.order_by_hand(tx, person, lottery).await? {
            return Ok(Err(refusal));
        }
        tx.lottery_counters().rest(lottery.id).await?;
        Ok(Ok(()))
    }

    /// Orders a new post that somebody wants. Whether it was not ordered before.
    async fn order_by_hand(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: &Lottery,
    ) -> Result<Result<bool, ManageRefusal>, StorageError> {
        let (limit, now) = (self.settings.get().publications_per_hour(), self.clock.now());
        let (count, first) = tx.limited_acts().since(person, ACT, now - WINDOW).await?;
        if count >= u64::from(limit) {
            let wait = first.map_or(WINDOW, |first| (first + WINDOW).since(now));
            return Ok(Err(ManageRefusal::TooOften { limit, wait }));
        }
        let is_new = order_post(tx, JobId::new(self.random.id()), lottery, Some(person), now).await?;
        if is_new {
            tx.limited_acts().record(person, ACT, now, self.random.id(), now - WINDOW).await?;
        }
        Ok(Ok(is_new))
    }
}

/// Orders a new post, in the caller's transaction. Whether it was not ordered before: one new post in place of
/// each old one.
pub(crate) async fn order_post(
    tx: &mut Tx,
    id: JobId,
    lottery: &Lottery,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let old = lottery.post.map(|post| (lottery.chat, post));
    let payload = serde_json::to_string(&RepublishOrder { lottery: lottery.id, old, by })
        .map_err(|_| StorageError::Unreadable("order of a post"))?;
    let dedupe = format!("{}:{}", lottery.id, lottery.post.map_or(0, MessageId::get));
    let job = NewJob { id, kind: REPUBLISH, payload: &payload, run_at: now, dedupe: Some(&dedupe) };
    tx.jobs().enqueue(&job, now).await
}

/// Sends new posts.
pub struct RepublishLottery {
    pub lotteries: Arc<LotteryService>,
}

#[async_trait]
impl Job for RepublishLottery {
    fn kind(&self) -> &'static str {
        REPUBLISH
    }

    /// What Telegram refuses is told; whatever is left is it or the database being away.
    fn tries(&self) -> Option<u32> {
        None
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: RepublishOrder =
            serde_json::from_str(job.payload()).map_err(|error| JobError::Fatal(error.to_string()))?;
        let found = self.lotteries.db.read().await?.lotteries().get(order.lottery).await?;
        let Some(lottery) = found else { return Ok(()) };
        if !lottery.state.is_running() {
            return self.leave(job, &lottery, None).await;
        }
        let post = match lottery.post.filter(|post| order.old != Some((lottery.chat, *post))) {
            // Sent before this worker, or the one before it, died.
            Some(post) => post,
            None => match self.send(&lottery).await {
                Ok(post) => post,
                Err(error) => return self.not_sent(job, &lottery, error).await,
            },
        };
        self.turn_old(&lottery, order, post).await
    }
}

impl RepublishLottery {
    /// Sends the post and writes down that it is there. Returns the post that the lottery has then.
    async fn send(&self, lottery: &Lottery) -> Result<MessageId, SendError> {
        let service = &self.lotteries;
        let mut reader = service.db.read().await?;
        let count = reader.lottery_counters().get(lottery.id).await?;
        let draws_at = draws::draws_at(&mut reader, lottery).await?;
        drop(reader);
        let count = count.map_or(0, |count| count.participants);
        let request = service.posts.publication(lottery, count, draws_at);
        let Sent::Message(post) = service.messenger.send(Lane::Notice, request).await? else {
            return Err(TelegramError::Unavailable("a post was sent without an id".to_owned()).into());
        };
        let recorded = self.record(lottery, post, count).await;
        if !matches!(recorded, Ok(valid) if valid == post) {
            let away = Request::DeleteMessage { chat: lottery.chat, message: post };
            if let Err(error) = service.messenger.send(Lane::Notice, away).await {
                tracing::warn!(%error, chat_id = lottery.chat.get(), "a post that is not recorded stays");
            }
        }
        Ok(recorded?)
    }

    /// The post that the lottery has from here on: this one, unless another was recorded meanwhile.
    async fn record(&self, sent: &Lottery, post: MessageId, count: u64) -> Result<MessageId, StorageError> {
        let service = &self.lotteries;
        let now = service.clock.now();
        let mut tx = service.db.begin().await?;
        let Some(mut lottery) = tx.lotteries().lock(&sent.code).await? else {
            return Err(StorageError::Unreadable("lottery that was read before"));
        };
        if let Some(other) = lottery.post.filter(|other| sent.post != Some(*other)) {
            tx.rollback().await?;
            return Ok(other);
        }
        tx.lotteries().record_post(lottery.id, post, count, now).await?;
        let after = Some(format!("{}/{post}", sent.chat));
        service.audit(&mut tx, None, "lottery.posted", &lottery, after).await?;
        lottery.post = Some(post);
        // Both may have changed since the post was written.
        if lottery.template.media() != sent.template.media() {
            order_post(&mut tx, JobId::new(service.random.id()), &lottery, None, now).await?;
            tx.lottery_counters().rest(lottery.id).await?;
        } else if (lottery.state, &lottery.template) != (sent.state, &sent.template) {
            tx.lottery_counters().redraw(lottery.id).await?;
        }
        tx.commit().await?;
        service.announce().await;
        Ok(post)
    }

    /// There is no new post: the old one is kept true again, if it was not meanwhile.
    async fn leave(&self, job: &RunningJob, lottery: &Lottery, told: Option<Notice>) -> Result<(), JobError> {
        let service = &self.lotteries;
        let mut tx = service.db.begin().await?;
        tx.lottery_counters().go_on(lottery.id).await?;
        if let Some(notice) = told {
            service.write(&mut tx, &notice).await?;
        }
        job.complete(tx).await?;
        service.announce().await;
        Ok(())
    }

    /// The old post leads to the new one. Where it is gone, or too old, there is nothing to do.
    async fn turn_old(
        &self,
        lottery: &Lottery,
        order: RepublishOrder,
        post: MessageId,
    ) -> Result<(), JobError> {
        let service = &self.lotteries;
        let Some((chat, old)) = order.old.filter(|(chat, old)| *chat == lottery.chat && *old != post) else {
            return Ok(());
        };
        let channel = service.db.read().await?.channels().get(chat).await?;
        let link = post_link(chat, channel.and_then(|channel| channel.username).as_deref(), post);
        let request = service.posts.moved(chat, old, &link);
        match service.messenger.send(Lane::Counter, request).await {
            Err(error) if error.is_transient() => Err(JobError::Retry(error.to_string())),
            Err(error) => {
                tracing::debug!(%error, "an older post keeps its buttons");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    async fn not_sent(&self, job: &RunningJob, lottery: &Lottery, error: SendError) -> Result<(), JobError> {
        let service = &self.lotteries;
        match error {
            SendError::Storage(error) => Err(error.into()),
            SendError::Telegram(error) if error.is_no_answer() => Err(JobError::Retry(error.to_string())),
            SendError::Telegram(TelegramError::Migrated(to)) => {
                let mut tx = service.db.begin().await?;
                service.channels.migrated(&mut tx, lottery.chat, to).await?;
                tx.commit().await?;
                Err(JobError::Retry("the group has become a supergroup".to_owned()))
            }
            SendError::Telegram(error) => {
                tracing::warn!(%error, chat_id = lottery.chat.get(), "a lottery cannot be published anew");
                let (person, code) = (lottery.organizer, lottery.code.clone());
                let told = Notice::LotteryNotRepublished { person, code };
                self.leave(job, lottery, Some(told)).await
            }
        }
    }
}

/// Why a post is not there.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Telegram(#[from] TelegramError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}
