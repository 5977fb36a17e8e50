//! What was lately heard of who is in which chat, known to all processes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::{Membership, Rights};
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::MembershipCache;
use tokio::sync::{mpsc, oneshot};

use super::link::{Effort, Link};
use crate::membership::good_for;

/// Past this it is quicker to ask Telegram.
const EFFORT: Effort = Effort::IfUp(Duration::from_millis(100));

/// A key for each pair that was asked about lately. It ends by itself by the server's clock; the
/// value says in addition until when it is good by the program's clock, which decides. A Redis that
/// is out of reach knows nothing.
///
/// What is asked while Redis answers somebody else goes to it together: everyone who presses /start
/// asks once, and one call each would cost more than all the rest of coordination.
pub struct RedisMembershipCache {
    link: Arc<Link>,
    errands: mpsc::Sender<Errand>,
    clock: Arc<dyn Clock>,
    inside_ttl: Duration,
}

/// What is asked of Redis, and where its answer goes.
#[derive(Debug)]
enum Errand {
    Get { key: String, answer: oneshot::Sender<Option<String>> },
    Put { key: String, value: String, millis: u64, done: oneshot::Sender<()> },
    Forget { key: String, done: oneshot::Sender<()> },
}

/// Errands that go together at most.
const LARGEST_GROUP: usize = 256;

impl RedisMembershipCache {
    pub(super) fn start(link: Arc<Link>, clock: Arc<dyn Clock>, inside_ttl: Duration) -> Self {
        let (errands, waiting) = mpsc::channel(LARGEST_GROUP * 4);
        tokio::spawn(run(link.clone(), waiting));
        Self { link, errands, clock, inside_ttl }
    }

    fn key(&self, chat: ChatId, user: UserId) -> String {
        self.link.key(format_args!("member:{chat}:{user}"))
    }

    /// Waits until the errand was run; `None` when it could not be.
    async fn ask<T>(&self, errand: impl FnOnce(oneshot::Sender<T>) -> Errand) -> Option<T> {
        let (answer, outcome) = oneshot::channel();
        self.errands.send(errand(answer)).await.ok()?;
        outcome.await.ok()
    }
}

#[async_trait]
impl MembershipCache for RedisMembershipCache {
    async fn get(&self, chat: ChatId, user: UserId) -> Option<Membership> {
        let key = self.key(chat, user);
        let value = self.ask(|answer| Errand::Get { key, answer }).await??;
        let (membership, good_until) = unpack(&value)?;
        (self.clock.now() < good_until).then_some(membership)
    }

    async fn put(&self, chat: ChatId, user: UserId, membership: Membership) {
        let ttl = good_for(membership, self.inside_ttl);
        let Some(millis) = u64::try_from(ttl.as_millis()).ok().filter(|millis| *millis > 0) else {
            return;
        };
        let (key, value) = (self.key(chat, user), pack(membership, self.clock.now() + ttl));
        // Who cannot remember asks again.
        let _ = self.ask(|done| Errand::Put { key, value, millis, done }).await;
    }

    async fn forget(&self, chat: ChatId, user: UserId) {
        let key = self.key(chat, user);
        // What could not be forgotten ends by itself.
        let _ = self.ask(|done| Errand::Forget { key, done }).await;
    }
}

/// Runs errands, all that wait at a time, until nobody can ask any more.
async fn run(link: Arc<Link>, mut waiting: mpsc::Receiver<Errand>) {
    let mut group = Vec::with_capacity(LARGEST_GROUP);
    while waiting.recv_many(&mut group, LARGEST_GROUP).await > 0 {
        let mut pipeline = redis::pipe();
        let mut keys = Vec::new();
        for errand in &group {
            match errand {
                Errand::Get { key, .. } => keys.push(key.as_str()),
                Errand::Put { key, value, millis, .. } => _ = pipeline.pset_ex(key, value, *millis).ignore(),
                Errand::Forget { key, .. } => _ = pipeline.del(key).ignore(),
            }
        }
        if !keys.is_empty() {
            pipeline.mget(&keys);
        }
        let outcome: Result<Vec<Vec<Option<String>>>, _> = link.pipeline(EFFORT, &pipeline).await;
        let done = outcome.is_ok();
        let mut values = outcome.unwrap_or_default().into_iter().flatten();
        for errand in group.drain(..) {
            // Whoever asked may have stopped waiting.
            match errand {
                Errand::Get { answer, .. } if done => _ = answer.send(values.next().flatten()),
                Errand::Put { done: told, .. } | Errand::Forget { done: told, .. } if done => {
                    _ = told.send(())
                }
                // Dropping it tells that nothing is known.
                Errand::Get { .. } | Errand::Put { .. } | Errand::Forget { .. } => {}
            }
        }
    }
}

/// About 20 bytes: a letter, an administrator's rights as two hexadecimal digits, microseconds.
fn pack(membership: Membership, good_until: Timestamp) -> String {
    let kind = match membership {
        Membership::Creator => "c".to_owned(),
        Membership::Administrator(rights) => format!("a{:02x}", bits(rights)),
        Membership::Member => "m".to_owned(),
        Membership::Restricted { is_member: true } => "r".to_owned(),
        Membership::Restricted { is_member: false } => "o".to_owned(),
        Membership::Left => "l".to_owned(),
        Membership::Kicked => "k".to_owned(),
    };
    format!("{kind}{}", good_until.micros())
}

/// `None` for what another version of the program wrote.
fn unpack(value: &str) -> Option<(Membership, Timestamp)> {
    let (kind, rest) = value.split_at_checked(1)?;
    let (membership, micros) = match kind {
        "c" => (Membership::Creator, rest),
        "a" => {
            let (bits, rest) = rest.split_at_checked(2)?;
            (Membership::Administrator(rights(u8::from_str_radix(bits, 16).ok()?)), rest)
        }
        "m" => (Membership::Member, rest),
        "r" => (Membership::Restricted { is_member: true }, rest),
        "o" => (Membership::Restricted { is_member: false }, rest),
        "l" => (Membership::Left, rest),
        "k" => (Membership::Kicked, rest),
        _ => return None,
    };
    Some((membership, Timestamp::from_micros(micros.parse().ok()?)))
}

fn bits(rights: Rights) -> u8 {
    // By name, so that a new right cannot be left out.
    let Rights {
        post_messages,
        edit_messages,
        delete_messages,
        pin_messages,
        invite_users,
        restrict_members,
    } = rights;
    [post_messages, edit_messages, delete_messages, pin_messages, invite_users, restrict_members]
        .into_iter()
        .enumerate()
        .map(|(place, right)| u8::from(right) << place)
        .sum()
}

fn rights(bits: u8) -> Rights {
    let has = |place: u8| bits & (1 << place) != 0;
    Rights {
        post_messages: has(0),
        edit_messages: has(1),
        delete_messages: has(2),
        pin_messages: has(3),
        invite_users: has(4),
        restrict_members: has(5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked() {
        let at = Timestamp::from_micros(1_795_000_000_123_456);
        let administrators = (0..64).map(|bits| Membership::Administrator(rights(bits)));
        let others = [
            Membership::Creator,
            Membership::Member,
            Membership::Restricted { is_member: true },
            Membership::Restricted { is_member: false },
            Membership::Left,
            Membership::Kicked,
        ];
        let mut seen = std::collections::HashSet::new();
        for membership in administrators.chain(others) {
            let value = pack(membership, at);
            assert_eq!(unpack(&value), Some((membership, at)), "{value}");
            assert!(seen.insert(value));
        }
    }

    #[test]
    fn what_nobody_packed_is_not_known() {
        for value in ["", "m", "x1", "a", "azz5", "mm", "é1"] {
            assert_eq!(unpack(value), None, "{value}");
        }
    }
}
