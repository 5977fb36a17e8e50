//! The draw of a lottery: whoever wants one orders it here, and a worker sees it through.
//!
//! A draw goes step by step (`docs/draw-v1.md`): the list is closed, its tree is computed, the freeze is
//! posted, the beacon is awaited, candidates are looked at, the receipt is written, everyone is told. Each
//! step is a run of the job [`ORDER`], whose transaction holds the effect, the end of this run and the
//! order of the next one: killed anywhere, a draw goes on where it was, and of several workers one does
//! each step.

mod announcing;
mod beacon;
mod checking;
mod closing;
mod concluding;
mod confirming;
mod due;
mod freezing;
mod hearing;
mod hold;
mod job;
mod opening;
mod order;
mod receipts;
mod redraw;
mod reopening;
mod replacing;
mod telling;
mod terms;
mod verdict;
mod walking;

use std::sync::Arc;

use qura_domain::draw::beacon::Round;
use qura_domain::draw::hash::Hash;
use qura_domain::lottery::{Lottery, LotteryState};
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_ports::beacon::Beacon;
use qura_ports::clock::Clock;
use qura_ports::coordination::WakeUps;
use qura_ports::random::Random;
use qura_ports::telegram::Messenger;
use qura_storage::{Db, DrawDocument, Reader, StorageError, WinnerRecord};

use crate::faults::Faults;

pub use announcing::{PART, parts};
pub use due::{DueDraws, look_at};
pub use hold::{HOLD, HoldSweep};
pub use job::DrawJob;
pub use opening::{OpenJob, OpeningRefusal};
pub use order::{DrawOrder, ORDER, order};
pub use receipts::ReceiptRefusal;
pub use redraw::{REPLACE, RedrawRefusal, ReplaceJob, ReplaceOrder};
pub use reopening::{CARRY, CarryJob, ReopenRefusal};
pub use replacing::standing;
pub use telling::{DrawNotice, DrawTrouble};
pub use verdict::Verdicts;

/// Sees draws through.
pub struct DrawService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    pub messenger: Arc<dyn Messenger>,
    pub beacon: Arc<dyn Beacon>,
    pub writer: Arc<dyn DrawWriter>,
    pub faults: Faults,
    pub verdicts: Verdicts,
}

/// Puts what a draw posts by itself into words.
pub trait DrawWriter: Send + Sync + 'static {
    /// The post of a freeze, in the lottery's chat.
    fn freeze(&self, lottery: &Lottery, freeze: &FreezePost) -> RichText;
}

/// What the post of a freeze tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreezePost {
    pub attempt: u32,
    pub freeze: Hash,
    pub root: Hash,
    pub tickets: u64,
    /// None in mode 0.
    pub round: Option<Round>,
}

/// A draw as people see it afterwards.
#[derive(Clone, Debug)]
pub struct DrawView {
    pub lottery: Lottery,
    /// The receipt and its addenda; nothing before the result is told.
    pub documents: Vec<DrawDocument>,
    /// As of now, by their places; nobody before the result is told.
    pub winners: Vec<WinnerRecord>,
}

impl DrawService {
    /// A draw as everybody may see it: with its receipt and its winners, once they are told.
    pub async fn view(&self, lottery: Lottery) -> Result<DrawView, StorageError> {
        if !lottery.state.is_announced() {
            return Ok(DrawView { lottery, documents: Vec::new(), winners: Vec::new() });
        }
        let (documents, winners) = self.db.read().await?.drawn(lottery.id).await?;
        Ok(DrawView { lottery, documents, winners })
    }
}

/// When the beacon's round comes out that a closed lottery waits for; `None` for any other.
pub async fn draws_at(reader: &mut Reader, lottery: &Lottery) -> Result<Option<Timestamp>, StorageError> {
    if lottery.state != LotteryState::Frozen {
        return Ok(None);
    }
    let freezes = reader.draws().freezes(lottery.id).await?;
    let round = freezes.last().and_then(|freeze| freeze.round);
    Ok(round.map(|round| Timestamp::from_secs(round.time().get())))
}
