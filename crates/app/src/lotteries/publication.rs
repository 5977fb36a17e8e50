//! «تأكيد وبدء السحب»: from the draft to the order that a worker publishes it, and back.

use std::time::Duration;

use qura_domain::code::Code;
use qura_domain::draw::commitment::{SaltKey, Secret};
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::{Lottery, LotteryState, SettingsError};
use qura_domain::time::Timestamp;
use qura_storage::{NewJob, StorageError, Tx};

use super::LotteryService;
use super::publishing::{PUBLISH, PublishOrder};
use super::rehearsal::Rehearsal;

/// The name of publications among the acts that are limited.
const ACT: &str = "lottery.publish";

/// In which time publications are counted.
const WINDOW: Duration = Duration::from_hours(1);

/// So near to its time a publication may be under way: nobody can tell, so it is not called back.
const UNDER_WAY: Duration = Duration::from_secs(10);

/// What came of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// A worker publishes it now.
    Now,
    At(Timestamp),
}

/// Why a draft is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishRefusal {
    NoTemplate,
    Settings(SettingsError),
    /// What a condition rests on has ended since the rehearsal.
    ConditionEnded,
    /// The person published `limit` in an hour; the next may follow after `wait`.
    TooOften {
        limit: u32,
        wait: Duration,
    },
}

impl LotteryService {
    /// Orders the publication of a draft that was rehearsed just now without a fault, in the caller's
    /// transaction. `None` where the person has no such draft. Call [`Self::announce`] after the commit.
    pub async fn confirm(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        rehearsal: &Rehearsal,
    ) -> Result<Option<Result<Confirmed, PublishRefusal>>, StorageError> {
        let Some(lottery) = self.draft_in(tx, person, code).await? else { return Ok(None) };
        if let Some(refusal) = self.refusal(tx, &lottery).await? {
            return Ok(Some(Err(refusal)));
        }
        let Some(step) = lottery.state.to(LotteryState::Scheduled) else { return Ok(None) };
        let now = self.clock.now();
        if !tx.lotteries().advance(lottery.id, step, None, now).await? {
            return Ok(None);
        }
        for channel in &rehearsal.channels {
            self.channels.record(tx, channel, person).await?;
        }
        tx.limited_acts().record(person, ACT, now, self.random.id(), now - WINDOW).await?;
        // One that comes back from an earlier publication that failed has them.
        let (secret, salt_key) = (Secret::new(self.secret()), SaltKey::new(self.secret()));
        tx.draw_secrets().insert(lottery.id, &secret, &salt_key).await?;
        let at = lottery.settings.publish_at();
        self.order_publication(tx, &lottery, now).await?;
        let when = at.map(|at| at.micros().to_string());
        self.audit(tx, Some(person), "lottery.confirm", &lottery, when).await?;
        Ok(Some(Ok(at.map_or(Confirmed::Now, Confirmed::At))))
    }

    /// Orders the publication of a lottery that carries on with a drawn one, in the caller's transaction: nobody
    /// rehearses it, for it was published before. `false` where it is no such lottery.
    pub async fn publish_again(&self, tx: &mut Tx, lottery: LotteryId) -> Result<bool, StorageError> {
        let found = tx.lotteries().get(lottery).await?;
        let waits = |lottery: &Lottery| lottery.reopens.is_some() && lottery.state == LotteryState::Scheduled;
        let Some(lottery) = found.filter(waits) else { return Ok(false) };
        let now = self.clock.now();
        let (secret, salt_key) = (Secret::new(self.secret()), SaltKey::new(self.secret()));
        tx.draw_secrets().insert(lottery.id, &secret, &salt_key).await?;
        self.order_publication(tx, &lottery, now).await?;
        self.audit(tx, Some(lottery.organizer), "lottery.publish_again", &lottery, None).await?;
        Ok(true)
    }

    /// Calls a scheduled publication back: it is a draft again. In the caller's transaction. `None` where
    /// the person has no such lottery, `false` where it is too late.
    pub async fn call_back(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
    ) -> Result<Option<bool>, StorageError> {
        let found = tx.lotteries().find_by_code(code).await?;
        let Some(lottery) = found.filter(|lottery| lottery.organizer == person) else { return Ok(None) };
        let Some(step) =
            lottery.state.to(LotteryState::Draft).filter(|step| step.from() == LotteryState::Scheduled)
        else {
            return Ok(None);
        };
        let now = self.clock.now();
        if lottery.settings.publish_at().is_none_or(|at| at <= now + UNDER_WAY) {
            return Ok(Some(false));
        }
        if !tx.lotteries().advance(lottery.id, step, None, now).await? {
            return Ok(Some(false));
        }
        self.audit(tx, Some(person), "lottery.call_back", &lottery, None).await?;
        Ok(Some(true))
    }

    async fn refusal(&self, tx: &mut Tx, lottery: &Lottery) -> Result<Option<PublishRefusal>, StorageError> {
        if lottery.template.is_blank() {
            return Ok(Some(PublishRefusal::NoTemplate));
        }
        if let Err(error) = self.check_settings(lottery) {
            return Ok(Some(PublishRefusal::Settings(error)));
        }
        for condition in tx.conditions().list(lottery.id).await? {
            let Some(code) = condition.code() else { continue };
            let found = tx.lotteries().find_by_code(code).await?;
            let is_open = |other: &Lottery| other.deleted_at.is_none() && other.state.is_changeable();
            if !found.as_ref().is_some_and(is_open) {
                return Ok(Some(PublishRefusal::ConditionEnded));
            }
        }
        let (limit, now) = (self.settings.get().publications_per_hour(), self.clock.now());
        let (count, first) = tx.limited_acts().since(lottery.organizer, ACT, now - WINDOW).await?;
        Ok((count >= u64::from(limit)).then(|| {
            let wait = first.map_or(WINDOW, |first| (first + WINDOW).since(now));
            PublishRefusal::TooOften { limit, wait }
        }))
    }

    /// Enqueues the job. Each time has a job of its own: one whose time was changed finds nothing to do.
    async fn order_publication(
        &self,
        tx: &mut Tx,
        lottery: &Lottery,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let at = lottery.settings.publish_at();
        let payload = serde_json::to_string(&PublishOrder { lottery: lottery.id, at })
            .map_err(|_| StorageError::Unreadable("order of a publication"))?;
        let job = NewJob {
            id: JobId::new(self.random.id()),
            kind: PUBLISH,
            payload: &payload,
            run_at: at.unwrap_or(now),
            dedupe: Some(&payload),
        };
        tx.jobs().enqueue(&job, now).await?;
        Ok(())
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        bytes
    }
}
