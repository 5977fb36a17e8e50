//! Keeps public posts true: edits those that show another number than the true one, within Telegram's limits.
//!
//! A post is edited at once after a rest, and then no more often than [`PACE`], however many join: so after
//! the last join of a storm there is always an edit left, and it comes within that time. What is to be
//! edited is in the database, so a restart forgets nothing; a wake-up only makes it quick.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use qura_domain::ids::{ChatId, NoticeId};
use qura_domain::lottery::Lottery;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Leases, Topic, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::{Lane, Messenger, TelegramError};
use qura_storage::{Db, DirtyPost, StorageError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::channels;
use crate::draws;
use crate::lotteries::PostWriter;
use crate::outbox::{Notice, write_notice};

/// The least time between two edits in one chat: 17 of the 20 a minute that Telegram takes there, which
/// leaves some for new posts and results. The true number is to be there within 5 s of the last join.
const PACE: Duration = Duration::from_millis(3_500);

/// How long a wake-up may be lost (architecture, section 6).
const SWEEP: Duration = Duration::from_secs(3);

/// One process edits; another takes over when it shows no sign of life for so long.
const LEASE: Duration = Duration::from_secs(10);
const LEASE_NAME: &str = "counters";

/// A chat that could not be edited is left alone for so long: for the moment, and for want of a right.
const TRANSIENT_REST: Duration = Duration::from_secs(10);
const REST: Duration = Duration::from_secs(60);

/// What is in hand when told to stop gets so long to finish.
const GRACE: Duration = Duration::from_secs(5);

const PAGE: u32 = 200;
/// More dirty posts than this are not looked at in one turn: 30 a second is what Telegram takes of all.
const MOST_LOOKED_AT: usize = 2_000;
const AT_ONCE: usize = 30;

/// A worker's counters.
pub struct CounterRefresher {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    pub leases: Arc<dyn Leases>,
    pub messenger: Arc<dyn Messenger>,
    pub posts: Arc<dyn PostWriter>,
}

/// What is in hand, and which chats are left alone until when.
#[derive(Default)]
struct Hand {
    editing: JoinSet<(ChatId, Timestamp)>,
    busy: HashSet<ChatId>,
    rests: HashMap<ChatId, Timestamp>,
}

impl CounterRefresher {
    /// Edits until told to stop; then lets what is in hand finish.
    pub async fn run(self: Arc<Self>, stop: &CancellationToken) {
        let mut hand = Hand::default();
        while !stop.is_cancelled() {
            let pause = match self.turn(&mut hand).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(error = error.detail(), "the counters cannot be read");
                    SWEEP
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.wakeups.wait(Topic::Counters, pause) => {}
                Some(ended) = hand.editing.join_next(), if !hand.editing.is_empty() => hand.put_down(ended),
            }
            // A crowd rings with every group: more than some looks a second change nothing.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let finish = async { while hand.editing.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, finish).await;
        let _ = self.leases.release(&[LEASE_NAME.to_owned()]).await;
    }

    /// Begins the edits whose time has come, and says how long there is nothing else to do.
    async fn turn(self: &Arc<Self>, hand: &mut Hand) -> Result<Duration, StorageError> {
        while let Some(ended) = hand.editing.try_join_next() {
            hand.put_down(ended);
        }
        // Out of reach of the others it goes on: claims in the database keep two from one post.
        let is_ours = match self.leases.hold(&[LEASE_NAME.to_owned()], LEASE).await {
            Ok(held) => held.first().copied().unwrap_or(false),
            Err(_) => true,
        };
        if !is_ours {
            return Ok(SWEEP);
        }
        let now = self.clock.now();
        hand.rests.retain(|_, until| *until > now);
        let mut soonest = SWEEP;
        for post in urgent_first(self.dirty().await?) {
            match hand.ready_at(&post, now) {
                None => {}
                Some(at) if at > now => soonest = soonest.min(at.since(now)),
                Some(_) => hand.take_up(self.clone(), post, now),
            }
        }
        Ok(soonest)
    }

    async fn dirty(&self) -> Result<Vec<DirtyPost>, StorageError> {
        let mut reader = self.db.read().await?;
        let (mut all, mut after) = (Vec::new(), None);
        while all.len() < MOST_LOOKED_AT {
            let page = reader.lottery_counters().dirty(after, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            after = page.last().map(|post| (post.shown_at, post.lottery));
            all.extend(page);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Edits one post. Returns until when its chat is to be left alone.
    async fn edit(self: Arc<Self>, seen: DirtyPost) -> (ChatId, Timestamp) {
        let chat = seen.chat;
        let outcome = self.try_to_edit(seen).await;
        let now = self.clock.now();
        let (result, rest) = match outcome {
            Ok(Some(rest)) => ("done", rest),
            Ok(None) => ("taken", Duration::ZERO),
            Err(error) => {
                tracing::error!(chat_id = chat.get(), error = error.detail(), "a post cannot be kept true");
                ("failed", TRANSIENT_REST)
            }
        };
        metrics::counter!("counter_edits_total", "result" => result).increment(1);
        (chat, now + rest)
    }

    /// How long the chat is to be left alone; `None` when there was nothing to do.
    async fn try_to_edit(&self, seen: DirtyPost) -> Result<Option<Duration>, StorageError> {
        let mut tx = self.db.begin().await?;
        let Some(claimed) = tx.lottery_counters().claim(&seen, self.clock.now()).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        tx.commit().await?;
        let mut reader = self.db.read().await?;
        let lottery = reader.lotteries().get(claimed.lottery).await?;
        let Some(lottery) = lottery.filter(|lottery| lottery.post == Some(claimed.post)) else {
            return Ok(None);
        };
        let draws_at = draws::draws_at(&mut reader, &lottery).await?;
        drop(reader);
        let (post, count) = (claimed.post, claimed.participants);
        let request = self.posts.refreshed(&lottery, post, count, draws_at);
        let mut sent = self.messenger.send(Lane::Counter, request).await;
        if let Err(TelegramError::Refused(_)) = &sent {
            // Its template is of another kind by now, and the new post was refused.
            let request = self.posts.buttons(&lottery, post, count);
            sent = self.messenger.send(Lane::Counter, request).await;
        }
        let rest = match &sent {
            Ok(_) | Err(TelegramError::MessageGone(_)) => PACE,
            Err(error) if error.is_transient() => TRANSIENT_REST,
            Err(_) => REST,
        };
        self.settle(&claimed, &lottery, sent.map(drop)).await?;
        Ok(Some(rest))
    }

    async fn settle(
        &self,
        claimed: &DirtyPost,
        lottery: &Lottery,
        sent: Result<(), TelegramError>,
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        match sent {
            Ok(()) => {
                if !tx.lottery_counters().record_shown(claimed, now).await? {
                    // Somebody edited it at the same time, or its state changed: nobody knows which came last.
                    tx.lottery_counters().redraw(claimed.lottery).await?;
                }
            }
            Err(TelegramError::MessageGone(_)) => {
                // What is over cannot be published again.
                if tx.lotteries().lose_post(claimed.lottery, claimed.post).await?
                    && lottery.state.is_running()
                {
                    let (person, code) = (lottery.organizer, lottery.code.clone());
                    let notice = Notice::LotteryPostLost { person, code };
                    write_notice(&mut tx, NoticeId::new(self.random.id()), &notice, now).await?;
                }
            }
            Err(TelegramError::Migrated(to)) => {
                channels::follow(&mut tx, self.random.as_ref(), claimed.chat, to, now).await?;
            }
            Err(error) => {
                let chat_id = claimed.chat.get();
                tracing::warn!(chat_id, %error, "a post keeps an old number for now");
                if matches!(error, TelegramError::ChatLost(_) | TelegramError::NotAllowed(_)) {
                    // Until the bot has the chat back, or the number changes: what nobody can edit must not take
                    // the turns of what can be edited.
                    tx.lottery_counters().record_shown(claimed, now).await?;
                }
            }
        }
        tx.commit().await?;
        self.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }
}

impl Hand {
    /// When the post may be edited; `None` while its chat is being edited, or there is no hand left.
    fn ready_at(&self, post: &DirtyPost, now: Timestamp) -> Option<Timestamp> {
        if self.busy.contains(&post.chat) || self.editing.len() >= AT_ONCE {
            return None;
        }
        let rested = self.rests.get(&post.chat).copied().unwrap_or(now);
        // What was shown in the future was so by a clock that was wrong.
        let own = if post.shown_at > now { now } else { post.shown_at + PACE };
        Some(rested.max(own))
    }

    fn take_up(&mut self, refresher: Arc<CounterRefresher>, post: DirtyPost, now: Timestamp) {
        self.busy.insert(post.chat);
        self.rests.insert(post.chat, now + PACE);
        self.editing.spawn(refresher.edit(post));
    }

    fn put_down(&mut self, ended: Result<(ChatId, Timestamp), tokio::task::JoinError>) {
        match ended {
            Ok((chat, until)) => {
                self.busy.remove(&chat);
                self.rests.insert(chat, until);
            }
            // A panic: nobody knows whose it was, and the rests keep the pace.
            Err(_) => self.busy.clear(),
        }
    }
}

/// The stalest first; of those that are as stale, to the second, the most changed.
fn urgent_first(mut posts: Vec<DirtyPost>) -> Vec<DirtyPost> {
    posts.sort_by_key(|post| {
        // More than the number has changed: nothing is more urgent.
        let changed = post.shown.map_or(u64::MAX, |shown| shown.abs_diff(post.participants));
        (post.shown_at.secs(), std::cmp::Reverse(changed))
    });
    posts
}
