//! Joining lotteries: what a press of the button hears, what stands between a person and a ticket, and
//! the registration itself.

mod challenges;
mod conditions;
mod group;
mod leaving;
mod look;
mod presses;
mod suspension;

use std::sync::Arc;

use qura_domain::challenge::{Attempts, ChallengeKind};
use qura_domain::channel::Channel;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId, NoticeId, Seq, UserId};
use qura_domain::person::Person;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::{Messenger, TelegramError};
use qura_storage::{Db, StorageError, Tx};

use crate::batcher::Batcher;
use crate::outbox::{Notice, write_notice};
use crate::subscription::SubscriptionService;

pub use challenges::{Answered, Asked};
pub use group::{JoinAnswer, JoinGroup, JoinRequest, Joined, Wording};
pub use look::Look;
pub use presses::{Codes, Presses};

/// Lets people into lotteries.
pub struct JoiningService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    pub messenger: Arc<dyn Messenger>,
    pub subscription: Arc<SubscriptionService>,
    pub joins: Batcher<JoinGroup>,
    /// `CAPTCHAS_CONFIG`: the kinds of challenges that are offered, at least one; the first stands in
    /// for those that are not.
    pub offered: Arc<[ChallengeKind]>,
    pub codes: Codes,
    pub presses: Presses,
}

/// Why nothing can be said of a person before a lottery.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error("it cannot be told whether a person may join: {0}")]
    Telegram(#[from] TelegramError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl JoiningService {
    /// The lottery with this code; `None` when there is none.
    pub async fn find(&self, code: &Code) -> Result<Option<LotteryId>, StorageError> {
        if let Some(known) = self.codes.get(code) {
            return Ok(Some(known));
        }
        let found = self.db.read_for_many().await?.lotteries().find_id(code).await?;
        if let Some(id) = found {
            self.codes.put(code, id);
        }
        Ok(found)
    }

    /// Somebody pressed the button under the post.
    pub fn pressed(&self, lottery: LotteryId, person: UserId) {
        self.presses.note(lottery, person, self.clock.now());
    }

    /// Registers the person whom the look let in, whatever brought them here: a button, a link, a
    /// redelivered update. `solved` are attempts that are to be stored with it. `None` when somebody else
    /// had committed the effect of this update before.
    pub async fn join(
        &self,
        seq: Seq,
        person: &Person,
        look: &Look,
        solved: Option<Attempts>,
        wording: Wording,
    ) -> Result<Option<Joined>, StorageError> {
        let lottery = look.application.lottery;
        let challenge = look.application.terms.settings.challenge;
        let request = JoinRequest {
            seq,
            lottery,
            person: person.clone(),
            applicant: look.applicant.clone(),
            source: self.presses.source(lottery, person.id, self.clock.now()),
            challenge: challenge.map(|wanted| self.kind_for(wanted)),
            signals: look.signals(),
            attempts: solved,
            wording,
        };
        self.joins.submit(request).await?
    }

    /// The chats that conditions and refusals speak of; those that nobody linked are missing.
    pub async fn chats(&self, chats: &[ChatId]) -> Result<Vec<Channel>, StorageError> {
        self.db.read_for_many().await?.channels().get_all(chats).await
    }

    /// Makes heard what a committed transaction of this service may have left to others.
    pub async fn announce(&self) {
        self.wakeups.wake(Topic::Counters).await;
        self.wakeups.wake(Topic::Outbox).await;
    }

    /// Puts a notice into the outbox, in the caller's transaction.
    async fn write(&self, tx: &mut Tx, notice: &Notice) -> Result<(), StorageError> {
        write_notice(tx, NoticeId::new(self.random.id()), notice, self.clock.now()).await
    }
}
