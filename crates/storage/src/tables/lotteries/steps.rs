//! From state to state, and the post that shows it.
//!
//! Whoever writes both locks the row of `lotteries` first and that of `lottery_counters` second.

use qura_domain::ids::{ChatId, LotteryId, MessageId};
use qura_domain::lottery::{LotteryState, PauseReason, Transition};
use qura_domain::time::Timestamp;

use super::LotteryRepo;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional};

const CLOSED: &str = "closed";

/// What the row that joins lock says of a state.
const fn entrance(state: LotteryState) -> &'static str {
    match state {
        LotteryState::Open => "open",
        LotteryState::Paused => "paused",
        LotteryState::Draft
        | LotteryState::Scheduled
        | LotteryState::Frozen
        | LotteryState::Drawing
        | LotteryState::Drawn
        | LotteryState::Announced
        | LotteryState::Cancelled
        | LotteryState::Reopened => CLOSED,
    }
}

impl LotteryRepo<'_> {
    /// Goes from one state to the next; `false` when it is in another state by now. Joins that are
    /// being written are waited for, and none follows a step away from open. The post becomes due to
    /// be drawn anew. A step out of open and paused closes the lottery for good. To cancel is to delete
    /// softly. `pause` is the reason for a step to paused.
    pub async fn advance(
        &mut self,
        id: LotteryId,
        step: Transition,
        pause: Option<PauseReason>,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let pause = pause.filter(|_| step.to() == LotteryState::Paused);
        // By each step of one that was published: an older program may have made the first of them.
        let is_closed = entrance(step.to()) == CLOSED;
        let rows = execute!(
            self.conn,
            "UPDATE lotteries SET state = $3, pause_reason = $4,
               published_at = CASE WHEN $3 = 'open' THEN COALESCE(published_at, $5) ELSE published_at END,
               deleted_at = CASE WHEN $3 = 'cancelled' THEN $5 ELSE deleted_at END,
               closed_at = CASE WHEN $6 AND published_at IS NOT NULL THEN COALESCE(closed_at, $5)
                             ELSE closed_at END
             WHERE id = $1 AND state = $2",
            id.get(),
            step.from().name(),
            step.to().name(),
            pause.map(PauseReason::name),
            at.micros(),
            is_closed
        )?;
        if rows == 0 {
            return Ok(false);
        }
        execute!(
            self.conn,
            "UPDATE lottery_counters SET entrance = $2, shown = CASE WHEN shown < 0 THEN shown - 1 ELSE -1 END
             WHERE lottery_id = $1",
            id.get(),
            entrance(step.to())
        )?;
        Ok(true)
    }

    /// Whether another lottery carries on with this one for good: one that is not published may yet give it back.
    pub async fn is_carried_on(&mut self, id: LotteryId) -> Result<bool, StorageError> {
        // In one statement, so that no step comes in between. Nobody takes over what is not published, so both
        // are the same organizer's.
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT id FROM lotteries AS old WHERE id = $1 AND state = 'reopened' AND NOT EXISTS (
               SELECT 1 FROM lotteries AS new
               WHERE new.organizer_id = old.organizer_id AND new.deleted_at IS NULL AND new.reopens_id = old.id
                 AND new.state IN ('draft', 'scheduled'))",
            id.get()
        )?;
        Ok(row.is_some())
    }

    /// Remembers the post, which shows `shown` participants; another one before it is forgotten.
    pub async fn record_post(
        &mut self,
        id: LotteryId,
        post: MessageId,
        shown: u64,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        execute!(self.conn, "UPDATE lotteries SET message_id = $2 WHERE id = $1", id.get(), post.get())?;
        execute!(
            self.conn,
            "UPDATE lottery_counters SET has_post = TRUE, shown = $2, shown_at = $3 WHERE lottery_id = $1",
            id.get(),
            i64::try_from(shown).unwrap_or(i64::MAX),
            at.micros()
        )?;
        Ok(())
    }

    /// The post is gone: nothing edits it any more. `false` when it was known, or another one took
    /// its place: then nobody needs to be told.
    pub async fn lose_post(&mut self, id: LotteryId, post: MessageId) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lotteries SET message_id = NULL WHERE id = $1 AND message_id = $2",
            id.get(),
            post.get()
        )?;
        if rows > 0 {
            execute!(
                self.conn,
                "UPDATE lottery_counters SET has_post = FALSE WHERE lottery_id = $1",
                id.get()
            )?;
        }
        Ok(rows > 0)
    }

    /// A group became a supergroup: its lotteries are in the new chat, and their posts, which are
    /// not, are forgotten. Returns those that are to be published anew.
    pub async fn migrate(&mut self, from: ChatId, to: ChatId) -> Result<Vec<LotteryId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT id FROM lotteries WHERE chat_id = $1 AND message_id IS NOT NULL
             AND state IN ('open', 'paused', 'frozen', 'drawing', 'drawn') ORDER BY id",
            from.get()
        )?;
        execute!(
            self.conn,
            "UPDATE lotteries SET chat_id = $2, message_id = NULL WHERE chat_id = $1",
            from.get(),
            to.get()
        )?;
        execute!(
            self.conn,
            "UPDATE lottery_counters SET has_post = FALSE
             WHERE has_post AND lottery_id IN (SELECT id FROM lotteries WHERE chat_id = $1 AND message_id IS NULL)",
            to.get()
        )?;
        Ok(rows.into_iter().map(|(id,)| LotteryId::new(id)).collect())
    }
}
