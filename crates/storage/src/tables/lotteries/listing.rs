//! Lists of lotteries: an organizer's, and those in a chat.

use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{Lottery, LotteryState};
use qura_domain::time::Timestamp;

use super::{LotteryRepo, Row, lottery};
use crate::error::StorageError;
use crate::page::Page;
use crate::sql::fetch_all;

/// What «سحوباتي» is sorted by, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotteryKey {
    pub created_at: Timestamp,
    pub id: LotteryId,
}

impl LotteryKey {
    pub const fn of(lottery: &Lottery) -> Self {
        Self { created_at: lottery.created_at, id: lottery.id }
    }
}

/// The little of a lottery that matters to its chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotteryInChat {
    pub id: LotteryId,
    pub code: Code,
    pub organizer: UserId,
    pub state: LotteryState,
}

impl LotteryRepo<'_> {
    /// A person's lotteries in the given states, the newest first; drafts that were thrown away aside.
    pub async fn list(
        &mut self,
        organizer: UserId,
        states: &[LotteryState],
        page: Page<LotteryKey>,
        limit: u32,
    ) -> Result<Vec<Lottery>, StorageError> {
        let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
        let json = serde_json::json!(names).to_string();
        let backwards = page.is_backwards();
        let key = page.key();
        let created = key.map_or(i64::MAX, |key| key.created_at.micros());
        let id = key.map_or(i64::MAX, |key| key.id.get());
        let mut rows = if backwards {
            fetch_all!(self.conn, Row,
                pg: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                       draw_mode, commitment, reopens_id, created_at, published_at, deleted_at FROM lotteries
                     WHERE organizer_id = $1 AND (deleted_at IS NULL OR published_at IS NOT NULL) AND state = ANY($2)
                       AND (created_at, id) > ($3, $4)
                     ORDER BY created_at, id LIMIT $5"
                [organizer.get(), names, created, id, i64::from(limit)],
                lite: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                         draw_mode, commitment, reopens_id, created_at, published_at, deleted_at FROM lotteries
                       WHERE organizer_id = $1 AND (deleted_at IS NULL OR published_at IS NOT NULL)
                         AND state IN (SELECT value FROM json_each($2)) AND (created_at, id) > ($3, $4)
                       ORDER BY created_at, id LIMIT $5"
                [organizer.get(), json, created, id, i64::from(limit)])?
        } else {
            fetch_all!(self.conn, Row,
                pg: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                       draw_mode, commitment, reopens_id, created_at, published_at, deleted_at FROM lotteries
                     WHERE organizer_id = $1 AND (deleted_at IS NULL OR published_at IS NOT NULL) AND state = ANY($2)
                       AND (created_at, id) < ($3, $4)
                     ORDER BY created_at DESC, id DESC LIMIT $5"
                [organizer.get(), names, created, id, i64::from(limit)],
                lite: "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id,
                         draw_mode, commitment, reopens_id, created_at, published_at, deleted_at FROM lotteries
                       WHERE organizer_id = $1 AND (deleted_at IS NULL OR published_at IS NOT NULL)
                         AND state IN (SELECT value FROM json_each($2)) AND (created_at, id) < ($3, $4)
                       ORDER BY created_at DESC, id DESC LIMIT $5"
                [organizer.get(), json, created, id, i64::from(limit)])?
        };
        if backwards {
            rows.reverse();
        }
        rows.into_iter().map(lottery).collect()
    }

    /// The open lotteries that a person organizes or is registered in, the latest published first.
    pub async fn in_sight(&mut self, person: UserId, limit: u32) -> Result<Vec<Lottery>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT id, code, organizer_id, chat_id, state, pause_reason, template, settings, message_id, draw_mode,
               commitment, reopens_id, created_at, published_at, deleted_at
             FROM lotteries
             WHERE id IN (SELECT id FROM lotteries WHERE organizer_id = $1 AND deleted_at IS NULL
                          UNION ALL
                          SELECT lottery_id FROM lottery_participants WHERE user_id = $1 AND state = 'registered')
               AND state = 'open' AND deleted_at IS NULL
             ORDER BY published_at DESC, id DESC LIMIT $2",
            person.get(),
            i64::from(limit)
        )?;
        rows.into_iter().map(lottery).collect()
    }

    /// The lotteries in a chat that are in one of the given states, by rising id.
    pub async fn in_chat(
        &mut self,
        chat: ChatId,
        states: &[LotteryState],
        limit: u32,
    ) -> Result<Vec<LotteryInChat>, StorageError> {
        let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
        let json = serde_json::json!(names).to_string();
        let rows = fetch_all!(self.conn, (i64, String, i64, String),
            pg: "SELECT id, code, organizer_id, state FROM lotteries
                 WHERE chat_id = $1 AND state = ANY($2) ORDER BY id LIMIT $3"
            [chat.get(), names, i64::from(limit)],
            lite: "SELECT id, code, organizer_id, state FROM lotteries
                   WHERE chat_id = $1 AND state IN (SELECT value FROM json_each($2)) ORDER BY id LIMIT $3"
            [chat.get(), json, i64::from(limit)])?;
        rows.into_iter()
            .map(|(id, code, organizer, state)| {
                Ok(LotteryInChat {
                    id: LotteryId::new(id),
                    code: Code::parse(&code).ok_or(StorageError::Unreadable("code"))?,
                    organizer: UserId::new(organizer),
                    state: LotteryState::from_name(&state)
                        .ok_or(StorageError::Unreadable("state of a lottery"))?,
                })
            })
            .collect()
    }
}
