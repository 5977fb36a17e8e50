//! Taking over a lottery whose organizer is no longer administrator of its chat.

use qura_domain::channel::Purpose;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_storage::{StorageError, Tx};

use super::LotteryService;
use super::rehearsal::{Check, Rehearsal};
use crate::channels::{ExamineError, Examined};
use crate::outbox::Notice;

/// Why a person does not take a lottery over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakeOverRefusal {
    /// There is nothing to take over: it is over, or theirs already.
    NotNow,
    /// Its organizer is still administrator of the chat.
    Kept,
    /// Not all checks passed: what they or the bot lack.
    Lacking(Rehearsal),
}

impl LotteryService {
    /// Whether a person may take a running lottery over, by what Telegram tells now: they are an administrator
    /// of its chat who may manage there, and its organizer is none any more. Called before the transaction.
    pub async fn may_take_over(
        &self,
        person: UserId,
        code: &Code,
    ) -> Result<Result<Lottery, TakeOverRefusal>, ExamineError> {
        let found = self.find(code).await?;
        let Some(lottery) = found.filter(|lottery| lottery.organizer != person && lottery.state.is_running())
        else {
            return Ok(Err(TakeOverRefusal::NotNow));
        };
        let known = self.db.read().await?.channels().get(lottery.chat).await?;
        let Some(known) = known else { return Ok(Err(TakeOverRefusal::NotNow)) };
        let Examined { channel, obstacles } = self.channels.inspect(person, known, Purpose::Publish).await?;
        if !obstacles.is_empty() {
            let checks = vec![Check::Chat { title: channel.title.clone(), obstacles }];
            let looked = Rehearsal { checks, channels: vec![channel], lost: Vec::new() };
            return Ok(Err(TakeOverRefusal::Lacking(looked)));
        }
        match self.messenger.membership(lottery.chat, lottery.organizer).await {
            Ok(standing) if standing.is_administrator() => Ok(Err(TakeOverRefusal::Kept)),
            Err(error) if error.is_no_answer() => Err(error.into()),
            // Also one whom Telegram does not know any more.
            Ok(_) | Err(_) => Ok(Ok(lottery)),
        }
    }

    /// Takes over what [`Self::may_take_over`] let the person have, in the caller's transaction. `false` where
    /// somebody was faster or it is over. Call [`Self::announce`] after the commit.
    pub async fn take_over(&self, tx: &mut Tx, person: UserId, seen: &Lottery) -> Result<bool, StorageError> {
        let Some(lottery) = tx.lotteries().lock(&seen.code).await? else { return Ok(false) };
        if lottery.organizer != seen.organizer || !lottery.state.is_running() {
            return Ok(false);
        }
        if !tx.lotteries().take_over(lottery.id, lottery.organizer, person).await? {
            return Ok(false);
        }
        self.audit(tx, Some(person), "lottery.take_over", &lottery, Some(person.to_string())).await?;
        let (person, code) = (lottery.organizer, lottery.code);
        self.write(tx, &Notice::LotteryTakenOver { person, code }).await?;
        Ok(true)
    }
}
