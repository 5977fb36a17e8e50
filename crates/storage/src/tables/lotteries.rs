//! `lotteries`: giveaways, from the draft to the announcement.

mod listing;
mod schedule;
mod steps;
mod watching;

use qura_domain::code::Code;
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::hash::Hash;
use qura_domain::ids::{ChatId, LotteryId, MessageId, UserId};
use qura_domain::lottery::{Commitment, Lottery, LotteryState, PauseReason};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

pub use listing::{LotteryInChat, LotteryKey};

repository! {
    /// Lotteries.
    LotteryRepo
}

/// A row, in the order of its columns in every query here.
pub(super) type Row = (
    i64,
    String,
    i64,
    i64,
    String,
    Option<String>,
    String,
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    i64,
    Option<i64>,
    Option<i64>,
);

pub(super) fn lottery(row: Row) -> Result<Lottery, StorageError> {
    let (id, code, organizer, chat, state, pause, template, settings, ..) = &row;
    let (.., post, mode, commitment, reopens, created_at, published_at, deleted_at) = &row;
    let unreadable = StorageError::Unreadable;
    let pause = pause.as_deref().map(|name| {
        let known = PauseReason::ALL.into_iter().find(|reason| reason.name() == name);
        known.ok_or(unreadable("pause of a lottery"))
    });
    let commitment = mode.zip(commitment.as_deref()).map(|(mode, hash)| {
        let mode = u8::try_from(mode).ok().and_then(|mode| Mode::try_from(mode).ok());
        let both = mode.zip(Hash::parse(hash)).map(|(mode, hash)| Commitment { mode, hash });
        both.ok_or(unreadable("commitment"))
    });
    Ok(Lottery {
        id: LotteryId::new(*id),
        code: Code::parse(code).ok_or(unreadable("code"))?,
        organizer: UserId::new(*organizer),
        chat: ChatId::new(*chat),
        state: LotteryState::from_name(state).ok_or(unreadable("state of a lottery"))?,
        pause: pause.transpose()?,
        template: serde_json::from_str(template).map_err(|_| unreadable("template"))?,
        settings: serde_json::from_str(settings).map_err(|_| unreadable("settings of a lottery"))?,
        post: post.map(MessageId::new),
        commitment: commitment.transpose()?,
        reopens: reopens.map(LotteryId::new),
        created_at: Timestamp::from_micros(*created_at),
        published_at: published_at.map(Timestamp::from_micros),
        deleted_at: deleted_at.map(Timestamp::from_micros),
    })
}

impl LotteryRepo<'_> {
    /// Adds a draft. `false` when its code is taken: then the caller makes another one.
    pub async fn insert(&mut self, lottery: &Lottery) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, publish_at, draw_at,
                                    reopens_id, created_at)
             VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO NOTHING",
            lottery.id.get(),
            lottery.code.as_str(),
            lottery.organizer.get(),
            lottery.chat.get(),
            text(&serde_json::json!(lottery.template).to_string()),
            text(&serde_json::json!(lottery.settings).to_string()),
            lottery.settings.publish_at().map(Timestamp::micros),
            lottery.settings.draw_at().map(Timestamp::micros),
            lottery.reopens.map(LotteryId::get),
            lottery.created_at.micros()
        )?;
        if rows == 0 {
            return Ok(false);
        }
        execute!(self.conn, "INSERT INTO lottery_counters (lottery_id) VALUES ($1)", lottery.id.get())?;
        Ok(true)
    }

    /// Any lottery that was not purged, a cancelled one too.
    pub async fn get(&mut self, id: LotteryId) -> Result<Option<Lottery>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id, draw_mode,
               commitment, reopens_id, created_at, published_at, deleted_at
             FROM lotteries WHERE id = $1",
            id.get()
        )?;
        row.map(lottery).transpose()
    }

    /// The same by its code.
    pub async fn find_by_code(&mut self, code: &Code) -> Result<Option<Lottery>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id, draw_mode,
               commitment, reopens_id, created_at, published_at, deleted_at
             FROM lotteries WHERE code = $1",
            code.as_str()
        )?;
        row.map(lottery).transpose()
    }

    /// The same, and nobody else changes it before the transaction ends.
    pub async fn lock(&mut self, code: &Code) -> Result<Option<Lottery>, StorageError> {
        let rows = fetch_all!(self.conn, Row,
            pg: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                   draw_mode, commitment, reopens_id, created_at, published_at, deleted_at
                 FROM lotteries WHERE code = $1 FOR UPDATE"
            [code.as_str()],
            lite: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                     draw_mode, commitment, reopens_id, created_at, published_at, deleted_at
                   FROM lotteries WHERE code = $1"
            [code.as_str()])?;
        rows.into_iter().next().map(lottery).transpose()
    }

    /// The id alone by the code: it never changes.
    pub async fn find_id(&mut self, code: &Code) -> Result<Option<LotteryId>, StorageError> {
        let row =
            fetch_optional!(self.conn, (i64,), "SELECT id FROM lotteries WHERE code = $1", code.as_str())?;
        Ok(row.map(|(id,)| LotteryId::new(id)))
    }

    /// Replaces chat, template and settings by those given. `false` once it is frozen or over: what
    /// is drawn under is fixed.
    pub async fn edit(&mut self, lottery: &Lottery) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lotteries SET chat_id = $2, template = $3, settings = $4, publish_at = $5, draw_at = $6
             WHERE id = $1 AND state IN ('draft', 'scheduled', 'open', 'paused')",
            lottery.id.get(),
            lottery.chat.get(),
            text(&serde_json::json!(lottery.template).to_string()),
            text(&serde_json::json!(lottery.settings).to_string()),
            lottery.settings.publish_at().map(Timestamp::micros),
            lottery.settings.draw_at().map(Timestamp::micros)
        )?;
        Ok(rows > 0)
    }

    /// Fixes what the draw is committed to. `false` when it was fixed before: what was published
    /// stays.
    pub async fn commit_to(&mut self, id: LotteryId, commitment: &Commitment) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lotteries SET draw_mode = $2, commitment = $3 WHERE id = $1 AND commitment IS NULL",
            id.get(),
            i64::from(commitment.mode.byte()),
            String::from(commitment.hash)
        )?;
        Ok(rows > 0)
    }

    /// Another administrator of the chat takes over. `false` when it is not `from`'s any more.
    pub async fn take_over(&mut self, id: LotteryId, from: UserId, to: UserId) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE lotteries SET organizer_id = $3 WHERE id = $1 AND organizer_id = $2",
            id.get(),
            from.get(),
            to.get()
        )?;
        Ok(rows > 0)
    }
}
