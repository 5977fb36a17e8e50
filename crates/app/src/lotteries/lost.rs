//! Conditions that are lost: people cannot meet them any more, or nobody can tell who does.

use qura_domain::channel::{Obstacle, Purpose};
use qura_domain::condition::Condition;
use qura_domain::lottery::Lottery;
use qura_storage::{StorageError, Tx};

use super::LotteryService;
use super::managing::Manager;
use crate::channels::ChannelService;

/// What the conditions of a lottery have to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serves {
    /// People are yet to meet them.
    Joining,
    /// It is enough to see who does: nobody is invited any more, and a lottery that is over has its participants.
    Drawing,
}

impl Serves {
    /// Whether what the bot lacks in a chat stands in the way.
    pub(super) fn is_hindered_by(self, obstacle: &Obstacle) -> bool {
        self == Self::Joining || !matches!(obstacle, Obstacle::BotLacks(_))
    }

    /// Whether a lottery that is demanded is of use.
    pub(super) fn can_use(self, lottery: Option<&Lottery>) -> bool {
        let is_of_use = |lottery: &Lottery| match self {
            // Now, or once it is resumed.
            Self::Joining => lottery.deleted_at.is_none() && lottery.state.is_changeable(),
            Self::Drawing => lottery.deleted_at.is_none(),
        };
        lottery.is_some_and(is_of_use)
    }
}

/// Whether all of these conditions stand, by what is known inside of the transaction.
pub(crate) async fn stand(
    tx: &mut Tx,
    conditions: &[Condition],
    serves: Serves,
) -> Result<bool, StorageError> {
    for condition in conditions {
        let stands = match (condition.chat(), condition.code()) {
            (Some(chat), _) => {
                let obstacles = ChannelService::known_obstacles(tx, chat, Purpose::Condition).await?;
                !obstacles.iter().any(|obstacle| serves.is_hindered_by(obstacle))
            }
            (None, Some(other)) => serves.can_use(tx.lotteries().find_by_code(other).await?.as_ref()),
            (None, None) => true,
        };
        if !stands {
            return Ok(false);
        }
    }
    Ok(true)
}

impl LotteryService {
    /// Takes conditions of a running lottery away that its manager gives up, in the caller's transaction.
    /// Returns those that are left.
    pub(super) async fn give_up(
        &self,
        tx: &mut Tx,
        manager: Manager,
        lottery: &Lottery,
        dropped: &[Condition],
    ) -> Result<Vec<Condition>, StorageError> {
        let mut conditions = tx.conditions().list(lottery.id).await?;
        if !dropped.is_empty() {
            conditions.retain(|condition| !dropped.contains(condition));
            tx.conditions().replace(lottery.id, &conditions).await?;
            let names: Vec<&str> = dropped.iter().map(|condition| condition.kind().name()).collect();
            let after = Some(names.join(","));
            self.audit(tx, Some(manager.person), "lottery.drop_conditions", lottery, after).await?;
        }
        Ok(conditions)
    }
}
