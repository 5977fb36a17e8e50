//! The job that publishes: looks once more, sends the post, and writes down that it is there.
//!
//! Why it may send one post more than once, and what becomes of the older one, is in decision 0014.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::draw::commitment::commitment;
use qura_domain::ids::{ChatId, JobId, LotteryId, MessageId};
use qura_domain::lottery::{Commitment, Lottery, LotteryState};
use qura_domain::time::Timestamp;
use qura_ports::telegram::{Lane, Request, Sent, TelegramError};
use qura_storage::{StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::LotteryService;
use super::rehearsal::{Check, Rehearsal};
use crate::channels::ExamineError;
use crate::draws::{self, DrawNotice};
use crate::jobs::{Job, JobError, RunningJob};
use crate::outbox::Notice;

/// The kind of the job.
pub(super) const PUBLISH: &str = "lottery.publish";

/// How often the database gets the chance to take down a post that was sent, and the wait in between.
const RECORDINGS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The payload of [`PUBLISH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PublishOrder {
    pub lottery: LotteryId,
    /// The time that it was ordered for; `None` for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Publishes lotteries.
pub struct PublishLottery {
    pub lotteries: Arc<LotteryService>,
}

#[async_trait]
impl Job for PublishLottery {
    fn kind(&self) -> &'static str {
        PUBLISH
    }

    /// What cannot succeed becomes a draft again, so whatever is left is Telegram or the database being
    /// away.
    fn tries(&self) -> Option<u32> {
        None
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let order: PublishOrder =
            serde_json::from_str(job.payload()).map_err(|error| JobError::Fatal(error.to_string()))?;
        let Some(lottery) = self.due(order).await? else { return Ok(()) };
        self.lotteries.faults.reach("publish.due");
        let rehearsal = match self.lotteries.rehearse(&lottery).await {
            Ok(rehearsal) => rehearsal,
            Err(ExamineError::Telegram(error)) => return Err(JobError::Retry(error.to_string())),
            Err(ExamineError::Storage(error)) => return Err(error.into()),
            Err(error @ ExamineError::Refused(_)) => return Err(JobError::Retry(error.to_string())),
        };
        if !rehearsal.passed() {
            return self.give_back(job, &lottery, rehearsal).await;
        }
        let published = self.published(&lottery).await?;
        self.lotteries.faults.reach("publish.rehearsed");
        let request = self.lotteries.posts.publication(&published, 0, None);
        match self.lotteries.messenger.send(Lane::Notice, request).await {
            Ok(Sent::Message(post)) => {
                self.lotteries.faults.reach("publish.sent");
                self.see_recorded(job, &published, &rehearsal, post).await
            }
            Ok(Sent::Done) => Err(JobError::Retry("a post was sent without an id".to_owned())),
            Err(error) => self.not_sent(job, &lottery, rehearsal, error).await,
        }
    }
}

impl PublishLottery {
    /// The lottery, if it still waits for this very publication.
    async fn due(&self, order: PublishOrder) -> Result<Option<Lottery>, StorageError> {
        let found = self.lotteries.db.read().await?.lotteries().get(order.lottery).await?;
        Ok(found.filter(|lottery| {
            lottery.state == LotteryState::Scheduled && lottery.settings.publish_at() == order.at
        }))
    }

    /// The lottery as it is once it is published.
    async fn published(&self, lottery: &Lottery) -> Result<Lottery, JobError> {
        let secrets = self.lotteries.db.read().await?.draw_secrets().get(lottery.id).await?;
        let Some((secret, _)) = secrets else {
            return Err(JobError::Fatal("a lottery to be published has no secret".to_owned()));
        };
        let mode = self.lotteries.draw_mode;
        let hash = commitment(&lottery.code, mode, &secret);
        let commitment = Some(Commitment { mode, hash });
        Ok(Lottery { state: LotteryState::Open, commitment, ..lottery.clone() })
    }

    /// The post is there, so that must be known: else it is taken away again.
    async fn see_recorded(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        rehearsal: &Rehearsal,
        post: MessageId,
    ) -> Result<(), JobError> {
        let mut outcome = self.record(job, lottery, rehearsal, post).await;
        for _ in 1..RECORDINGS {
            if !matches!(outcome, Err(JobError::Retry(_))) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            outcome = self.record(job, lottery, rehearsal, post).await;
        }
        if outcome.is_err() {
            let away = Request::DeleteMessage { chat: lottery.chat, message: post };
            if let Err(error) = self.lotteries.messenger.send(Lane::Notice, away).await {
                tracing::warn!(%error, chat_id = lottery.chat.get(), "a post that is not recorded stays");
            }
        } else {
            self.lotteries.announce().await;
        }
        outcome
    }

    async fn record(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        rehearsal: &Rehearsal,
        post: MessageId,
    ) -> Result<(), JobError> {
        let service = &self.lotteries;
        let now = service.clock.now();
        let mut tx = service.db.begin().await?;
        // Chats are locked before lotteries, as where Telegram tells of a chat.
        for channel in &rehearsal.channels {
            service.channels.record(&mut tx, channel, lottery.organizer).await?;
        }
        let step = LotteryState::Scheduled.to(LotteryState::Open);
        let is_open = match step {
            Some(step) => tx.lotteries().advance(lottery.id, step, None, now).await?,
            None => false,
        };
        if !is_open {
            tx.rollback().await?;
            return Err(JobError::TakenOver);
        }
        if let Some(commitment) = &lottery.commitment {
            tx.lotteries().commit_to(lottery.id, commitment).await?;
        }
        tx.lotteries().record_post(lottery.id, post, 0, now).await?;
        if let Some(at) = lottery.settings.draw_at() {
            draws::look_at(&mut tx, JobId::new(service.random.id()), at, now).await?;
        }
        let channel = rehearsal.channels.iter().find(|channel| channel.chat == lottery.chat);
        let notice = Notice::LotteryPublished {
            person: lottery.organizer,
            code: lottery.code.clone(),
            title: channel.map(|channel| channel.title.clone()).unwrap_or_default(),
            link: post_link(lottery.chat, channel.and_then(|channel| channel.username.as_deref()), post),
        };
        service.write(&mut tx, &notice).await?;
        self.tell_of_reopening(&mut tx, lottery).await?;
        let chats = rehearsal.channels.iter().map(|channel| channel.chat);
        service.channels.hold_back(&mut tx, chats).await?;
        let scheduled = Lottery { state: LotteryState::Scheduled, ..lottery.clone() };
        let after = Some(format!("{}/{post}", lottery.chat));
        service.audit(&mut tx, None, "lottery.publish", &scheduled, after).await?;
        service.faults.reach("publish.recording");
        job.complete(tx).await?;
        service.faults.reach("publish.recorded");
        Ok(())
    }

    /// Where it carries on with a drawn lottery, the chat reads so under the post of that one.
    async fn tell_of_reopening(&self, tx: &mut Tx, lottery: &Lottery) -> Result<(), StorageError> {
        let Some(old) = lottery.reopens else { return Ok(()) };
        let draw = DrawNotice::Reopened { by: lottery.id };
        self.lotteries.write(tx, &Notice::Draw { person: lottery.organizer, lottery: old, draw }).await
    }

    async fn not_sent(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        mut rehearsal: Rehearsal,
        error: TelegramError,
    ) -> Result<(), JobError> {
        match error {
            error if error.is_no_answer() => Err(JobError::Retry(error.to_string())),
            TelegramError::Migrated(to) => {
                let mut tx = self.lotteries.db.begin().await?;
                self.lotteries.channels.migrated(&mut tx, lottery.chat, to).await?;
                tx.commit().await?;
                Err(JobError::Retry("the group has become a supergroup".to_owned()))
            }
            error => {
                rehearsal.checks.push(Check::Refused(error.to_string()));
                self.give_back(job, lottery, rehearsal).await
            }
        }
    }

    /// It cannot be published: it is a draft again, and the organizer hears why.
    async fn give_back(
        &self,
        job: &RunningJob,
        lottery: &Lottery,
        rehearsal: Rehearsal,
    ) -> Result<(), JobError> {
        let service = &self.lotteries;
        let mut tx = service.db.begin().await?;
        if let Some(step) = lottery.state.to(LotteryState::Draft)
            && tx.lotteries().advance(lottery.id, step, None, service.clock.now()).await?
        {
            for channel in &rehearsal.channels {
                service.channels.record(&mut tx, channel, lottery.organizer).await?;
            }
            let checks = rehearsal.checks.into_iter().filter(|check| !check.passed()).collect();
            let (person, code) = (lottery.organizer, lottery.code.clone());
            service.write(&mut tx, &Notice::LotteryNotPublished { person, code, checks }).await?;
            service.audit(&mut tx, None, "lottery.give_back", lottery, None).await?;
        }
        service.faults.reach("publish.giving_back");
        job.complete(tx).await?;
        service.faults.reach("publish.given_back");
        service.announce().await;
        Ok(())
    }
}

/// Where a post is read: by the chat's public name, else for its members.
pub fn post_link(chat: ChatId, username: Option<&str>, post: MessageId) -> String {
    match username {
        Some(name) => format!("https://t.me/{name}/{post}"),
        None => {
            let number = chat.get().to_string();
            format!("https://t.me/c/{}/{post}", number.strip_prefix("-100").unwrap_or(&number))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_found_by_name_or_by_number() {
        let (chat, post) = (ChatId::new(-1_001_234_567_890), MessageId::new(7));
        assert_eq!(post_link(chat, Some("qura_news"), post), "https://t.me/qura_news/7");
        assert_eq!(post_link(chat, None, post), "https://t.me/c/1234567890/7");
    }
}
