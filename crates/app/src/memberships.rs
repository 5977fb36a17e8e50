//! What Telegram tells of members who come and go: kept for the chats that lotteries rest on.

use std::sync::Arc;

use qura_domain::ids::Seq;
use qura_domain::lottery::retention::WATCHED;
use qura_ports::telegram::MembershipChange;
use qura_storage::{Db, MembershipEvent, Recorded, StorageError};

use crate::fraud;
use crate::subscription::SubscriptionService;

/// Keeps the changes of membership.
pub struct MembershipService {
    pub db: Db,
    pub subscription: Arc<SubscriptionService>,
}

impl MembershipService {
    /// Somebody's membership changed. Kept where a lottery rests on the chat, and remembered unless
    /// something later is known. Whether it tells what the person is now, in a chat that matters.
    ///
    /// Recorded on its own, before the update is marked as applied: the same event twice is one.
    pub async fn changed(&self, seq: Seq, change: &MembershipChange) -> Result<bool, StorageError> {
        if !self.matters(change).await? {
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

    /// Lotteries that closed within the last month matter as well: who came because of them may leave yet.
    async fn matters(&self, change: &MembershipChange) -> Result<bool, StorageError> {
        let (chat, mut reader) = (change.chat.id, self.db.read().await?);
        // Who was removed keeps a win, who left does not, until it is for good.
        Ok(reader.lotteries().watch(chat, change.date - WATCHED).await?
            || reader.winners().is_held_in(chat).await?)
    }
}
