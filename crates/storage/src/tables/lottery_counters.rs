//! `lottery_counters`: how many are registered in each lottery, and which number its post shows.
//!
//! Joins and steps from state to state lock a lottery's row here until they are committed, so that none
//! overlooks the other.

use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId, MessageId};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional};

repository! {
    /// Counters of lotteries.
    LotteryCounterRepo
}

/// The numbers of a lottery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotteryCount {
    /// The last ticket that was given out, void ones included.
    pub tickets: u64,
    /// Whose ticket is valid.
    pub participants: u64,
}

/// A post that shows something else than what is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirtyPost {
    pub lottery: LotteryId,
    pub code: Code,
    pub chat: ChatId,
    pub post: MessageId,
    /// What is to be shown, and then given to [`LotteryCounterRepo::record_shown`].
    pub participants: u64,
    /// What it shows now; `None` where more than the number has changed.
    pub shown: Option<u64>,
    pub shown_at: Timestamp,
    /// The number as it is stored: each time that a post is to be drawn anew it is another negative one.
    stored: i64,
}

impl LotteryCounterRepo<'_> {
    pub async fn get(&mut self, lottery: LotteryId) -> Result<Option<LotteryCount>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64, i64),
            "SELECT tickets, participants FROM lottery_counters WHERE lottery_id = $1",
            lottery.get()
        )?;
        Ok(row.map(|(tickets, participants)| LotteryCount {
            tickets: number(tickets),
            participants: number(participants),
        }))
    }

    /// Whether this milestone is new: then the organizer is to be told. One that was reached, lost by
    /// people who left, and reached again is not.
    pub async fn reach(&mut self, lottery: LotteryId, milestone: u64) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lottery_counters SET milestone = $2 WHERE lottery_id = $1 AND milestone < $2",
            lottery.get(),
            signed(milestone)
        )?;
        Ok(rows > 0)
    }

    /// Posts that show something else than what is true, those first that were edited the longest
    /// ago; after the given one where the list goes on. At most `limit`.
    pub async fn dirty(
        &mut self,
        after: Option<(Timestamp, LotteryId)>,
        limit: u32,
    ) -> Result<Vec<DirtyPost>, StorageError> {
        type Row = (i64, String, i64, i64, i64, i64, i64);
        let (after_at, after_id) = after.map_or((i64::MIN, i64::MIN), |(at, id)| (at.micros(), id.get()));
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT lottery_id, code, chat_id, message_id, participants, shown, shown_at
             FROM lottery_counters JOIN lotteries ON lotteries.id = lottery_id
             WHERE has_post AND shown <> participants AND (shown_at, lottery_id) > ($1, $2)
               AND message_id IS NOT NULL
             ORDER BY shown_at, lottery_id LIMIT $3",
            after_at,
            after_id,
            i64::from(limit)
        )?;
        rows.into_iter()
            .map(|(lottery, code, chat, post, participants, shown, shown_at)| {
                Ok(DirtyPost {
                    lottery: LotteryId::new(lottery),
                    code: Code::parse(&code).ok_or(StorageError::Unreadable("code"))?,
                    chat: ChatId::new(chat),
                    post: MessageId::new(post),
                    participants: number(participants),
                    shown: u64::try_from(shown).ok(),
                    shown_at: Timestamp::from_micros(shown_at),
                    stored: shown,
                })
            })
            .collect()
    }

    /// Takes a dirty post, so that nobody else edits it at the same time: whoever reads the list later
    /// sees by [`DirtyPost::shown_at`] that it was taken at `at`. `None` when somebody else was faster.
    pub async fn claim(
        &mut self,
        seen: &DirtyPost,
        at: Timestamp,
    ) -> Result<Option<DirtyPost>, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lottery_counters SET shown_at = $2
             WHERE lottery_id = $1 AND has_post AND shown_at = $3 AND shown = $4",
            seen.lottery.get(),
            at.micros(),
            seen.shown_at.micros(),
            seen.stored
        )?;
        Ok((rows > 0).then(|| DirtyPost { shown_at: at, ..seen.clone() }))
    }

    /// The post was edited and shows this number now. Where the true one moved on meanwhile, the
    /// post is still dirty. `false` where somebody else edited it since `seen` was read, or more than the
    /// number changed: then nobody knows what it shows, and it is to be drawn anew.
    pub async fn record_shown(&mut self, seen: &DirtyPost, at: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lottery_counters SET shown = $2, shown_at = $3
             WHERE lottery_id = $1 AND shown_at = $4 AND shown = $5",
            seen.lottery.get(),
            signed(seen.participants),
            at.micros(),
            seen.shown_at.micros(),
            seen.stored
        )?;
        Ok(rows > 0)
    }

    /// Lotteries that people can join with tickets that were not looked through for signs of fraud, by rising
    /// id: which, and the last ticket that was. After the given one; at most `limit`.
    pub async fn unexamined(
        &mut self,
        after: Option<LotteryId>,
        limit: u32,
    ) -> Result<Vec<(LotteryId, u64)>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64),
            "SELECT lotteries.id, examined FROM lotteries JOIN lottery_counters ON lottery_id = lotteries.id
             WHERE state IN ('open', 'paused') AND lotteries.id > $1 AND tickets > examined
             ORDER BY lotteries.id LIMIT $2",
            after.map_or(i64::MIN, LotteryId::get),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(id, examined)| (LotteryId::new(id), number(examined))).collect())
    }

    /// The tickets up to this one were looked through.
    pub async fn record_examined(&mut self, lottery: LotteryId, ticket: u64) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_counters SET examined = $2 WHERE lottery_id = $1",
            lottery.get(),
            signed(ticket)
        )?;
        Ok(())
    }

    /// All posts in a chat are to be drawn anew: nobody could edit them for a while.
    pub async fn redraw_in(&mut self, chat: ChatId) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_counters SET shown = CASE WHEN shown < 0 THEN shown - 1 ELSE -1 END
             WHERE has_post AND lottery_id IN (SELECT id FROM lotteries WHERE chat_id = $1)",
            chat.get()
        )
    }

    /// Nothing edits the post until another one is recorded, or [`Self::go_on`].
    pub async fn rest(&mut self, lottery: LotteryId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_counters SET has_post = FALSE WHERE lottery_id = $1",
            lottery.get()
        )?;
        Ok(())
    }

    /// The post that rested, if there is still one, is edited again, and drawn anew.
    pub async fn go_on(&mut self, lottery: LotteryId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_counters SET has_post = TRUE, shown = CASE WHEN shown < 0 THEN shown - 1 ELSE -1 END
             WHERE lottery_id = $1 AND NOT has_post
               AND EXISTS (SELECT 1 FROM lotteries WHERE id = $1 AND message_id IS NOT NULL)",
            lottery.get()
        )?;
        Ok(())
    }

    /// The post is to be drawn anew: more than the number has changed.
    pub async fn redraw(&mut self, lottery: LotteryId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_counters SET shown = CASE WHEN shown < 0 THEN shown - 1 ELSE -1 END WHERE lottery_id = $1",
            lottery.get()
        )?;
        Ok(())
    }
}

fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
