//! What people must hear though they did not ask. Kept typed, put into words when sent.

use qura_domain::channel::Obstacle;
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, LotteryId, NoticeId, UserId};
use qura_domain::lottery::PauseReason;
use qura_domain::time::Timestamp;
use qura_storage::{StorageError, Tx};
use serde::{Deserialize, Serialize};

use crate::draws::DrawNotice;
use crate::lotteries::Check;

/// A message that must arrive. Rows of older programs must stay readable: variants and fields are
/// added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A wizard was given up because nobody came back to it.
    WizardExpired {
        person: UserId,
        /// Telegram's own picker still stands below the chat: it is taken away first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_picker: bool,
    },
    /// To an operator: the bot cannot see who is in a gate channel, so everyone passes.
    GateUnchecked { person: UserId, title: String },
    /// The bot became administrator of a chat: the one who made it so may link it.
    ChannelOffered { person: UserId, chat: ChatId, title: String },
    /// To those who linked a chat: the bot lacks something there since now. At least one obstacle.
    ChannelLost {
        person: UserId,
        chat: ChatId,
        title: String,
        obstacles: Vec<Obstacle>,
        /// Their lotteries there that were paused for it.
        #[serde(default)]
        paused: Vec<Code>,
    },
    /// To the same: it lacks nothing any more.
    ChannelRegained {
        person: UserId,
        title: String,
        #[serde(default)]
        chat: Option<ChatId>,
    },
    /// To an organizer: so many are registered in a lottery.
    LotteryMilestone { person: UserId, code: Code, count: u64 },
    /// To an organizer: a lottery was paused by itself. The conditions that were lost, where it was they.
    LotteryPaused {
        person: UserId,
        code: Code,
        reason: PauseReason,
        #[serde(default)]
        lost: Vec<Condition>,
    },
    /// To an organizer: another administrator of its chat manages a lottery from now on.
    LotteryTakenOver { person: UserId, code: Code },
    /// To whoever asked for a report: it could not be made or sent.
    ReportFailed { person: UserId, code: Code },
    /// To an organizer: a new post of a lottery could not be sent, with what keeps it from that.
    LotteryNotRepublished { person: UserId, code: Code },
    /// To an organizer: the post of a lottery is gone, and may be published again.
    LotteryPostLost { person: UserId, code: Code },
    /// To an organizer: the group became a supergroup, and their lottery is published there anew.
    LotteryMoved { person: UserId, code: Code },
    /// About a draw: to this person, or in the lottery's chat, of which they are the organizer.
    Draw { person: UserId, lottery: LotteryId, draw: DrawNotice },
    /// To an organizer: their lottery is published in the chat of this title, at this address.
    LotteryPublished { person: UserId, code: Code, title: String, link: String },
    /// To an organizer: their lottery could not be published and is a draft again. At least one check,
    /// and all of them failed.
    LotteryNotPublished { person: UserId, code: Code, checks: Vec<Check> },
}

impl Notice {
    /// Who hears it.
    pub fn person(&self) -> UserId {
        match self {
            Self::WizardExpired { person, .. }
            | Self::GateUnchecked { person, .. }
            | Self::ChannelOffered { person, .. }
            | Self::ChannelLost { person, .. }
            | Self::ChannelRegained { person, .. }
            | Self::LotteryMilestone { person, .. }
            | Self::LotteryPaused { person, .. }
            | Self::LotteryTakenOver { person, .. }
            | Self::ReportFailed { person, .. }
            | Self::LotteryNotRepublished { person, .. }
            | Self::LotteryPostLost { person, .. }
            | Self::LotteryMoved { person, .. }
            | Self::Draw { person, .. }
            | Self::LotteryPublished { person, .. }
            | Self::LotteryNotPublished { person, .. } => *person,
        }
    }

    /// What follows once this one has arrived: messages of one text in their order.
    pub fn next(&self) -> Option<Self> {
        match self {
            // No message can take the picker away and have buttons.
            Self::WizardExpired { person, has_picker: true } => {
                Some(Self::WizardExpired { person: *person, has_picker: false })
            }
            Self::Draw { person, lottery, draw } => {
                draw.next().map(|draw| Self::Draw { person: *person, lottery: *lottery, draw })
            }
            _ => None,
        }
    }

    /// Whether a chat waits for it, which may be lost and come back.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Draw { draw, .. } if draw.is_public())
    }
}

/// Puts a notice into the outbox, in the caller's transaction.
pub async fn write_notice(
    tx: &mut Tx,
    id: NoticeId,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), StorageError> {
    let text = serde_json::to_string(notice).map_err(|_| StorageError::Unreadable("notice"))?;
    tx.outbox().add(id, &text, now).await
}
