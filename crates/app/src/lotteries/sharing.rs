//! Which lotteries a person may put into other chats.

use std::collections::HashMap;

use qura_domain::channel::Channel;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::{Lottery, LotteryState};
use qura_storage::StorageError;

use super::LotteryService;

/// Most lotteries that are offered at once; who has more types the code.
const MOST: u32 = 20;

/// An open lottery, and what is known of its chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shareable {
    pub lottery: Lottery,
    pub channel: Option<Channel>,
}

impl Shareable {
    /// The address of its post; `None` where not everybody may open it, or where it was deleted.
    pub fn public_post(&self) -> Option<String> {
        let username = self.channel.as_ref()?.username.as_ref()?;
        Some(format!("https://t.me/{username}/{}", self.lottery.post?))
    }
}

impl LotteryService {
    /// The open lotteries in a person's sight (flows 3.2). For nothing typed: those that they organize or
    /// are registered in, the latest first. For a code: its lottery, whoever asks. For other words none.
    pub async fn shareable(&self, person: UserId, typed: &str) -> Result<Vec<Shareable>, StorageError> {
        let mut reader = self.db.read().await?;
        let lotteries = match typed.trim() {
            "" => reader.lotteries().in_sight(person, MOST).await?,
            typed => match Code::parse(typed) {
                Some(code) => reader.lotteries().find_by_code(&code).await?.into_iter().collect(),
                None => Vec::new(),
            },
        };
        let open = |lottery: &Lottery| lottery.state == LotteryState::Open && lottery.deleted_at.is_none();
        let lotteries: Vec<Lottery> = lotteries.into_iter().filter(open).collect();
        let chats: Vec<ChatId> = lotteries.iter().map(|lottery| lottery.chat).collect();
        if chats.is_empty() {
            return Ok(Vec::new());
        }
        let channels = reader.channels().get_all(&chats).await?;
        let channels: HashMap<ChatId, Channel> =
            channels.into_iter().map(|channel| (channel.chat, channel)).collect();
        let with_channel = |lottery: Lottery| {
            let channel = channels.get(&lottery.chat).cloned();
            Shareable { lottery, channel }
        };
        Ok(lotteries.into_iter().map(with_channel).collect())
    }
}
