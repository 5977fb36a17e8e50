//! Writes the receipt and the winners, in one transaction, before anybody is told.

use qura_domain::draw::beacon::Beacon as SignedRound;
use qura_domain::draw::commitment::{Mode, Secret};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::merkle::empty_root;
use qura_domain::draw::receipt::{FreezeRecord, Receipt, digest};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::walk::{Candidate, Outcome, with_outcome};
use qura_domain::lottery::{Lottery, LotteryState, Ticket, Winner, WinnerRole};
use qura_storage::{DrawDocument, DrawRecord, StorageError};

use super::job::Step;
use super::walking::participants;
use crate::jobs::JobError;

/// Everything that a draw came to.
pub struct Evidence<'a> {
    pub draw: &'a DrawRecord,
    pub secret: Secret,
    pub freezes: Vec<FreezeRecord>,
    pub beacon: Option<SignedRound>,
    pub walk: Vec<Candidate>,
}

/// The draw of a lottery that nobody ever joined: there is nothing to freeze.
pub async fn nobody_came(step: Step<'_>, lottery: &Lottery, draw: &DrawRecord) -> Result<(), JobError> {
    let secrets = step.draws.db.read().await?.draw_secrets().get(lottery.id).await?;
    let Some((secret, _)) = secrets else {
        return Err(JobError::Fatal("the lottery has no secrets".to_owned()));
    };
    let evidence = Evidence { draw, secret, freezes: Vec::new(), beacon: None, walk: Vec::new() };
    conclude(step, lottery, evidence).await
}

/// Writes down how the draw came out.
pub async fn conclude(step: Step<'_>, lottery: &Lottery, evidence: Evidence<'_>) -> Result<(), JobError> {
    let Some(end) = lottery.state.to(LotteryState::Drawn) else { return Ok(()) };
    let now = step.draws.clock.now();
    let reopens = digest_before(step, lottery).await?;
    let receipt = receipt(lottery, evidence, reopens, UnixSeconds::from(now))?;
    // What would not be believed is not published: then something here is wrong, and somebody should look.
    receipt.verify().map_err(|refusal| JobError::Fatal(format!("the receipt does not hold: {refusal}")))?;
    let content = receipt.to_text().map_err(|error| JobError::Fatal(error.to_string()))?;
    let named = named(step, lottery, &receipt).await?;
    let document = DrawDocument { number: 0, digest: digest(&content), content, made_at: now };
    let mut tx = step.draws.db.begin().await?;
    if !tx.lotteries().advance(lottery.id, end, None, now).await? {
        tx.rollback().await?;
        return Err(JobError::Retry("the lottery changed its state meanwhile".to_owned()));
    }
    tx.draws().content(lottery.id).await?;
    tx.draw_receipts().insert(lottery.id, &document).await?;
    for winner in &named {
        tx.winners().put(lottery.id, winner, now).await?;
    }
    step.reaches("draw.concluding");
    step.then(tx, lottery.id).await?;
    step.reaches("draw.drawn");
    Ok(())
}

fn receipt(
    lottery: &Lottery,
    evidence: Evidence<'_>,
    reopens: Option<Hash>,
    drawn_at: UnixSeconds,
) -> Result<Receipt, JobError> {
    let Some(commitment) = lottery.commitment else {
        return Err(JobError::Fatal("the lottery has no commitment".to_owned()));
    };
    let Evidence { draw, secret, freezes, beacon, walk } = evidence;
    let skips = walk.iter().filter(|candidate| candidate.is_skipped()).count();
    Ok(Receipt {
        code: lottery.code.clone(),
        mode: commitment.mode,
        commitment: commitment.hash,
        secret,
        terms: draw.terms.clone(),
        root: draw.root.unwrap_or_else(empty_root),
        tickets: draw.tickets,
        winners_wanted: draw.terms.winners(),
        reserves_wanted: draw.terms.reserves(),
        freezes,
        beacon: beacon.filter(|_| commitment.mode == Mode::Beacon),
        winners: with_outcome(&walk, Outcome::Winner),
        reserves: with_outcome(&walk, Outcome::Reserve),
        skips: u64::try_from(skips).unwrap_or(u64::MAX),
        walk,
        published_at: UnixSeconds::from(lottery.published_at.unwrap_or(lottery.created_at)),
        frozen_at: UnixSeconds::from(draw.frozen_at),
        drawn_at,
        reopens,
    })
}

/// The digest of the draw that this lottery carries on with.
async fn digest_before(step: Step<'_>, lottery: &Lottery) -> Result<Option<Hash>, StorageError> {
    let Some(before) = lottery.reopens else { return Ok(None) };
    let documents = step.draws.db.read().await?.draw_receipts().list(before).await?;
    Ok(documents.first().map(|receipt| receipt.digest))
}

/// Winners and reserves with their owners.
async fn named(step: Step<'_>, lottery: &Lottery, receipt: &Receipt) -> Result<Vec<Winner>, JobError> {
    let with = |role: WinnerRole, tickets: &[Ticket]| -> Vec<(WinnerRole, u32, Ticket)> {
        (1..).zip(tickets).map(|(place, ticket)| (role, place, *ticket)).collect()
    };
    let mut places = with(WinnerRole::Winner, &receipt.winners);
    places.extend(with(WinnerRole::Reserve, &receipt.reserves));
    let tickets: Vec<Ticket> = places.iter().map(|(.., ticket)| *ticket).collect();
    let people = participants(step, lottery, &tickets).await?;
    let winner = |((role, place, ticket), person): (&(WinnerRole, u32, Ticket), &_)| {
        let person: &qura_domain::draw::leaf::Participant = person;
        Winner {
            ticket: *ticket,
            user: person.user,
            role: *role,
            place: *place,
            hold_until: None,
            confirmed_at: None,
        }
    };
    Ok(places.iter().zip(&people).map(winner).collect())
}
