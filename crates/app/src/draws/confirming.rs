//! «تأكيد الفوز»: a winner says that they are there.

use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::Confirmation;
use qura_storage::{StorageError, Tx};

use super::DrawService;

impl DrawService {
    /// Confirms a person's win, in the caller's transaction. Whoever they are and however they ask.
    pub async fn confirm(
        &self,
        tx: &mut Tx,
        lottery: LotteryId,
        person: UserId,
    ) -> Result<Confirmation, StorageError> {
        let found = tx.lotteries().get(lottery).await?;
        // Who has won is known before it is told, and may change until then.
        if found.is_some_and(|lottery| !lottery.state.is_over()) {
            return Ok(Confirmation::NotYet);
        }
        let Some(winner) = tx.winners().get(lottery, person).await? else {
            return Ok(Confirmation::NotWinner);
        };
        let now = self.clock.now();
        let outcome = winner.confirm(now);
        if outcome == Confirmation::Confirmed && !tx.winners().confirm(lottery, person, now).await? {
            // The place passed on while it was looked at.
            return Ok(Confirmation::TooLate);
        }
        Ok(outcome)
    }
}
