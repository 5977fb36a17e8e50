//! `draw_receipts`: the receipt of each draw and its addenda, to the byte. Rows are only added.

use qura_domain::draw::hash::Hash;
use qura_domain::ids::LotteryId;
use qura_domain::time::Timestamp;

use super::lottery_winners::WinnerRecord;
use super::repository;
use crate::connection::Reader;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional};

repository! {
    /// Receipts of draws.
    DrawReceiptRepo
}

/// A receipt, or an addendum to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawDocument {
    /// 0 for the receipt, from 1 for its addenda.
    pub number: u32,
    pub digest: Hash,
    /// The canonical text: what is hashed.
    pub content: String,
    pub made_at: Timestamp,
}

impl DrawReceiptRepo<'_> {
    /// Adds a document. `false` when there is one of its number: another transaction was faster, and
    /// this one is to be rolled back.
    pub async fn insert(
        &mut self,
        lottery: LotteryId,
        document: &DrawDocument,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draw_receipts (lottery_id, number, digest, content, made_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (lottery_id, number) DO NOTHING",
            lottery.get(),
            i64::from(document.number),
            String::from(document.digest),
            &document.content,
            document.made_at.micros()
        )?;
        Ok(rows > 0)
    }

    /// How many documents there are.
    pub async fn count(&mut self, lottery: LotteryId) -> Result<usize, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT COUNT(*) FROM draw_receipts WHERE lottery_id = $1",
            lottery.get()
        )?;
        Ok(row.and_then(|(count,)| usize::try_from(count).ok()).unwrap_or(0))
    }

    /// The receipt and its addenda, in their order; nothing before the draw.
    pub async fn list(&mut self, lottery: LotteryId) -> Result<Vec<DrawDocument>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, String, String, i64),
            "SELECT number, digest, content, made_at FROM draw_receipts WHERE lottery_id = $1 ORDER BY number",
            lottery.get()
        )?;
        rows.into_iter()
            .map(|(number, digest, content, made_at)| {
                Ok(DrawDocument {
                    number: u32::try_from(number)
                        .map_err(|_| StorageError::Unreadable("number of a receipt"))?,
                    digest: Hash::parse(&digest).ok_or(StorageError::Unreadable("digest of a receipt"))?,
                    content,
                    made_at: Timestamp::from_micros(made_at),
                })
            })
            .collect()
    }
}

impl Reader {
    /// The documents of a draw, and those who have won by them: an addendum that is written meanwhile is in
    /// both or in neither.
    pub async fn drawn(
        &mut self,
        lottery: LotteryId,
    ) -> Result<(Vec<DrawDocument>, Vec<WinnerRecord>), StorageError> {
        loop {
            let documents = self.draw_receipts().list(lottery).await?;
            let winners = self.winners().winners(lottery).await?;
            // Winners change with an addendum only, and none is ever taken away.
            if self.draw_receipts().count(lottery).await? == documents.len() {
                return Ok((documents, winners));
            }
        }
    }
}
