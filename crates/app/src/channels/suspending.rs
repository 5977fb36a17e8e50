//! What runs in a chat, or rests on it, and what becomes of that when the bot loses the chat or has it back.

use qura_domain::channel::{Channel, Obstacle, Purpose};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{LotteryState, PauseReason};
use qura_storage::{LotteryInChat, PAGE_ROWS, Page, StorageError, Tx};

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

/// A page of what runs in a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunningPage {
    pub lotteries: Vec<LotteryInChat>,
    /// More of them stand before this one.
    pub before: Option<LotteryId>,
    /// More of them follow this one.
    pub after: Option<LotteryId>,
}

impl RunningPage {
    /// Cut out of all of them, which are sorted by rising id.
    fn of(all: &[LotteryInChat], page: Page<LotteryId>) -> Self {
        let rows = PAGE_ROWS as usize;
        let start = match page {
            Page::First => 0,
            Page::After(key) => all.partition_point(|one| one.id <= key),
            Page::Before(key) => all.partition_point(|one| one.id < key).saturating_sub(rows),
        };
        let start = if start < all.len() { start } else { 0 };
        let lotteries: Vec<LotteryInChat> = all.iter().skip(start).take(rows).cloned().collect();
        let first = lotteries.first().map(|one| one.id);
        let last = lotteries.last().map(|one| one.id);
        Self {
            before: first.filter(|_| start > 0),
            after: last.filter(|_| start + rows < all.len()),
            lotteries,
        }
    }
}

impl ChannelService {
    /// A page of what is scheduled or runs in a chat, whoever organizes it. The first one where the page is
    /// empty.
    pub async fn running(&self, chat: ChatId, page: Page<LotteryId>) -> Result<RunningPage, StorageError> {
        let all = self.db.read().await?.lotteries().in_chat(chat, &RUNNING, MOST).await?;
        Ok(RunningPage::of(&all, page))
    }

    /// The first of it inside of a transaction; at most `limit`.
    pub(super) async fn running_in(
        tx: &mut Tx,
        chat: ChatId,
        limit: u32,
    ) -> Result<Vec<LotteryInChat>, StorageError> {
        tx.lotteries().in_chat(chat, &RUNNING, limit).await
    }

    /// What the bot lacks in a chat, by what is known inside of the transaction.
    pub(crate) async fn known_obstacles(
        tx: &mut Tx,
        chat: ChatId,
        purpose: Purpose,
    ) -> Result<Vec<Obstacle>, StorageError> {
        let known = tx.channels().get(chat).await?;
        Ok(known.map(|channel| channel.bot_obstacles(purpose)).unwrap_or_default())
    }

    /// Pauses what was opened in these chats, or rests on them, though the bot has lost them by now, and tells
    /// the organizers, in the caller's transaction: for whoever looked at them before it.
    pub(crate) async fn hold_back(
        &self,
        tx: &mut Tx,
        chats: impl Iterator<Item = ChatId> + Send,
    ) -> Result<(), StorageError> {
        for chat in chats {
            if let Some(channel) = tx.channels().get(chat).await? {
                let paused = self.suspend(tx, &channel).await?;
                self.tell_paused(tx, paused).await?;
            }
        }
        Ok(())
    }

    /// Tells organizers that their lotteries were paused for want of rights.
    pub(super) async fn tell_paused(
        &self,
        tx: &mut Tx,
        paused: Vec<(UserId, Code)>,
    ) -> Result<(), StorageError> {
        let reason = PauseReason::RightsLost;
        for (person, code) in paused {
            self.write(tx, &Notice::LotteryPaused { person, code, reason, lost: Vec::new() }).await?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_show_everything_that_runs_once() {
        let all: Vec<LotteryInChat> = (1..=17)
            .map(|id| LotteryInChat {
                id: LotteryId::new(id),
                code: Code::from_random(i128::from(id).to_be_bytes()),
                organizer: UserId::new(1),
                state: LotteryState::Open,
            })
            .collect();
        let ids = |page: &RunningPage| page.lotteries.iter().map(|one| one.id.get()).collect::<Vec<_>>();
        let first = RunningPage::of(&all, Page::First);
        assert_eq!((ids(&first), first.before), ((1..=8).collect(), None));
        let second = RunningPage::of(&all, Page::After(first.after.unwrap()));
        assert_eq!(ids(&second), (9..=16).collect::<Vec<_>>());
        let third = RunningPage::of(&all, Page::After(second.after.unwrap()));
        assert_eq!((ids(&third), third.after), (vec![17], None));
        assert_eq!(RunningPage::of(&all, Page::Before(third.before.unwrap())), second);
        assert_eq!(RunningPage::of(&all, Page::Before(second.before.unwrap())), first);
        // What was on the page is over by now.
        assert_eq!(RunningPage::of(&all[..16], Page::After(LotteryId::new(16))).lotteries.len(), 8);
        assert_eq!(RunningPage::of(&[], Page::First), RunningPage::default());
    }
}
