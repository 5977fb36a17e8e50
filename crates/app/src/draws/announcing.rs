//! Tells everyone how a draw came out, once those who left since are replaced.

use std::time::Duration;

use futures::StreamExt;
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::walk::{Candidate, Outcome, Reason, Status};
use qura_domain::ids::UserId;
use qura_domain::lottery::{Lottery, LotteryState, Ticket, Winner};
use qura_domain::time::Timestamp;
use qura_storage::{DrawDocument, Tx};

use super::checking::CheckError;
use super::hearing::Patience;
use super::job::Step;
use super::replacing::{Loss, ReplaceError};
use super::telling::DrawNotice;
use super::walking::participants;
use crate::jobs::JobError;

/// Winners that one message names at most: with names of 64 characters well below Telegram's 4,096, and
/// below its 100 entities.
pub const PART: u32 = 25;

/// Skipped people who are told at most: a draw of a channel that nearly everyone left tells the first.
const MOST_TOLD: usize = 1_000;

/// Winners whom Telegram is asked about at the same time.
const AT_ONCE: usize = 10;

/// How many messages a result takes.
pub fn parts(winners: usize) -> u32 {
    u32::try_from(winners).unwrap_or(u32::MAX).div_ceil(PART).max(1)
}

/// Replaces one who left, if anybody did; else writes all messages into the outbox.
pub async fn tell(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let records = step.draws.db.read().await?.winners().winners(lottery.id).await?;
    let winners: Vec<Winner> = records.iter().map(|record| record.winner).collect();
    if let Some(left) = first_who_left(step, lottery, &winners).await? {
        let loss = Loss { ticket: left, reason: Reason::Left, status: Status::Left, note: None, by: None };
        return match step.draws.replace(lottery, &loss, None).await {
            Ok(Some(tx)) => {
                step.reaches("draw.passing");
                step.then(tx, lottery.id).await?;
                step.reaches("draw.passed");
                Ok(())
            }
            Ok(None) => Err(JobError::Retry("somebody else replaced this winner".to_owned())),
            Err(ReplaceError::Trouble(trouble)) => {
                step.waits(lottery, trouble, Duration::from_secs(60)).await
            }
            Err(error) => Err(error.into()),
        };
    }
    let documents = step.draws.db.read().await?.draw_receipts().list(lottery.id).await?;
    let skipped = skipped(step, lottery, &documents).await?;
    let Some(end) = lottery.state.to(LotteryState::Announced) else { return Ok(()) };
    let now = step.draws.clock.now();
    step.reaches("draw.telling");
    let mut tx = step.draws.db.begin().await?;
    if !tx.lotteries().advance(lottery.id, end, None, now).await? {
        tx.rollback().await?;
        return Err(JobError::Retry("the lottery changed its state meanwhile".to_owned()));
    }
    if let Some(until) = hold_until(lottery, now) {
        tx.winners().hold(lottery.id, until).await?;
    }
    write(step, &mut tx, lottery, &winners, &skipped).await?;
    step.reaches("draw.announcing");
    step.done(tx).await?;
    step.reaches("draw.announced");
    Ok(())
}

/// Until when a win that is announced now may pass on: «مهلة التأكيد».
pub(super) fn hold_until(lottery: &Lottery, now: Timestamp) -> Option<Timestamp> {
    let hours = lottery.settings.confirmation_hours?;
    Some(now + Duration::from_secs(u64::from(hours) * 3600))
}

async fn first_who_left(
    step: Step<'_>,
    lottery: &Lottery,
    winners: &[Winner],
) -> Result<Option<Ticket>, JobError> {
    let patience = Patience::default();
    let mut looks = Vec::with_capacity(winners.len());
    for winner in winners {
        looks.push(step.draws.status(lottery, winner.user, &patience));
    }
    let found: Vec<_> = futures::stream::iter(looks).buffered(AT_ONCE).collect().await;
    for (winner, status) in winners.iter().zip(found) {
        match status {
            Ok(Status::Left) => return Ok(Some(winner.ticket)),
            Ok(_) => {}
            // The chat was lost since the draw. They were inside when they won.
            Err(CheckError::Trouble(_)) => return Ok(None),
            Err(CheckError::Telegram(error)) => return Err(JobError::Retry(error.to_string())),
            Err(CheckError::Storage(error)) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Those who were passed over or replaced so far, and why; those whose tickets were void know.
async fn skipped(
    step: Step<'_>,
    lottery: &Lottery,
    documents: &[DrawDocument],
) -> Result<Vec<(UserId, Reason)>, JobError> {
    let unreadable = |refusal| JobError::Fatal(format!("a stored document of the draw: {refusal}"));
    let Some((receipt, addenda)) = documents.split_first() else { return Ok(Vec::new()) };
    let receipt = Receipt::parse(receipt.content.as_bytes()).map_err(unreadable)?;
    let mut reasons: Vec<(Ticket, Reason)> = passed_over(&receipt.walk).collect();
    for addendum in addenda {
        let addendum = Addendum::parse(addendum.content.as_bytes()).map_err(unreadable)?;
        reasons.push((addendum.replaced, addendum.reason));
        reasons.extend(passed_over(&addendum.walk));
    }
    reasons.truncate(MOST_TOLD);
    let tickets: Vec<Ticket> = reasons.iter().map(|(ticket, _)| *ticket).collect();
    let people = participants(step, lottery, &tickets).await?;
    Ok(people.iter().zip(reasons).map(|(person, (_, reason))| (person.user, reason)).collect())
}

fn passed_over(walk: &[Candidate]) -> impl Iterator<Item = (Ticket, Reason)> {
    walk.iter().filter_map(|candidate| match candidate.outcome {
        Outcome::Skipped(Reason::Void) | Outcome::Winner | Outcome::Reserve => None,
        Outcome::Skipped(reason) => Some((candidate.ticket, reason)),
    })
}

async fn write(
    step: Step<'_>,
    tx: &mut Tx,
    lottery: &Lottery,
    winners: &[Winner],
    skipped: &[(UserId, Reason)],
) -> Result<(), JobError> {
    let draws = step.draws;
    let of = Some(parts(winners.len()));
    draws.notify(tx, lottery.organizer, lottery.id, DrawNotice::Result { part: 0, of }).await?;
    for winner in winners {
        draws.notify(tx, winner.user, lottery.id, DrawNotice::Won).await?;
    }
    draws.notify(tx, lottery.organizer, lottery.id, DrawNotice::Winners { part: 0, of }).await?;
    for (person, reason) in skipped {
        draws.notify(tx, *person, lottery.id, DrawNotice::Skipped(*reason)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_one_message_at_least() {
        assert_eq!([0, 1, 25, 26, 100].map(parts), [1, 1, 1, 2, 4]);
    }
}
