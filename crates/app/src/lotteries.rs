//! Lotteries («روليت») and what their organizers do with them: drafts, publication, lists.

mod conditions;
mod drafts;
mod editing;
mod listing;
mod lost;
mod managing;
mod participants;
mod post;
mod publication;
mod publishing;
mod rehearsal;
mod republishing;
mod sharing;
mod taking_over;

use std::sync::Arc;

use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::draw::commitment::Mode;
use qura_domain::ids::{LotteryId, NoticeId, UserId};
use qura_domain::lottery::Lottery;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::Messenger;
use qura_storage::{AuditEntry, Db, LotteryCount, StorageError, Tx};

use crate::channels::ChannelService;
use crate::faults::Faults;
use crate::outbox::{Notice, write_notice};
use crate::settings::SettingsService;

pub use conditions::{ChatCondition, ListedCondition};
pub use drafts::{DraftRefusal, MOST_DRAFTS};
pub use editing::{Edit, Edited};
pub use listing::{LotteryPage, Shelf};
pub(crate) use lost::{Serves, stand};
pub use managing::{ManageRefusal, Managed, Manager};
pub use participants::{Excluded, ParticipantPage, Suspects, SuspectsExcluded};
pub use post::PostWriter;
pub use publication::{Confirmed, PublishRefusal};
pub use publishing::{PublishLottery, post_link};
pub use rehearsal::{Check, Rehearsal};
pub use republishing::RepublishLottery;
pub(crate) use republishing::order_post;
pub use sharing::Shareable;
pub use taking_over::TakeOverRefusal;

/// Keeps lotteries, from the draft to the published post.
pub struct LotteryService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    pub messenger: Arc<dyn Messenger>,
    pub settings: Arc<SettingsService>,
    pub channels: Arc<ChannelService>,
    pub posts: Arc<dyn PostWriter>,
    /// How lotteries that are published from now on will be drawn.
    pub draw_mode: Mode,
    pub faults: Faults,
}

impl LotteryService {
    /// The lottery of a code, whoever asks; a cancelled one too.
    pub async fn find(&self, code: &Code) -> Result<Option<Lottery>, StorageError> {
        self.db.read().await?.lotteries().find_by_code(code).await
    }

    /// The same with how many are registered.
    pub async fn find_with_count(
        &self,
        code: &Code,
    ) -> Result<Option<(Lottery, LotteryCount)>, StorageError> {
        let mut reader = self.db.read().await?;
        let Some(lottery) = reader.lotteries().find_by_code(code).await? else { return Ok(None) };
        let count = reader.lottery_counters().get(lottery.id).await?;
        Ok(Some((lottery, count.unwrap_or(LotteryCount { tickets: 0, participants: 0 }))))
    }

    /// A lottery of this person's that was not deleted; `None` for anybody else's.
    pub async fn own(&self, person: UserId, code: &Code) -> Result<Option<Lottery>, StorageError> {
        let found = self.find(code).await?;
        Ok(found.filter(|lottery| lottery.organizer == person && lottery.deleted_at.is_none()))
    }

    /// What a lottery demands, in the order of its card.
    pub async fn conditions(&self, lottery: LotteryId) -> Result<Vec<Condition>, StorageError> {
        self.db.read().await?.conditions().list(lottery).await
    }

    /// Makes what a committed transaction wrote go out: notices, jobs, and changes of posts.
    pub async fn announce(&self) {
        self.wakeups.wake(Topic::Outbox).await;
        self.wakeups.wake(Topic::Jobs).await;
        self.wakeups.wake(Topic::Counters).await;
    }

    /// Puts a notice into the outbox, in the caller's transaction.
    pub(crate) async fn write(&self, tx: &mut Tx, notice: &Notice) -> Result<(), StorageError> {
        write_notice(tx, NoticeId::new(self.random.id()), notice, self.clock.now()).await
    }

    /// Notes an act in the audit log, in the caller's transaction. `actor` is `None` for the program.
    pub async fn audit(
        &self,
        tx: &mut Tx,
        actor: Option<UserId>,
        action: &str,
        lottery: &Lottery,
        after: Option<String>,
    ) -> Result<(), StorageError> {
        let entry = AuditEntry {
            id: self.random.id(),
            at: self.clock.now(),
            actor,
            action: action.to_owned(),
            subject: format!("lottery:{}", lottery.code),
            before: Some(lottery.state.name().to_owned()),
            after,
        };
        tx.audit().record(&entry).await
    }
}
