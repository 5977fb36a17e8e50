//! What people hear of a draw, and what the organizer hears while it has to wait.

use std::time::Duration;

use qura_domain::draw::walk::Reason;
use qura_domain::ids::{LotteryId, NoticeId, UserId};
use qura_domain::lottery::Lottery;
use qura_ports::coordination::Topic;
use qura_storage::{StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::announcing::hold_until;
use super::job::Step;
use crate::jobs::JobError;
use crate::outbox::{Notice, write_notice};

/// A message about a draw. Rows of older programs must stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawNotice {
    /// To the organizer: the draw waits.
    Waits(DrawTrouble),
    /// In the chat, as an answer to the post: a part of the result, from 0, of so many; the next one follows
    /// once it is there. Older programs wrote all parts at once, and not how many they are.
    Result {
        part: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u32>,
    },
    /// In the chat: the addendum with this number gave a place to somebody else.
    Replaced { number: u32 },
    /// To a winner.
    Won,
    /// To somebody whose turn came and who could not win.
    Skipped(Reason),
    /// To somebody who had won and lost the place.
    Lost(Reason),
    /// The same where nobody was left to inherit.
    LostToNobody(Reason),
    /// To the organizer: who won, with usernames; a part, as those of the result.
    Winners {
        part: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u32>,
    },
    /// To the organizer: the addendum with this number gave a place to somebody else.
    Changed { number: u32 },
    /// In the chat, as an answer to the old post: another lottery carries on.
    Reopened { by: LotteryId },
    /// To the organizer: the result cannot be posted in the chat for now.
    Unposted,
    /// To a participant who asked: the proof that they were in the list. What older programs wrote: it is
    /// asked for again.
    Opening,
    /// The same, with what the file holds.
    Proof { ticket: u64, content: String },
    /// To anyone who asked: the receipt and its addenda, as files.
    Receipt { number: u32 },
}

/// What a draw waits for, beyond what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawTrouble {
    /// No relay of the beacon has the round.
    Beacon,
    /// The bot cannot post in the lottery's chat, or not see who is in it.
    Chat,
    /// The condition with this number, from 1, cannot be checked.
    Condition(u8),
    /// The condition with this number, from 1, is to be in a lottery that is gone.
    Lottery(u8),
    /// The post of the freeze comes too late, attempt after attempt.
    Late,
}

impl DrawNotice {
    /// What is to follow once this one has arrived: the next part.
    pub fn next(&self) -> Option<Self> {
        match *self {
            Self::Result { part, of } if of > Some(part + 1) => Some(Self::Result { part: part + 1, of }),
            Self::Winners { part, of } if of > Some(part + 1) => Some(Self::Winners { part: part + 1, of }),
            _ => None,
        }
    }

    /// Whether it is posted in the lottery's chat, where everybody waits for it.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Result { .. } | Self::Replaced { .. } | Self::Reopened { .. })
    }
}

impl DrawTrouble {
    fn name(self) -> String {
        match self {
            Self::Beacon => "beacon".to_owned(),
            Self::Chat => "chat".to_owned(),
            Self::Condition(number) => format!("condition_{number}"),
            Self::Lottery(number) => format!("lottery_{number}"),
            Self::Late => "late".to_owned(),
        }
    }
}

impl DrawService {
    /// Puts a notice about a draw into the outbox, in the caller's transaction.
    pub(super) async fn notify(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: LotteryId,
        draw: DrawNotice,
    ) -> Result<(), StorageError> {
        let notice = Notice::Draw { person, lottery, draw };
        write_notice(tx, NoticeId::new(self.random.id()), &notice, self.clock.now()).await
    }

    /// Notes what a draw, or an heir, waits for. The organizer hears of it once.
    pub(super) async fn complain(
        &self,
        tx: &mut Tx,
        lottery: &Lottery,
        trouble: DrawTrouble,
    ) -> Result<(), StorageError> {
        if tx.draws().complain(lottery.id, &trouble.name()).await? {
            self.notify(tx, lottery.organizer, lottery.id, DrawNotice::Waits(trouble)).await?;
        }
        Ok(())
    }

    /// Something of a draw could not be posted in its chat. The organizer hears of it, unless they know that
    /// the chat is out of reach.
    pub async fn is_not_posted(&self, lottery: &Lottery) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        if tx.draws().complain(lottery.id, &DrawTrouble::Chat.name()).await? {
            self.notify(&mut tx, lottery.organizer, lottery.id, DrawNotice::Unposted).await?;
        }
        tx.commit().await?;
        self.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }

    /// Something of a draw is posted: should the chat be lost again, the organizer hears of it again. With the
    /// last part of the result, however late, the time to confirm begins that it tells.
    pub async fn is_posted(&self, lottery: &Lottery, ends_the_result: bool) -> Result<(), StorageError> {
        let until = hold_until(lottery, self.clock.now()).filter(|_| ends_the_result);
        let mut tx = self.db.begin().await?;
        tx.draws().content(lottery.id).await?;
        if let Some(until) = until {
            tx.winners().prolong(lottery.id, until).await?;
        }
        tx.commit().await
    }

    /// Whether something of a draw is known to wait for its chat.
    pub(super) async fn waits_for_chat(&self, lottery: LotteryId) -> Result<bool, StorageError> {
        self.db.read().await?.draws().complains_of(lottery, &DrawTrouble::Chat.name()).await
    }
}

impl Step<'_> {
    /// The draw waits, and looks again after a while. The organizer hears of it once.
    pub async fn waits(
        &self,
        lottery: &Lottery,
        trouble: DrawTrouble,
        again_in: Duration,
    ) -> Result<(), JobError> {
        let mut tx = self.draws.db.begin().await?;
        self.draws.complain(&mut tx, lottery, trouble).await?;
        self.reaches("draw.waiting");
        self.then_at(tx, lottery.id, self.draws.clock.now() + again_in).await?;
        self.reaches("draw.waited");
        Ok(())
    }
}
