//! `lottery_conditions`: what each lottery demands beside joining, in the order of its card.

use std::collections::BTreeMap;

use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionKind};
use qura_domain::ids::{ChatId, LotteryId};

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all};

repository! {
    /// Conditions of lotteries.
    ConditionRepo
}

type Row = (String, Option<i64>, Option<String>);

fn condition((kind, chat, code): Row) -> Result<Condition, StorageError> {
    let kind = ConditionKind::ALL.into_iter().find(|known| known.name() == kind);
    kind.and_then(|kind| {
        Condition::from_parts(kind, chat.map(ChatId::new), code.as_deref().and_then(Code::parse))
    })
    .ok_or(StorageError::Unreadable("condition"))
}

impl ConditionRepo<'_> {
    /// The conditions of a lottery, in their order.
    pub async fn list(&mut self, lottery: LotteryId) -> Result<Vec<Condition>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT kind, chat_id, code FROM lottery_conditions WHERE lottery_id = $1 ORDER BY position",
            lottery.get()
        )?;
        rows.into_iter().map(condition).collect()
    }

    /// Makes these the lottery's conditions, in this order, in place of those before.
    pub async fn replace(
        &mut self,
        lottery: LotteryId,
        conditions: &[Condition],
    ) -> Result<(), StorageError> {
        execute!(self.conn, "DELETE FROM lottery_conditions WHERE lottery_id = $1", lottery.get())?;
        for (position, condition) in (1i64..).zip(conditions) {
            execute!(
                self.conn,
                "INSERT INTO lottery_conditions (lottery_id, position, kind, chat_id, code)
                 VALUES ($1, $2, $3, $4, $5)",
                lottery.get(),
                position,
                condition.kind().name(),
                condition.chat().map(ChatId::get),
                condition.code().map(Code::as_str)
            )?;
        }
        Ok(())
    }

    /// The lotteries on which people work now (open or paused) that have a condition about this chat.
    pub async fn about_chat(&mut self, chat: ChatId, limit: u32) -> Result<Vec<LotteryId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT DISTINCT lottery_id FROM lottery_conditions JOIN lotteries ON lotteries.id = lottery_id
             WHERE lottery_conditions.chat_id = $1 AND state IN ('open', 'paused')
             ORDER BY lottery_id LIMIT $2",
            chat.get(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(lottery,)| LotteryId::new(lottery)).collect())
    }

    /// The same for a condition about the lottery or entry of this code.
    pub async fn about_code(&mut self, code: &Code, limit: u32) -> Result<Vec<LotteryId>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64,),
            "SELECT DISTINCT lottery_id FROM lottery_conditions JOIN lotteries ON lotteries.id = lottery_id
             WHERE lottery_conditions.code = $1 AND state IN ('open', 'paused')
             ORDER BY lottery_id LIMIT $2",
            code.as_str(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(lottery,)| LotteryId::new(lottery)).collect())
    }

    /// Which lotteries a lottery demands, and which those demand, to the end: for
    /// [`qura_domain::condition::accept`].
    pub async fn behind(
        &mut self,
        lottery: LotteryId,
    ) -> Result<BTreeMap<LotteryId, Vec<LotteryId>>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, i64),
            "WITH RECURSIVE behind (source, target) AS (
               SELECT lottery_id, lotteries.id FROM lottery_conditions
               JOIN lotteries ON lotteries.code = lottery_conditions.code
               WHERE lottery_id = $1 AND kind = 'lottery'
               UNION
               SELECT lottery_id, lotteries.id FROM behind
               JOIN lottery_conditions ON lottery_id = behind.target AND kind = 'lottery'
               JOIN lotteries ON lotteries.code = lottery_conditions.code)
             SELECT source, target FROM behind",
            lottery.get()
        )?;
        let mut demands: BTreeMap<LotteryId, Vec<LotteryId>> = BTreeMap::new();
        for (source, target) in rows {
            demands.entry(LotteryId::new(source)).or_default().push(LotteryId::new(target));
        }
        Ok(demands)
    }

    /// A group became a supergroup: conditions about it are about the new number.
    pub async fn migrate(&mut self, from: ChatId, to: ChatId) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "UPDATE lottery_conditions SET chat_id = $2 WHERE chat_id = $1",
            from.get(),
            to.get()
        )
    }
}
