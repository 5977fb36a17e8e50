//! Waits for the round that was named. There is no draw without it.

use std::time::Duration;

use qura_domain::draw::beacon::Round;
use qura_domain::lottery::{Lottery, LotteryState};
use qura_domain::time::Timestamp;

use super::job::Step;
use super::telling::DrawTrouble;
use crate::jobs::JobError;

/// Relays have a round some tenths of a second after its time.
const DELAY: Duration = Duration::from_millis(700);

/// The pause between questions while the round is just late, and once it is late for long.
const SOON: Duration = Duration::from_secs(3);
const LATER: Duration = Duration::from_secs(30);

/// Later than this, the organizer is told.
const LATE: Duration = Duration::from_secs(60);

/// Asks for the round once its time has come, and goes on to the candidates with it.
pub async fn await_round(step: Step<'_>, lottery: &Lottery, round: Round) -> Result<(), JobError> {
    let (now, time) = (step.draws.clock.now(), Timestamp::from_secs(round.time().get()));
    if now < time {
        let tx = step.draws.db.begin().await?;
        return step.then_at(tx, lottery.id, time + DELAY).await;
    }
    let found = match step.draws.beacon.round(round).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, round = round.get(), "a draw waits for the beacon");
            None
        }
    };
    let Some(signed) = found else {
        let is_late = now.since(time) >= LATE;
        if is_late {
            return step.waits(lottery, DrawTrouble::Beacon, LATER).await;
        }
        let tx = step.draws.db.begin().await?;
        return step.then_at(tx, lottery.id, now + SOON).await;
    };
    let Some(begin) = lottery.state.to(LotteryState::Drawing) else { return Ok(()) };
    let mut tx = step.draws.db.begin().await?;
    tx.draws().record_beacon(lottery.id, &signed.signature).await?;
    tx.draws().content(lottery.id).await?;
    tx.lotteries().advance(lottery.id, begin, None, now).await?;
    step.reaches("draw.beaconing");
    step.then(tx, lottery.id).await?;
    step.reaches("draw.beaconed");
    Ok(())
}
