//! What runs in a chat, or rests on it, and what becomes of that when the bot loses the chat or has it back.

use qura_domain::channel::{Channel, Purpose};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{LotteryState, PauseReason};
use qura_storage::{LotteryInChat, StorageError, Tx};

use super::ChannelService;
use crate::outbox::Notice;

/// Lotteries that are paused at once. A chat takes no more than 20 new posts a minute, so there are never
/// that many open ones.
const MOST: u32 = 1_000;

/// The states in which a lottery keeps its chat.
const RUNNING: [LotteryState; 6] = [
    LotteryState::Scheduled,
    LotteryState::Open,
    LotteryState::Paused,
    LotteryState::Frozen,
    LotteryState::Drawing,
    LotteryState::Drawn,
];

impl ChannelService {
    /// What is scheduled or runs in a chat, whoever organizes it; at most `limit`.
    pub async fn running(&self, chat: ChatId, limit: u32) -> Result<Vec<LotteryInChat>, StorageError> {
        self.db.read().await?.lotteries().in_chat(chat, &RUNNING, limit).await
    }

    /// The same inside of a transaction.
    pub(super) async fn running_in(
        tx: &mut Tx,
        chat: ChatId,
        limit: u32,
    ) -> Result<Vec<LotteryInChat>, StorageError> {
        tx.lotteries().in_chat(chat, &RUNNING, limit).await
    }

    /// Pauses what cannot go on without the rights that are missing. Returns the lotteries in the chat itself
    /// that were paused, whose organizers are still to be told; those of conditions are told here.
    pub(super) async fn suspend(
        &self,
        tx: &mut Tx,
        channel: &Channel,
    ) -> Result<Vec<(UserId, Code)>, StorageError> {
        let mut paused = Vec::new();
        let Some(step) = LotteryState::Open.to(LotteryState::Paused) else { return Ok(paused) };
        let now = self.clock.now();
        if !channel.bot_obstacles(Purpose::Publish).is_empty() {
            for lottery in tx.lotteries().in_chat(channel.chat, &[LotteryState::Open], MOST).await? {
                let reason = Some(PauseReason::RightsLost);
                if tx.lotteries().advance(lottery.id, step, reason, now).await? {
                    paused.push((lottery.organizer, lottery.code));
                }
            }
        }
        if !channel.bot_obstacles(Purpose::Condition).is_empty() {
            for lottery in tx.conditions().about_chat(channel.chat, MOST).await? {
                self.pause_for_chat(tx, lottery, channel.chat).await?;
            }
        }
        Ok(paused)
    }

    async fn pause_for_chat(
        &self,
        tx: &mut Tx,
        lottery: LotteryId,
        chat: ChatId,
    ) -> Result<(), StorageError> {
        let conditions = tx.conditions().list(lottery).await?;
        match conditions.into_iter().find(|condition| condition.chat() == Some(chat)) {
            Some(lost) => self.pause_for(tx, lottery, &lost).await,
            None => Ok(()),
        }
    }

    /// Pauses an open lottery because one of its conditions is lost, and tells its organizer, in the
    /// caller's transaction. Once: whoever finds it paused changes and tells nothing.
    pub(crate) async fn pause_for(
        &self,
        tx: &mut Tx,
        id: LotteryId,
        lost: &Condition,
    ) -> Result<(), StorageError> {
        let Some(step) = LotteryState::Open.to(LotteryState::Paused) else { return Ok(()) };
        let reason = PauseReason::ConditionLost;
        if tx.lotteries().advance(id, step, Some(reason), self.clock.now()).await?
            && let Some(lottery) = tx.lotteries().get(id).await?
        {
            let (person, code, lost) = (lottery.organizer, lottery.code.clone(), vec![lost.clone()]);
            self.write(tx, &Notice::LotteryPaused { person, code, reason, lost }).await?;
        }
        Ok(())
    }
}
