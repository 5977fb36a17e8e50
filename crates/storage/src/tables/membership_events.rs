//! `membership_events`: who came to a chat and who left it, and by whose hand.
//!
//! The newest event of a person is what they are, by Telegram's date and then by the update's number. So
//! one that is delivered late never overwrites what came after it. How they came to be inside or outside is
//! what the newest one tells that took them in or out: a ban that is lifted later says nothing of that.

mod staying;

use qura_domain::ids::{ChatId, Seq, UserId};
use qura_domain::membership::Membership;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_optional};

repository! {
    /// Changes of membership.
    MembershipEventRepo
}

/// A change of one person's membership in one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipEvent {
    pub chat: ChatId,
    pub user: UserId,
    /// Telegram's date, in whole seconds.
    pub at: Timestamp,
    /// The update that told of it.
    pub seq: Seq,
    /// Who acted: the person, or an administrator.
    pub actor: UserId,
    pub before: Membership,
    pub after: Membership,
}

impl MembershipEvent {
    /// Whether the person left by themself; one whom an administrator removed did not.
    pub fn has_left(&self) -> bool {
        self.actor == self.user && self.is_exit()
    }

    /// Whether an administrator took the person out.
    pub fn was_removed(&self) -> bool {
        self.actor != self.user && self.is_exit()
    }

    fn is_exit(&self) -> bool {
        self.before.is_inside() && !self.after.is_inside()
    }
}

/// What came of recording an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It tells what the person is now.
    Newest,
    /// Something later is known already.
    Late,
    /// It was here before.
    Again,
}

type Row = (i64, i64, i64, i64, i64, String, String);

fn event((chat, user, at, seq, actor, before, after): Row) -> Result<MembershipEvent, StorageError> {
    let membership =
        |json: &str| serde_json::from_str(json).map_err(|_| StorageError::Unreadable("membership"));
    Ok(MembershipEvent {
        chat: ChatId::new(chat),
        user: UserId::new(user),
        at: Timestamp::from_micros(at),
        seq: Seq::new(seq),
        actor: UserId::new(actor),
        before: membership(&before)?,
        after: membership(&after)?,
    })
}

impl MembershipEventRepo<'_> {
    pub async fn record(&mut self, event: &MembershipEvent) -> Result<Recorded, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO membership_events (chat_id, user_id, happened_at, seq, actor_id, before, after, crosses)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (chat_id, user_id, happened_at, seq) DO NOTHING",
            event.chat.get(),
            event.user.get(),
            event.at.micros(),
            event.seq.get(),
            event.actor.get(),
            serde_json::json!(event.before).to_string(),
            serde_json::json!(event.after).to_string(),
            event.before.is_inside() != event.after.is_inside()
        )?;
        if rows == 0 {
            return Ok(Recorded::Again);
        }
        let later = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT seq FROM membership_events
             WHERE chat_id = $1 AND user_id = $2 AND (happened_at, seq) > ($3, $4) LIMIT 1",
            event.chat.get(),
            event.user.get(),
            event.at.micros(),
            event.seq.get()
        )?;
        Ok(if later.is_some() { Recorded::Late } else { Recorded::Newest })
    }

    /// The newest event that took each of these people into a chat or out of it, up to and with the given
    /// moment; nothing for those of whom nothing was heard. In the order of the people.
    pub async fn crossings(
        &mut self,
        chat: ChatId,
        users: &[UserId],
        until: Timestamp,
    ) -> Result<Vec<MembershipEvent>, StorageError> {
        let asked: Vec<_> = users.iter().map(|user| (*user, until)).collect();
        Ok(self.newest_crossings(chat, &asked).await?.into_iter().flatten().collect())
    }

    /// A group became a supergroup: what happened in it happened in the new one. No update tells of two
    /// chats, so no two events become one.
    pub async fn migrate(&mut self, from: ChatId, to: ChatId) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "UPDATE membership_events SET chat_id = $2 WHERE chat_id = $1",
            from.get(),
            to.get()
        )
    }

    /// Forgets events before the given time, at most `limit`, and returns how many; none of a chat that a
    /// lottery rests on which is not over, or closed at `since` or later. What a person is is then no longer
    /// known where nothing was heard of them since.
    pub async fn purge(
        &mut self,
        before: Timestamp,
        since: Timestamp,
        limit: u32,
    ) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "DELETE FROM membership_events WHERE (chat_id, user_id, happened_at, seq) IN
             (SELECT chat_id, user_id, happened_at, seq FROM membership_events WHERE happened_at < $1
                AND NOT EXISTS (SELECT 1 FROM lotteries WHERE lotteries.chat_id = membership_events.chat_id
                  AND state IN ('open', 'paused', 'frozen', 'drawing', 'drawn'))
                AND NOT EXISTS (SELECT 1 FROM lotteries WHERE lotteries.chat_id = membership_events.chat_id
                  AND closed_at >= $2)
                AND NOT EXISTS (SELECT 1 FROM lottery_conditions JOIN lotteries ON lotteries.id = lottery_id
                  WHERE lottery_conditions.chat_id = membership_events.chat_id
                  AND (state IN ('open', 'paused', 'frozen', 'drawing', 'drawn') OR closed_at >= $2))
              ORDER BY happened_at LIMIT $3)",
            before.micros(),
            since.micros(),
            i64::from(limit)
        )
    }
}
