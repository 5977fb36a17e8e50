//! Pauses a lottery that nobody can be let into rightly: a condition is lost, or its chat is out of sight.

use qura_domain::condition::Condition;
use qura_domain::lottery::{JoinRefusal, LotteryState, PauseReason};
use qura_storage::{StorageError, Tx};

use super::JoiningService;
use super::look::Look;
use crate::outbox::Notice;

impl JoiningService {
    /// Pauses the lottery where the look showed that it must be, and tells its organizer, in the caller's
    /// transaction. Once: whoever finds it paused changes and tells nothing. Call [`Self::announce`]
    /// after the commit.
    pub async fn suspend(&self, tx: &mut Tx, look: &Look) -> Result<(), StorageError> {
        let (reason, lost) = match &look.verdict {
            Err(JoinRefusal::CannotCheck) => (PauseReason::RightsLost, Vec::new()),
            Err(JoinRefusal::ConditionLost(lost)) => (PauseReason::ConditionLost, lost.clone()),
            _ => return Ok(()),
        };
        self.pause(tx, look, reason, lost).await
    }

    async fn pause(
        &self,
        tx: &mut Tx,
        look: &Look,
        reason: PauseReason,
        lost: Vec<Condition>,
    ) -> Result<(), StorageError> {
        let application = &look.application;
        let Some(step) = LotteryState::Open.to(LotteryState::Paused) else { return Ok(()) };
        let now = self.clock.now();
        if tx.lotteries().advance(application.lottery, step, Some(reason), now).await? {
            let notice = Notice::LotteryPaused {
                person: application.organizer,
                code: look.code.clone(),
                reason,
                lost,
            };
            self.write(tx, &notice).await?;
        }
        Ok(())
    }
}
