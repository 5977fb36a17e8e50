//! What Telegram tells of members who come and go: kept for the chats that lotteries rest on.

use std::sync::Arc;

use qura_domain::ids::{ChatId, Seq};
use qura_domain::lottery::LotteryState;
use qura_ports::telegram::MembershipChange;
use qura_storage::{Db, MembershipEvent, Reader, Recorded, StorageError};

use crate::fraud;
use crate::subscription::SubscriptionService;

/// Keeps the changes of membership.
pub struct MembershipService {
    pub db: Db,
    pub subscription: Arc<SubscriptionService>,
}

/// The states in which it matters who is in a lottery's chat.
const WATCHED: [LotteryState; 5] = [
    LotteryState::Open,
    LotteryState::Paused,
    LotteryState::Frozen,
    LotteryState::Drawing,
    LotteryState::Drawn,
];

impl MembershipService {
    /// Somebody's membership changed. Kept where a lottery rests on the chat, and remembered unless
    /// something later is known. Whether it tells what the person is now, in a chat that matters.
    ///
    /// Recorded on its own, before the update is marked as applied: the same event twice is one.
    pub async fn changed(&self, seq: Seq, change: &MembershipChange) -> Result<bool, StorageError> {
        if !self.matters(change.chat.id).await? {
            self.subscription.member_changed(change).await?;
            return Ok(false);
        }
        let event = MembershipEvent {
            chat: change.chat.id,
            user: change.member.id,
            at: change.date,
            seq,
            actor: change.actor,
            before: change.before,
            after: change.after,
        };
        let mut tx = self.db.begin().await?;
        let recorded = tx.membership_events().record(&event).await?;
        if recorded == Recorded::Newest && event.has_left() {
            fraud::left_chat(&mut tx, &event).await?;
        }
        tx.commit().await?;
        match recorded {
            Recorded::Newest => self.subscription.member_changed(change).await?,
            // Whether something came after it meanwhile is not worth a look: Telegram knows.
            Recorded::Again => self.subscription.forget(event.chat, event.user).await,
            Recorded::Late => {}
        }
        Ok(recorded != Recorded::Late)
    }

    async fn matters(&self, chat: ChatId) -> Result<bool, StorageError> {
        let mut reader: Reader = self.db.read().await?;
        if reader.conditions().watches(chat).await? {
            return Ok(true);
        }
        if !reader.lotteries().in_chat(chat, &WATCHED, 1).await?.is_empty() {
            return Ok(true);
        }
        // Who was removed keeps a win, who left does not, until it is for good.
        reader.winners().is_held_in(chat).await
    }
}
