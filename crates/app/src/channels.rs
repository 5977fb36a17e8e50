//! The channels and groups that people link: which there are, who may link one, and what becomes of the
//! bot's rights in them.

mod examine;
mod migration;
mod rights;
mod suspending;

use std::sync::Arc;

use qura_domain::channel::Channel;
use qura_domain::ids::{BotId, ChatId, NoticeId, UserId};
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::Messenger;
use qura_storage::{Db, LotteryInChat, PAGE_ROWS, Page, Shown, StorageError, Tx};

use crate::outbox::{Notice, write_notice};

pub(crate) use migration::follow;

pub use examine::{ChatRefusal, ExamineError, Examined};
pub use suspending::RunningPage;

/// Keeps links between people and chats.
pub struct ChannelService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    pub messenger: Arc<dyn Messenger>,
    pub bot: BotId,
}

/// A page of a person's chats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelPage {
    pub channels: Vec<Channel>,
    /// More of them stand before this one.
    pub before: Option<ChatId>,
    /// More of them follow this one.
    pub after: Option<ChatId>,
}

impl ChannelService {
    /// A page of the chats that a person linked, by rising number. The first one where the page is empty.
    pub async fn list(&self, person: UserId, page: Page<ChatId>) -> Result<ChannelPage, StorageError> {
        let mut reader = self.db.read().await?;
        // One more than is shown tells whether the list goes on.
        let asked = match page {
            Page::First => Vec::new(),
            Page::Before(key) => reader.user_channels().list_before(person, key, PAGE_ROWS + 1).await?,
            Page::After(key) => reader.user_channels().list(person, Some(key), PAGE_ROWS + 1).await?,
        };
        let (chats, page) = match asked.is_empty() {
            true => (reader.user_channels().list(person, None, PAGE_ROWS + 1).await?, Page::First),
            false => (asked, page),
        };
        let Shown { rows: chats, has_before, has_after } = page.shown(chats);
        let mut channels = reader.channels().get_all(&chats).await?;
        channels.sort_by_key(|channel| channel.chat);
        Ok(ChannelPage {
            channels,
            before: chats.first().copied().filter(|_| has_before),
            after: chats.last().copied().filter(|_| has_after),
        })
    }

    /// A chat that this person linked; `None` for any other.
    pub async fn get(&self, person: UserId, chat: ChatId) -> Result<Option<Channel>, StorageError> {
        let mut reader = self.db.read().await?;
        if !reader.user_channels().is_linked(person, chat).await? {
            return Ok(None);
        }
        reader.channels().get(chat).await
    }

    /// Whether a person linked a chat.
    pub async fn is_linked(&self, person: UserId, chat: ChatId) -> Result<bool, StorageError> {
        self.db.read().await?.user_channels().is_linked(person, chat).await
    }

    /// Links an examined chat without obstacles, in the caller's transaction. Whether the link is new.
    /// Call [`Self::announce`] after the commit.
    pub async fn link(&self, tx: &mut Tx, person: UserId, channel: &Channel) -> Result<bool, StorageError> {
        self.record(tx, channel, person).await?;
        tx.user_channels().link(person, channel.chat, self.clock.now()).await
    }

    /// Takes this person's link away, softly, in the caller's transaction: another administrator's stays.
    /// Refused, with what it is, while something is scheduled or runs there (flows, section 2). Otherwise
    /// whether there was one.
    pub async fn unlink(
        &self,
        tx: &mut Tx,
        person: UserId,
        chat: ChatId,
    ) -> Result<Result<bool, Vec<LotteryInChat>>, StorageError> {
        let running = Self::running_in(tx, chat, PAGE_ROWS).await?;
        if !running.is_empty() {
            return Ok(Err(running));
        }
        tx.user_channels().unlink(person, chat, self.clock.now()).await.map(Ok)
    }

    /// A group became a supergroup: what is known of it follows, in the caller's transaction. Call
    /// [`Self::announce`] after the commit.
    pub async fn migrated(&self, tx: &mut Tx, from: ChatId, to: ChatId) -> Result<(), StorageError> {
        follow(tx, self.random.as_ref(), from, to, self.clock.now()).await
    }

    /// Puts a notice into the outbox, in the caller's transaction.
    pub async fn write(&self, tx: &mut Tx, notice: &Notice) -> Result<(), StorageError> {
        write_notice(tx, NoticeId::new(self.random.id()), notice, self.clock.now()).await
    }

    /// Makes notices go out that a committed transaction may have written.
    pub async fn announce(&self) {
        self.wakeups.wake(Topic::Outbox).await;
        self.wakeups.wake(Topic::Counters).await;
    }
}
