//! A lottery («روليت»): a giveaway that people register in, and whose winners are drawn at random.

mod admission;
mod milestone;
mod participant;
pub mod retention;
mod settings;
mod state;
mod suspicion;
mod winner;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::draw::commitment::Mode;
use crate::draw::hash::Hash;
use crate::ids::{ChatId, LotteryId, MessageId, UserId};
use crate::template::Template;
use crate::time::Timestamp;

pub use crate::draw::leaf::Ticket;
pub use admission::{Applicant, Attendance, JoinRefusal, JoinTerms, admit, preview};
pub use milestone::milestone;
pub use participant::{JoinSource, ParticipantState};
pub use settings::{Audience, AutoDraw, LotterySettings, Publication, SettingsError};
pub use state::{LotteryState, Transition};
pub use suspicion::{JoinFacts, Signal, Signals};
pub use winner::{Confirmation, Winner, WinnerRole};

/// A lottery as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    pub id: LotteryId,
    /// Made with the draft, shown from the publication on.
    pub code: Code,
    pub organizer: UserId,
    /// Where it is published.
    pub chat: ChatId,
    pub state: LotteryState,
    /// Why it is paused; `None` in any other state.
    pub pause: Option<PauseReason>,
    pub template: Template,
    pub settings: LotterySettings,
    /// The post, while there is one to edit.
    pub post: Option<MessageId>,
    /// What was published of the draw's secret; `None` before the publication.
    pub commitment: Option<Commitment>,
    /// The lottery that this one carries on with, by a new commitment.
    pub reopens: Option<LotteryId>,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

impl Lottery {
    /// What decides who may join.
    pub fn terms(&self) -> JoinTerms {
        JoinTerms { state: self.state, settings: self.settings.clone() }
    }

    /// Whether its organizer still finds it: a draft that was thrown away is gone, one that was published and
    /// cancelled can be looked at until it is purged.
    pub const fn is_kept(&self) -> bool {
        self.deleted_at.is_none() || self.published_at.is_some()
    }
}

/// What was published before anyone could join (draw version 1, step 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub mode: Mode,
    pub hash: Hash,
}

/// Why joining is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The organizer wants it so.
    Organizer,
    /// The bot was removed from the chat or lost a right that it needs there.
    RightsLost,
    /// What a condition rests on has ended or cannot be checked.
    ConditionLost,
}

impl PauseReason {
    pub const ALL: [Self; 3] = [Self::Organizer, Self::RightsLost, Self::ConditionLost];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organizer => "organizer",
            Self::RightsLost => "rights_lost",
            Self::ConditionLost => "condition_lost",
        }
    }
}
