//! «انسحاب»: a participant leaves; the ticket stays theirs, and void.

use qura_domain::ids::{LotteryId, UserId};
use qura_storage::{StorageError, Tx};

use super::JoiningService;

impl JoiningService {
    /// Makes the person's ticket void, in the caller's transaction. `false` for one who is not registered,
    /// and once the list is closed. Call [`Self::announce`] after the commit.
    pub async fn leave(&self, tx: &mut Tx, lottery: LotteryId, person: UserId) -> Result<bool, StorageError> {
        tx.participants().withdraw(lottery, person, self.clock.now()).await
    }
}
