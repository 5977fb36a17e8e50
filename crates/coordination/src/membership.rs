//! What was lately heard of who is in which chat, within one process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use quick_cache::sync::Cache;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::Membership;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::MembershipCache;

/// Who was just told to subscribe comes back within seconds, and must not be sent away again.
const OUTSIDE_TTL: Duration = Duration::from_secs(5);

/// About 100 bytes each; past this the entries used least make room.
const CAPACITY: usize = 50_000;

/// A bounded cache, each entry with the time it is good until.
pub struct InProcessMembershipCache {
    entries: Cache<(ChatId, UserId), (Membership, Timestamp)>,
    clock: Arc<dyn Clock>,
    /// How long «inside» is believed (`MEMBERSHIP_TTL`).
    inside_ttl: Duration,
}

impl InProcessMembershipCache {
    pub fn new(clock: Arc<dyn Clock>, inside_ttl: Duration) -> Self {
        Self { entries: Cache::new(CAPACITY), clock, inside_ttl }
    }
}

#[async_trait]
impl MembershipCache for InProcessMembershipCache {
    async fn get(&self, chat: ChatId, user: UserId) -> Option<Membership> {
        let (membership, good_until) = self.entries.get(&(chat, user))?;
        (self.clock.now() < good_until).then_some(membership)
    }

    async fn put(&self, chat: ChatId, user: UserId, membership: Membership) {
        let ttl = good_for(membership, self.inside_ttl);
        self.entries.insert((chat, user), (membership, self.clock.now() + ttl));
    }

    async fn forget(&self, chat: ChatId, user: UserId) {
        self.entries.remove(&(chat, user));
    }
}

/// How long an answer is believed.
pub(crate) fn good_for(membership: Membership, inside_ttl: Duration) -> Duration {
    if membership.is_inside() { inside_ttl } else { OUTSIDE_TTL.min(inside_ttl) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    #[tokio::test]
    async fn inside_is_believed_longer_than_outside() {
        let clock = Arc::new(Hand::default());
        let cache = InProcessMembershipCache::new(clock.clone(), Duration::from_secs(60));
        let (chat, inside, outside) = (ChatId::new(-1), UserId::new(1), UserId::new(2));
        cache.put(chat, inside, Membership::Member).await;
        cache.put(chat, outside, Membership::Left).await;
        assert_eq!(cache.get(chat, outside).await, Some(Membership::Left));
        clock.0.store(6, Ordering::Relaxed);
        assert_eq!(cache.get(chat, outside).await, None);
        assert_eq!(cache.get(chat, inside).await, Some(Membership::Member));
        clock.0.store(60, Ordering::Relaxed);
        assert_eq!(cache.get(chat, inside).await, None);
    }

    #[tokio::test]
    async fn news_replace_what_was_known() {
        let clock = Arc::new(Hand::default());
        let cache = InProcessMembershipCache::new(clock, Duration::from_secs(60));
        let (chat, user) = (ChatId::new(-1), UserId::new(1));
        cache.put(chat, user, Membership::Member).await;
        cache.put(chat, user, Membership::Left).await;
        assert_eq!(cache.get(chat, user).await, Some(Membership::Left));
        cache.forget(chat, user).await;
        assert_eq!(cache.get(chat, user).await, None);
    }
}
