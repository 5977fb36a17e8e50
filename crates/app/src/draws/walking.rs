//! Along the order, candidate by candidate, until winners and reserves are full.

use std::time::Duration;

use qura_domain::draw::beacon::Beacon as SignedRound;
use qura_domain::draw::leaf::{Participant, Ticket};
use qura_domain::draw::order::Order;
use qura_domain::draw::receipt::FreezeRecord;
use qura_domain::draw::seed::Seed;
use qura_domain::draw::walk::{Outcome, Walk};
use qura_domain::lottery::Lottery;
use qura_storage::DrawRecord;

use super::checking::CheckError;
use super::concluding::{self, Evidence};
use super::job::Step;
use crate::jobs::JobError;

/// Candidates that are looked at and written down together. Never more than there are places left, so
/// that nobody is asked about in vain.
const BATCH: usize = 50;

/// How long until a chat that was out of sight is looked at again.
const AGAIN: Duration = Duration::from_secs(60);

/// Looks at the next candidates; concludes the draw with the last of them.
pub async fn go_on(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let mut reader = step.draws.db.read().await?;
    let draw = reader.draws().get(lottery.id).await?;
    let freezes = reader.draws().freezes(lottery.id).await?;
    let secrets = reader.draw_secrets().get(lottery.id).await?;
    let conditions = reader.conditions().list(lottery.id).await?;
    drop(reader);
    let (Some(draw), Some((secret, _))) = (draw, secrets) else {
        return Err(JobError::Fatal("the lottery is drawn without a freeze".to_owned()));
    };
    let beacon = round_of(&draw, freezes.last())?;
    let Some(freeze) = freezes.last() else {
        return Err(JobError::Fatal("the lottery is drawn without a freeze".to_owned()));
    };
    let randomness = beacon.map(|beacon| beacon.randomness()).transpose();
    let randomness = randomness.map_err(|forged| JobError::Fatal(forged.to_string()))?;
    let seed = Seed::new(&secret, &freeze.hash, randomness.as_ref());
    let order = Order::new(seed, draw.tickets);
    let mut walk = Walk::resume(order.clone(), draw.terms.winners(), draw.terms.reserves(), &draw.walk)
        .map_err(|refusal| JobError::Fatal(refusal.to_string()))?;
    let upcoming: Vec<Ticket> = order.skip(draw.walk.len()).take(places_left(&draw).min(BATCH)).collect();
    let people = participants(step, lottery, &upcoming).await?;
    let findings = match step.draws.look_at(lottery, &conditions, &people).await {
        Ok(findings) => findings,
        Err(CheckError::Trouble(trouble)) => return step.waits(lottery, trouble, AGAIN).await,
        Err(CheckError::Telegram(error)) => return Err(JobError::Retry(error.to_string())),
        Err(CheckError::Storage(error)) => return Err(error.into()),
    };
    for finding in findings {
        walk.decide(finding.decision, finding.status, finding.at)
            .map_err(|refusal| JobError::Fatal(refusal.to_string()))?;
    }
    step.reaches("draw.looked");
    if walk.candidate().is_none() {
        let walk = walk.into_candidates();
        let evidence = Evidence { draw: &draw, secret, freezes, beacon, walk };
        return concluding::conclude(step, lottery, evidence).await;
    }
    let mut tx = step.draws.db.begin().await?;
    tx.draws().record_walk(lottery.id, walk.candidates()).await?;
    tx.draws().content(lottery.id).await?;
    step.then(tx, lottery.id).await?;
    step.reaches("draw.walked");
    Ok(())
}

fn round_of(draw: &DrawRecord, freeze: Option<&FreezeRecord>) -> Result<Option<SignedRound>, JobError> {
    match (freeze.and_then(|freeze| freeze.round), draw.signature) {
        (None, _) => Ok(None),
        (Some(round), Some(signature)) => Ok(Some(SignedRound { round, signature })),
        (Some(_), None) => Err(JobError::Fatal("the lottery is drawn without its round".to_owned())),
    }
}

fn places_left(draw: &DrawRecord) -> usize {
    let taken = draw.walk.iter().filter(|done| matches!(done.outcome, Outcome::Winner | Outcome::Reserve));
    let places = draw.terms.winners().saturating_add(draw.terms.reserves());
    usize::try_from(places).unwrap_or(usize::MAX).saturating_sub(taken.count())
}

/// The participants of these tickets, in their order.
pub(super) async fn participants(
    step: Step<'_>,
    lottery: &Lottery,
    tickets: &[Ticket],
) -> Result<Vec<Participant>, JobError> {
    let found = step.draws.db.read().await?.participants().with_tickets(lottery.id, tickets).await?;
    let of = |ticket: &Ticket| found.iter().find(|participant| participant.ticket == *ticket).copied();
    let all: Option<Vec<_>> = tickets.iter().map(of).collect();
    all.ok_or_else(|| JobError::Fatal("a ticket has no owner".to_owned()))
}
