//! Lotteries («روليت») and what their organizers do with them: drafts, publication, lists.

mod post;
mod sharing;

use std::sync::Arc;

use qura_domain::code::Code;
use qura_domain::draw::commitment::Mode;
use qura_domain::lottery::Lottery;
use qura_ports::clock::Clock;
use qura_ports::coordination::WakeUps;
use qura_ports::random::Random;
use qura_ports::telegram::Messenger;
use qura_storage::{Db, StorageError};

use crate::channels::ChannelService;
use crate::settings::SettingsService;

pub use post::PostWriter;
pub use sharing::Shareable;

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
}

impl LotteryService {
    /// The lottery of a code, whoever asks; a cancelled one too.
    pub async fn find(&self, code: &Code) -> Result<Option<Lottery>, StorageError> {
        self.db.read().await?.lotteries().find_by_code(code).await
    }
}
