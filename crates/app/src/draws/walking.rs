//! Along the order, candidate by candidate, until winners and reserves are full.

use std::time::Duration;

use qura_domain::condition::Condition;
use qura_domain::draw::beacon::Beacon as SignedRound;
use qura_domain::draw::leaf::{Participant, Ticket};
use qura_domain::draw::order::Order;
use qura_domain::draw::receipt::FreezeRecord;
use qura_domain::draw::refusal::Refusal;
use qura_domain::draw::seed::Seed;
use qura_domain::draw::walk::Walk;
use qura_domain::lottery::Lottery;
use qura_storage::DrawRecord;

use super::checking::CheckError;
use super::concluding::{self, Evidence};
use super::hearing::Patience;
use super::job::Step;
use crate::jobs::JobError;

/// Candidates that are written down together.
const BATCH: usize = 50;

/// How long until a chat that was out of sight is looked at again.
const AGAIN: Duration = Duration::from_secs(60);

/// Looks at candidates until all places are taken, and concludes the draw. What was found out is kept every now
/// and then, so that another worker can go on from there.
pub async fn go_on(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let mut reader = step.draws.db.read().await?;
    let draw = reader.draws().get(lottery.id).await?;
    let freezes = reader.draws().freezes(lottery.id).await?;
    let secrets = reader.draw_secrets().get(lottery.id).await?;
    let conditions = reader.conditions().list(lottery.id).await?;
    drop(reader);
    let (Some(draw), Some((secret, _)), Some(freeze)) = (draw, secrets, freezes.last()) else {
        return Err(JobError::Fatal("the lottery is drawn without a freeze".to_owned()));
    };
    let beacon = round_of(&draw, freeze)?;
    let randomness = beacon.map(|beacon| beacon.randomness()).transpose();
    let randomness = randomness.map_err(|forged| JobError::Fatal(forged.to_string()))?;
    let order = Order::new(Seed::new(&secret, &freeze.hash, randomness.as_ref()), draw.tickets);
    let mut upcoming = order.clone().skip(draw.walk.len());
    let mut walk = Walk::resume(order, draw.terms.winners(), draw.terms.reserves(), &draw.walk)
        .map_err(|refusal| JobError::Fatal(refusal.to_string()))?;
    let mut patience = Patience::default();
    while walk.candidate().is_some() {
        let from = walk.candidates().len();
        let batch: Vec<Ticket> = upcoming.by_ref().take(BATCH).collect();
        let people = participants(step, lottery, &batch).await?;
        match look_at_all(step, lottery, &conditions, &people, &mut walk, &patience).await {
            Ok(()) => {}
            Err(LookError::Check(CheckError::Trouble(trouble))) => {
                return step.waits(lottery, trouble, AGAIN).await;
            }
            Err(LookError::Check(CheckError::Telegram(error))) => {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(LookError::Check(CheckError::Storage(error))) => return Err(error.into()),
            Err(LookError::Refused(refusal)) => return Err(JobError::Fatal(refusal.to_string())),
        }
        step.reaches("draw.looked");
        if walk.candidate().is_some() {
            let mut tx = step.draws.db.begin().await?;
            let decided = walk.candidates().get(from..).unwrap_or_default();
            tx.draws().record_walk(lottery.id, from, decided).await?;
            tx.draws().content(lottery.id).await?;
            step.keeps(tx).await?;
            step.reaches("draw.walked");
            patience = patience.anew();
        }
    }
    let walk = walk.into_candidates();
    concluding::conclude(step, lottery, Evidence { draw: &draw, secret, freezes, beacon, walk }).await
}

/// Why candidates cannot be decided now.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Decides about these candidates, the next ones of the walk, as far as there are places. No more of them are
/// asked about than there are places left, so that nobody is asked about in vain.
async fn look_at_all<I: Iterator<Item = Ticket>>(
    step: Step<'_>,
    lottery: &Lottery,
    conditions: &[Condition],
    mut people: &[Participant],
    walk: &mut Walk<I>,
    patience: &Patience,
) -> Result<(), LookError> {
    while walk.candidate().is_some() && !people.is_empty() {
        let (now, later) = people.split_at(walk.places_left().min(people.len()));
        for finding in step.draws.look_at(lottery, conditions, now, patience).await? {
            walk.decide(finding.decision, finding.status, finding.at)?;
        }
        people = later;
    }
    Ok(())
}

fn round_of(draw: &DrawRecord, freeze: &FreezeRecord) -> Result<Option<SignedRound>, JobError> {
    match (freeze.round, draw.signature) {
        (None, _) => Ok(None),
        (Some(round), Some(signature)) => Ok(Some(SignedRound { round, signature })),
        (Some(_), None) => Err(JobError::Fatal("the lottery is drawn without its round".to_owned())),
    }
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
