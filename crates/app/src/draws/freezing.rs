//! From the closed list to a freeze that was posted in time, and to the beacon.

use std::time::Duration;

use qura_domain::chat::ChatKind;
use qura_domain::draw::beacon::{NOTICE_SECS, Round};
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::freeze::Freeze;
use qura_domain::draw::hash::Hash;
use qura_domain::draw::merkle::MerkleTree;
use qura_domain::draw::receipt::{FreezeRecord, Post};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::ids::UserId;
use qura_domain::lottery::{Commitment, Lottery, LotteryState};
use qura_domain::time::Timestamp;
use qura_ports::telegram::TelegramError;
use qura_storage::DrawRecord;

use super::job::Step;
use super::telling::DrawTrouble;
use super::{FreezePost, beacon, concluding};
use crate::jobs::JobError;

/// Rows that are read at a time: what the tree is made of is never in memory as a whole.
const PAGE: u32 = 5_000;

/// A post needs some time to arrive: with less than this left, another attempt is made.
const WAY: Duration = Duration::from_secs(5);

/// How long until a chat that was out of reach is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// From this attempt on that came late, the organizer is told: one or two are a mishap.
const TOLD: u32 = 2;

/// From this attempt on that came late, the next one has to wait: it names no later round any more, and the chat
/// is not to be filled with freezes.
const SLOW: u32 = 6;
const SLOWLY: Duration = Duration::from_hours(1);

/// Does what comes next of a lottery that is frozen.
pub async fn go_on(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let mut reader = step.draws.db.read().await?;
    let draw = reader.draws().get(lottery.id).await?;
    let freezes = reader.draws().freezes(lottery.id).await?;
    drop(reader);
    let (Some(draw), Some(commitment)) = (draw, lottery.commitment) else {
        return Err(JobError::Fatal("the lottery is frozen without a draw".to_owned()));
    };
    if draw.tickets == 0 {
        return concluding::nobody_came(step, lottery, &draw).await;
    }
    let Some(root) = draw.root else { return root_of(step, lottery, &draw).await };
    let now = step.draws.clock.now();
    match (commitment.mode, freezes.last()) {
        (Mode::Secret, None) => attempt(step, lottery, commitment, &draw, root, None, 0).await,
        (Mode::Secret, Some(FreezeRecord { post: Some(_), .. })) => drawing(step, lottery).await,
        (Mode::Secret, Some(freeze)) => post(step, lottery, freeze, &draw, root).await,
        (Mode::Beacon, None) => {
            attempt(step, lottery, commitment, &draw, root, Some(Round::to_name_at(now)), 0).await
        }
        (Mode::Beacon, Some(freeze)) => match freeze.round {
            Some(round) if freeze.was_in_time() => beacon::await_round(step, lottery, round).await,
            Some(round) if freeze.post.is_none() && has_time(round, now) => {
                post(step, lottery, freeze, &draw, root).await
            }
            // Rounds are not named in vain, one after the other, while the chat is out of reach.
            Some(_) if freeze.post.is_none() && !can_post(step, lottery).await? => {
                step.waits(lottery, DrawTrouble::Chat, AGAIN).await
            }
            Some(round) => {
                let number = freeze.attempt + 1;
                let later = Some(round.to_name_after(now, number));
                attempt(step, lottery, commitment, &draw, root, later, number).await
            }
            None => Err(JobError::Fatal("a freeze names no round".to_owned())),
        },
    }
}

/// Whether a post that is sent now is out in time.
fn has_time(round: Round, now: Timestamp) -> bool {
    (now + WAY).secs() <= round.time().get() - NOTICE_SECS
}

/// Computes the tree's root while the participants stream by.
async fn root_of(step: Step<'_>, lottery: &Lottery, draw: &DrawRecord) -> Result<(), JobError> {
    let secrets = step.draws.db.read().await?.draw_secrets().get(lottery.id).await?;
    let Some((_, salt_key)) = secrets else {
        return Err(JobError::Fatal("the lottery has no secrets".to_owned()));
    };
    let mut tree = MerkleTree::default();
    let mut after = None;
    loop {
        let page = step.draws.db.read().await?.participants().for_draw(lottery.id, after, PAGE).await?;
        for participant in &page {
            tree.push(participant.leaf(&salt_key));
        }
        after = page.last().map(|participant| participant.ticket);
        if page.len() < PAGE as usize {
            break;
        }
    }
    let root = tree.finish();
    if root.leaves != draw.tickets {
        let found = root.leaves;
        return Err(JobError::Fatal(format!("{found} tickets of {} are there", draw.tickets)));
    }
    let mut tx = step.draws.db.begin().await?;
    tx.draws().record_root(lottery.id, &root.hash).await?;
    step.reaches("draw.rooting");
    step.then(tx, lottery.id).await?;
    step.reaches("draw.rooted");
    Ok(())
}

/// Keeps a freeze, before it is posted: what was posted is always known.
async fn attempt(
    step: Step<'_>,
    lottery: &Lottery,
    commitment: Commitment,
    draw: &DrawRecord,
    root: Hash,
    round: Option<Round>,
    attempt: u32,
) -> Result<(), JobError> {
    let freeze = Freeze {
        commitment: commitment.hash,
        root,
        tickets: draw.tickets,
        terms: &draw.terms,
        round,
        attempt,
    };
    let record = FreezeRecord { attempt, hash: freeze.hash(), round, post: None };
    let mut tx = step.draws.db.begin().await?;
    tx.draws().add_freeze(lottery.id, &record, step.draws.clock.now()).await?;
    // The post tells when the draw is to be.
    tx.lottery_counters().redraw(lottery.id).await?;
    step.then(tx, lottery.id).await?;
    step.reaches("draw.frozen");
    Ok(())
}

/// Posts a freeze in the chat. Killed between the post and the word of it, it is posted once more.
async fn post(
    step: Step<'_>,
    lottery: &Lottery,
    freeze: &FreezeRecord,
    draw: &DrawRecord,
    root: Hash,
) -> Result<(), JobError> {
    let told = FreezePost {
        attempt: freeze.attempt,
        freeze: freeze.hash,
        root,
        tickets: draw.tickets,
        round: freeze.round,
    };
    let text = step.draws.writer.freeze(lottery, &told);
    let posted = match step.draws.messenger.post(lottery.chat, text).await {
        Ok(posted) => posted,
        Err(error) if is_passing(&error) => return Err(JobError::Retry(error.to_string())),
        Err(error) => {
            tracing::warn!(%error, "a freeze cannot be posted");
            return step.waits(lottery, DrawTrouble::Chat, AGAIN).await;
        }
    };
    step.reaches("draw.posted");
    let date = UnixSeconds::from(posted.date);
    let post = Post { chat: lottery.chat, message: posted.message, date };
    let is_late = freeze.round.is_some_and(|round| !round.was_named_in_time(date));
    let mut tx = step.draws.db.begin().await?;
    tx.draws().record_post(lottery.id, freeze.attempt, &post).await?;
    if !is_late {
        tx.draws().content(lottery.id).await?;
    } else if freeze.attempt >= TOLD {
        step.draws.complain(&mut tx, lottery, DrawTrouble::Late).await?;
    }
    let pause = if is_late && freeze.attempt >= SLOW { SLOWLY } else { Duration::ZERO };
    step.then_at(tx, lottery.id, step.draws.clock.now() + pause).await?;
    step.reaches("draw.told");
    Ok(())
}

/// Whether the bot may post in the chat, as far as Telegram tells.
async fn can_post(step: Step<'_>, lottery: &Lottery) -> Result<bool, JobError> {
    let channel = step.draws.db.read().await?.channels().get(lottery.chat).await?;
    let messenger = &step.draws.messenger;
    let standing = async {
        let bot = messenger.me().await?;
        messenger.membership(lottery.chat, UserId::new(bot.id.get())).await
    };
    match standing.await {
        Ok(bot) if channel.is_some_and(|channel| channel.kind == ChatKind::Channel) => {
            Ok(bot.rights().post_messages)
        }
        Ok(bot) => Ok(bot.is_inside()),
        Err(error) if is_passing(&error) => Err(JobError::Retry(error.to_string())),
        Err(_) => Ok(false),
    }
}

/// Without a beacon there is nothing to wait for.
async fn drawing(step: Step<'_>, lottery: &Lottery) -> Result<(), JobError> {
    let Some(begin) = lottery.state.to(LotteryState::Drawing) else { return Ok(()) };
    let mut tx = step.draws.db.begin().await?;
    tx.lotteries().advance(lottery.id, begin, None, step.draws.clock.now()).await?;
    step.reaches("draw.beginning");
    step.then(tx, lottery.id).await?;
    step.reaches("draw.begun");
    Ok(())
}

/// What may be over soon, without anybody's doing: also a group that is just becoming a supergroup.
pub(super) fn is_passing(error: &TelegramError) -> bool {
    error.is_no_answer() || matches!(error, TelegramError::Migrated(_))
}
