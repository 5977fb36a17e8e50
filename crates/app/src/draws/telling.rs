//! What people hear of a draw, and what the organizer hears while it has to wait.

use std::time::Duration;

use qura_domain::draw::walk::Reason;
use qura_domain::ids::{LotteryId, NoticeId, UserId};
use qura_domain::lottery::Lottery;
use qura_storage::{StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::job::Step;
use crate::jobs::JobError;
use crate::outbox::{Notice, write_notice};

/// A message about a draw. Rows of older programs must stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawNotice {
    /// To the organizer: the draw waits.
    Waits(DrawTrouble),
    /// In the chat, as an answer to the post: a part of the result, from 0.
    Result { part: u32 },
    /// In the chat: the addendum with this number gave a place to somebody else.
    Replaced { number: u32 },
    /// To a winner.
    Won,
    /// To somebody whose turn came and who could not win.
    Skipped(Reason),
    /// To somebody who had won and lost the place.
    Lost(Reason),
    /// To the organizer: who won, with usernames; a part, from 0.
    Winners { part: u32 },
    /// To the organizer: the addendum with this number gave a place to somebody else.
    Changed { number: u32 },
    /// In the chat, as an answer to the old post: another lottery carries on.
    Reopened { by: LotteryId },
    /// To the organizer: the result could not be posted in the chat.
    Unposted,
    /// To a participant who asked: the proof that they were in the list, as a file.
    Opening,
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
}

impl DrawTrouble {
    fn name(self) -> String {
        match self {
            Self::Beacon => "beacon".to_owned(),
            Self::Chat => "chat".to_owned(),
            Self::Condition(number) => format!("condition_{number}"),
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

    /// The receipt with this number goes to a person as a file, in the caller's transaction. Wake
    /// `Topic::Outbox` after the commit.
    pub async fn send_receipt(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: LotteryId,
        number: u32,
    ) -> Result<(), StorageError> {
        self.notify(tx, person, lottery, DrawNotice::Receipt { number }).await
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
        if tx.draws().complain(lottery.id, &trouble.name()).await? {
            let notice = DrawNotice::Waits(trouble);
            self.draws.notify(&mut tx, lottery.organizer, lottery.id, notice).await?;
        }
        self.then_at(tx, lottery.id, self.draws.clock.now() + again_in).await
    }
}
