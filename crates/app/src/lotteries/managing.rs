//! What organizers do with a published lottery: pause it, resume it, order its draw, cancel it.

use std::time::Duration;

use qura_domain::channel::{Channel, Purpose};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, JobId, UserId};
use qura_domain::lottery::{Lottery, LotteryState, PauseReason, SettingsError};
use qura_storage::{StorageError, Tx};

use super::LotteryService;
use super::lost::{Serves, stand};
use super::rehearsal::{Check, Rehearsal};
use crate::channels::{ChannelService, ExamineError, Examined};
use crate::draws;

/// Who manages a lottery: its organizer, or an operator in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manager {
    pub person: UserId,
    pub is_operator: bool,
}

/// Why something is not done. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManageRefusal {
    /// There is no such lottery, or it is somebody else's.
    NotTheirs,
    /// Its state allows it no more, or not yet.
    NotNow,
    /// What it would become cannot be.
    Settings(SettingsError),
    /// So many are registered already that the draw would have to begin before.
    CountReached,
    /// The person did it `limit` times in an hour; once more after `wait`.
    TooOften { limit: u32, wait: Duration },
    /// It demands of nobody to be in any chat, so it is not known whom it brought.
    BringsNobody,
    /// What a condition rests on was lost since it was looked at.
    ConditionLost,
    /// The bot lost a right since it was looked at.
    RightsLost,
    /// Its draw was to begin while it was paused: open again it would be closed for good at once.
    TimePassed,
}

/// What came of an act: the lottery as it is now.
pub type Managed = Result<Lottery, ManageRefusal>;

/// The most lotteries that are paused or resumed at once because of something else.
const MOST: u32 = 200;

impl Manager {
    pub(crate) fn may(self, lottery: &Lottery) -> bool {
        (self.is_operator || lottery.organizer == self.person) && lottery.is_kept()
    }
}

impl LotteryService {
    /// A lottery that this person manages; `None` for any other.
    pub async fn managed(&self, manager: Manager, code: &Code) -> Result<Option<Lottery>, StorageError> {
        Ok(self.find(code).await?.filter(|lottery| manager.may(lottery)))
    }

    /// The same inside of a transaction; nobody else changes it before its end.
    pub(crate) async fn locked(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
    ) -> Result<Option<Lottery>, StorageError> {
        Ok(tx.lotteries().lock(code).await?.filter(|lottery| manager.may(lottery)))
    }

    /// Looks at the rights of the bot and of the person in the lottery's chat. Asks Telegram, so it is
    /// called before the transaction. An operator needs no right of their own there.
    pub async fn look_at_rights(
        &self,
        manager: Manager,
        lottery: &Lottery,
    ) -> Result<Rehearsal, ExamineError> {
        let known = self.db.read().await?.channels().get(lottery.chat).await?;
        let mut channels = Vec::new();
        let (title, mut obstacles) = match known {
            None => self.look_at(manager.person, lottery.chat, Purpose::Publish, &mut channels).await?,
            Some(known) => {
                let Examined { channel, obstacles } =
                    self.channels.inspect(manager.person, known, Purpose::Publish).await?;
                let title = channel.title.clone();
                channels.push(channel);
                (title, obstacles)
            }
        };
        if manager.is_operator && manager.person != lottery.organizer {
            obstacles.retain(|obstacle| !obstacle.is_of_the_person());
        }
        Ok(Rehearsal { checks: vec![Check::Chat { title, obstacles }], channels, lost: Vec::new() })
    }

    /// The same, and everything that the conditions rest on: what resuming needs.
    pub async fn look_at_everything(
        &self,
        manager: Manager,
        lottery: &Lottery,
    ) -> Result<Rehearsal, ExamineError> {
        let mut found = self.look_at_rights(manager, lottery).await?;
        self.look_at_conditions(lottery, Serves::Joining, &mut found).await?;
        Ok(found)
    }

    /// The rights again, and whether the draw will see who meets the conditions.
    pub async fn look_before_draw(
        &self,
        manager: Manager,
        lottery: &Lottery,
    ) -> Result<Rehearsal, ExamineError> {
        let mut found = self.look_at_rights(manager, lottery).await?;
        self.look_at_conditions(lottery, Serves::Drawing, &mut found).await?;
        Ok(found)
    }

    /// The lotteries of a person that were paused for want of rights in a chat, and could go on by what Telegram
    /// tells now: each with the chats that were looked at, for [`Self::resume`].
    pub async fn resumable(
        &self,
        person: UserId,
        chat: ChatId,
    ) -> Result<Vec<(Code, Vec<Channel>)>, ExamineError> {
        let manager = Manager { person, is_operator: false };
        let mut reader = self.db.read().await?;
        let paused = reader.lotteries().in_chat(chat, &[LotteryState::Paused], MOST).await?;
        drop(reader);
        let mut resumable = Vec::new();
        for found in paused.into_iter().filter(|found| found.organizer == person) {
            let Some(lottery) = self.managed(manager, &found.code).await? else { continue };
            let is_due = lottery.settings.is_due(self.clock.now());
            if lottery.pause != Some(PauseReason::RightsLost) || is_due {
                continue;
            }
            let looked = self.look_at_everything(manager, &lottery).await?;
            if looked.passed() {
                resumable.push((found.code, looked.channels));
            }
        }
        Ok(resumable)
    }

    /// «إيقاف مؤقت», in the caller's transaction. Call [`Self::announce`] after the commit of this and of
    /// everything below.
    pub async fn pause(&self, tx: &mut Tx, manager: Manager, code: &Code) -> Result<Managed, StorageError> {
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        self.go(tx, manager, lottery, LotteryState::Paused, "lottery.pause").await
    }

    /// «استئناف» of one that was looked at just now without a fault, in the caller's transaction. The
    /// conditions in `dropped` hold no more from here on.
    pub async fn resume(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        found: &[Channel],
        dropped: &[Condition],
    ) -> Result<Managed, StorageError> {
        // Chats are locked before lotteries, as where Telegram tells of a chat.
        for channel in found {
            self.channels.record(tx, channel, manager.person).await?;
        }
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if lottery.state != LotteryState::Paused {
            return Ok(Err(ManageRefusal::NotNow));
        }
        if lottery.settings.is_due(self.clock.now()) {
            return Ok(Err(ManageRefusal::TimePassed));
        }
        // What Telegram told since they were looked at is newer.
        if !ChannelService::known_obstacles(tx, lottery.chat, Purpose::Publish).await?.is_empty() {
            return Ok(Err(ManageRefusal::RightsLost));
        }
        let conditions = self.give_up(tx, manager, &lottery, dropped).await?;
        if !stand(tx, &conditions, Serves::Joining).await? {
            return Ok(Err(ManageRefusal::ConditionLost));
        }
        self.go(tx, manager, lottery, LotteryState::Open, "lottery.resume").await
    }

    /// «سحب الفائزين» of one that was looked at just now without a fault: orders the draw, in the caller's
    /// transaction. Ordered twice it is one draw. The conditions in `dropped` hold no more from here on: a list
    /// that is closed under one that is lost stays closed, and nobody can be drawn from it.
    pub async fn order_draw(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        found: &[Channel],
        dropped: &[Condition],
    ) -> Result<Managed, StorageError> {
        for channel in found {
            self.channels.record(tx, channel, manager.person).await?;
        }
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if !lottery.state.is_changeable() {
            return Ok(Err(ManageRefusal::NotNow));
        }
        let conditions = self.give_up(tx, manager, &lottery, dropped).await?;
        if !stand(tx, &conditions, Serves::Drawing).await? {
            return Ok(Err(ManageRefusal::ConditionLost));
        }
        draws::order(tx, JobId::new(self.random.id()), lottery.id, self.clock.now()).await?;
        self.audit(tx, Some(manager.person), "lottery.draw", &lottery, None).await?;
        Ok(Ok(lottery))
    }

    /// «إلغاء السحب», in the caller's transaction. Open lotteries that demand to be in this one are paused,
    /// and their organizers told.
    pub async fn cancel(&self, tx: &mut Tx, manager: Manager, code: &Code) -> Result<Managed, StorageError> {
        let Some(lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if !lottery.state.is_changeable() {
            return Ok(Err(ManageRefusal::NotNow));
        }
        let cancelled = self.go(tx, manager, lottery, LotteryState::Cancelled, "lottery.cancel").await?;
        if cancelled.is_ok() {
            let lost = Condition::Lottery { code: code.clone() };
            for resting in tx.conditions().about_code(code, MOST).await? {
                self.channels.pause_for(tx, resting, &lost).await?;
            }
        }
        Ok(cancelled)
    }

    /// A step of its state, by hand.
    async fn go(
        &self,
        tx: &mut Tx,
        manager: Manager,
        lottery: Lottery,
        to: LotteryState,
        act: &str,
    ) -> Result<Managed, StorageError> {
        let Some(step) = lottery.state.to(to) else { return Ok(Err(ManageRefusal::NotNow)) };
        let pause = (to == LotteryState::Paused).then_some(PauseReason::Organizer);
        if !tx.lotteries().advance(lottery.id, step, pause, self.clock.now()).await? {
            return Ok(Err(ManageRefusal::NotNow));
        }
        let after = Some(to.name().to_owned());
        self.audit(tx, Some(manager.person), act, &lottery, after).await?;
        Ok(Ok(Lottery { state: to, pause, ..lottery }))
    }
}
