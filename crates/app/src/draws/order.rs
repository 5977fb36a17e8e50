//! Orders a draw, in the transaction that wants it.

use qura_domain::ids::{JobId, LotteryId};
use qura_domain::time::Timestamp;
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

/// The kind of the job that draws.
pub const ORDER: &str = "draw.order";

/// The payload of [`ORDER`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawOrder {
    pub lottery: LotteryId,
}

/// Orders the draw of a lottery, in the caller's transaction; whoever orders it has checked that they
/// may. A lottery whose draw is queued is not queued again, and a draw that is under way or over is not
/// drawn again. Wake `Topic::Jobs` after the commit.
pub async fn order(tx: &mut Tx, job: JobId, lottery: LotteryId, now: Timestamp) -> Result<(), StorageError> {
    order_at(tx, job, lottery, now, now).await
}

/// The same for a later time: the next step of a draw.
pub(super) async fn order_at(
    tx: &mut Tx,
    job: JobId,
    lottery: LotteryId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StorageError> {
    let payload = serde_json::to_string(&DrawOrder { lottery })
        .map_err(|_| StorageError::Unreadable("order of a draw"))?;
    let dedupe = lottery.get().to_string();
    let job = NewJob { id: job, kind: ORDER, payload: &payload, run_at: at, dedupe: Some(&dedupe) };
    tx.jobs().enqueue(&job, now).await?;
    Ok(())
}
