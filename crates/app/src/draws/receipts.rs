//! The receipt of a draw and its addenda as files, for whoever asks; not without end.

use std::time::Duration;

use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_storage::{StorageError, Tx};

use super::DrawService;
use super::telling::DrawNotice;

/// The name of this among the acts that are limited, and how often a person may do it, all draws together.
const ACT: &str = "draw.receipt";
const MOST: u64 = 5;
const WINDOW: Duration = Duration::from_hours(1);

/// Why there is no receipt to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptRefusal {
    /// The result is not told yet.
    NotDrawn,
    TooOften,
}

impl DrawService {
    /// Has the receipt and its addenda sent to anyone who asks, in the caller's transaction. Wake
    /// `Topic::Outbox` after the commit.
    pub async fn ask_for_receipt(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: &Lottery,
    ) -> Result<Result<(), ReceiptRefusal>, StorageError> {
        if !lottery.state.is_announced() {
            return Ok(Err(ReceiptRefusal::NotDrawn));
        }
        let now = self.clock.now();
        let (count, _) = tx.limited_acts().since(person, ACT, now - WINDOW).await?;
        if count >= MOST {
            return Ok(Err(ReceiptRefusal::TooOften));
        }
        tx.limited_acts().record(person, ACT, now, self.random.id(), now - WINDOW).await?;
        for document in tx.draw_receipts().list(lottery.id).await? {
            let notice = DrawNotice::Receipt { number: document.number };
            self.notify(tx, person, lottery.id, notice).await?;
        }
        Ok(Ok(()))
    }
}
