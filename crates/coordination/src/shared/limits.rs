//! The limits of Telegram, kept by all processes of a bot together.
//!
//! Groups, channels and what the bot sends of itself go through one script in Redis, by the server's
//! clock. The ceiling of answers is asked for in blocks. Private chats and methods stay in this process:
//! updates of one person come to one process, so two seldom write to the same person, and where they do,
//! Telegram's refusal pauses both. Pauses of all of them are told to all.
//!
//! A Redis that was emptied has forgotten pauses; then Telegram reminds of them.

mod block;
mod word;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_ports::coordination::{CoordinationError, Limit, Limits, Slot, TooLate};
use redis::{Cmd, Script, ScriptInvocation};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::link::{Effort, Link};
use super::subscription::{Heard, follow, message};
use crate::limits::{Ceilings, InProcessLimits};
use crate::pace::Quota;
use block::Block;

/// What a call may take before the process goes on by itself.
const BOUND: Duration = Duration::from_millis(200);

/// Out of reach of the others, a process keeps within one part of so many: up to four processes do not
/// exceed the limits then, and more of them are slowed by Telegram's refusals.
const PARTS: u32 = 4;

/// Shared limits are slower by this factor, because processes are late: a slot is used up to 20 ms after
/// its time, and the answer with it takes a moment. Of a limit of one second, it leaves 30 ms for that.
const MARGIN: f64 = 1.03;

/// How far ahead slots are taken although who asks would not wait so long: others will.
const AHEAD: Duration = Duration::from_millis(100);

/// The limits of one token, in Redis.
pub struct RedisLimits {
    link: Arc<Link>,
    /// As the processes keep them together.
    shared: Ceilings,
    /// The limits of this process alone, its part of the others, and all pauses it knows of.
    local: Arc<InProcessLimits>,
    answers: Mutex<Block>,
    reserve: Script,
    pause: Script,
    /// Ends when this is dropped.
    _hearing: JoinSet<()>,
}

/// What the script took.
struct Taken {
    limits: usize,
    wait: Duration,
    /// The further slots of a row, relative to now: none before `wait`.
    slots: Vec<Duration>,
}

impl RedisLimits {
    pub(super) fn start(link: Arc<Link>, ceilings: Ceilings) -> Self {
        let local = Arc::new(InProcessLimits::new(Ceilings {
            interactive: ceilings.interactive.part(PARTS),
            broadcast: ceilings.broadcast.part(PARTS),
            private: ceilings.private,
            group: ceilings.group.part(PARTS),
        }));
        let shared = Ceilings {
            interactive: ceilings.interactive.slower(MARGIN),
            broadcast: ceilings.broadcast.slower(MARGIN),
            private: ceilings.private,
            group: ceilings.group.slower(MARGIN),
        };
        let mut hearing = JoinSet::new();
        let pauses = local.clone();
        hearing.spawn(follow(link.clone(), channel(&link), move |heard| {
            if let Heard::Said(text) = heard
                && let Some((limit, wait)) = read_pause(text)
            {
                pauses.pause_for(&limit, Instant::now(), wait);
            }
        }));
        Self {
            link,
            shared,
            local,
            answers: Mutex::default(),
            reserve: Script::new(concat!(
                include_str!("limits/pace.lua"),
                include_str!("limits/reserve.lua")
            )),
            pause: Script::new(concat!(include_str!("limits/pace.lua"), include_str!("limits/pause.lua"))),
            _hearing: hearing,
        }
    }

    /// Takes slots of limits that are kept in the same place: Redis, this process, or blocks.
    async fn take(&self, limits: &[Limit], at_most: Duration) -> Result<Slot, TooLate> {
        match limits {
            [Limit::Interactive] => {
                let wait = self.answer(at_most).await?;
                Ok(Slot { wait, taken: 1 })
            }
            [limit, ..] if is_shared(limit) => match self.ask(limits, at_most, 1).await {
                Ok(Taken { limits: 0, wait, .. }) => Err(TooLate { wait }),
                Ok(Taken { limits, wait, .. }) => Ok(Slot { wait, taken: limits }),
                Err(_) => self.take_alone(limits, at_most),
            },
            limits => self.take_alone(limits, at_most),
        }
    }

    fn take_alone(&self, limits: &[Limit], at_most: Duration) -> Result<Slot, TooLate> {
        let now = Instant::now();
        crate::limits::in_turn(limits, at_most, |limit, at_most| self.local.take(limit, now, at_most))
    }

    /// Takes the next slot of the answers' ceiling from this process's block. Returns how long to wait
    /// for it.
    async fn answer(&self, at_most: Duration) -> Result<Duration, TooLate> {
        let mut block = self.answers.lock().await;
        if let Some(wait) = self.local.pause_left(&Limit::Interactive, Instant::now()) {
            block.skip_until(Instant::now() + wait);
            if wait > at_most {
                return Err(TooLate { wait });
            }
        }
        if block.peek(Instant::now()).is_none() {
            match self.ask(&[Limit::Interactive], at_most.max(AHEAD), block.next_size()).await {
                Ok(Taken { limits: 0, wait, .. }) => return Err(TooLate { wait }),
                Ok(Taken { slots, .. }) => {
                    let now = Instant::now();
                    block.fill(slots.into_iter().map(|slot| now + slot));
                }
                Err(_) => return self.local.take(&Limit::Interactive, Instant::now(), at_most),
            }
        }
        let now = Instant::now();
        let wait = block.peek(now).map_or(Duration::ZERO, |slot| slot.saturating_duration_since(now));
        if wait > at_most {
            return Err(TooLate { wait });
        }
        block.pop();
        Ok(wait)
    }

    /// Runs the script over the limits; `count` slots in a row of a single one.
    async fn ask(&self, limits: &[Limit], at_most: Duration, count: u32) -> Result<Taken, CoordinationError> {
        let mut script = self.reserve.prepare_invoke();
        script.arg(micros(at_most)).arg(count);
        for limit in limits {
            script.key(self.key(limit));
            with_quota(&mut script, self.shared.quota(limit));
        }
        let (limits, wait, first, interval): (usize, i64, i64, i64) =
            self.link.script(Effort::IfUp(BOUND), &script).await?;
        let slot = |nth: u32| span(wait.max(first.saturating_add(interval.saturating_mul(nth.into()))));
        Ok(Taken { limits, wait: span(wait), slots: (0..count).map(slot).collect() })
    }

    fn key(&self, limit: &Limit) -> String {
        self.link.key(format_args!("limit:{}", word::word(limit)))
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn reserve(&self, limits: &[Limit], at_most: Duration) -> Result<Slot, TooLate> {
        let mut all = Slot { wait: Duration::ZERO, taken: 0 };
        for limits in limits.chunk_by(|one, other| place(one) == place(other)) {
            let at_most = if all.taken == 0 { at_most } else { Duration::ZERO };
            match self.take(limits, at_most).await {
                Ok(slot) => {
                    all = Slot { wait: slot.wait, taken: all.taken + slot.taken };
                    if slot.taken < limits.len() || !slot.wait.is_zero() {
                        break;
                    }
                }
                Err(too_late) if all.taken == 0 => return Err(too_late),
                Err(_) => break,
            }
        }
        Ok(all)
    }

    async fn pause(&self, limit: &Limit, wait: Duration) {
        self.local.pause_for(limit, Instant::now(), wait);
        let text = message(self.link.me(), &format!("{} {}", word::word(limit), micros(wait)));
        let channel = channel(&self.link);
        // Who does not hear of it is told by Telegram.
        let _: Result<(), _> = if is_shared(limit) {
            let mut script = self.pause.key(self.key(limit));
            script.arg(micros(wait));
            with_quota(&mut script, self.shared.quota(limit));
            script.arg(channel).arg(text);
            self.link.script(Effort::Always(BOUND), &script).await
        } else {
            self.link.command(Effort::Always(BOUND), &Cmd::publish(channel, text)).await
        };
    }

    fn is_paused(&self, limit: &Limit) -> bool {
        self.local.is_paused(limit)
    }
}

/// Where a limit is kept.
#[derive(PartialEq, Eq)]
enum Place {
    Redis,
    Block,
    Here,
}

fn place(limit: &Limit) -> Place {
    match limit {
        Limit::Chat(chat) if chat.person().is_some() => Place::Here,
        Limit::Method(_) => Place::Here,
        Limit::Interactive => Place::Block,
        Limit::Chat(_) | Limit::Broadcast => Place::Redis,
    }
}

/// Whether Redis keeps it, be it in blocks.
fn is_shared(limit: &Limit) -> bool {
    place(limit) != Place::Here
}

fn channel(link: &Link) -> String {
    link.key("pauses")
}

fn read_pause(text: &str) -> Option<(Limit, Duration)> {
    let (word, wait) = text.split_once(' ')?;
    Some((word::limit(word)?, Duration::from_micros(wait.parse().ok()?)))
}

fn with_quota(script: &mut ScriptInvocation<'_>, quota: Quota) {
    script.arg(micros(quota.interval())).arg(quota.burst());
}

/// Rounded up, because the interval of a ceiling is to be kept.
fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_nanos().div_ceil(1_000)).unwrap_or(u64::MAX)
}

fn span(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
