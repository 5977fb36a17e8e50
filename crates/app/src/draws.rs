//! The draw of a lottery: whoever wants one orders it here, and a worker sees it through.

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
    let payload = serde_json::to_string(&DrawOrder { lottery })
        .map_err(|_| StorageError::Unreadable("order of a draw"))?;
    let dedupe = lottery.get().to_string();
    let job = NewJob { id: job, kind: ORDER, payload: &payload, run_at: now, dedupe: Some(&dedupe) };
    tx.jobs().enqueue(&job, now).await?;
    Ok(())
}
