//! The first step: nobody joins or leaves any more, and what is drawn under is fixed.

use qura_domain::lottery::{Lottery, LotteryState, PauseReason};

use super::job::Step;
use super::terms::terms;
use crate::jobs::JobError;
use crate::lotteries::{Serves, stand};

/// Closes the list, with the numbers and the terms as they are at this instant.
pub async fn close(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let Some(freeze) = lottery.state.to(LotteryState::Frozen) else { return Ok(()) };
    let now = step.draws.clock.now();
    let mut tx = step.draws.db.begin().await?;
    if !tx.lotteries().advance(lottery.id, freeze, None, now).await? {
        tx.rollback().await?;
        return Err(JobError::Retry("the lottery changed its state meanwhile".to_owned()));
    }
    // Read again: until a moment ago it could be edited.
    let closed = tx.lotteries().get(lottery.id).await?;
    let Some(closed) = closed.filter(|closed| closed.commitment.is_some()) else {
        tx.rollback().await?;
        return Err(JobError::Fatal("the lottery has no commitment".to_owned()));
    };
    let conditions = tx.conditions().list(lottery.id).await?;
    // It was open when its time or its number came. Frozen it could neither go on without the condition nor be
    // cancelled; its organizer was told when it was paused.
    if lottery.pause == Some(PauseReason::ConditionLost)
        && !stand(&mut tx, &conditions, Serves::Drawing).await?
    {
        tx.rollback().await?;
        return Ok(());
    }
    let tickets = tx.lottery_counters().get(lottery.id).await?.map_or(0, |count| count.tickets);
    let terms = terms(&closed, &conditions).map_err(|error| JobError::Fatal(error.to_string()))?;
    tx.draws().begin(lottery.id, tickets, &terms, now).await?;
    step.reaches("draw.closing");
    step.then(tx, lottery.id).await?;
    step.reaches("draw.closed");
    Ok(())
}
