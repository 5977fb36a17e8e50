//! What processes agree on with each other: leases, wake-ups and short-lived knowledge.
//!
//! Nothing here needs to survive: it may be emptied at any time without loss.

use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::Membership;

/// Whom to wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// New rows in the update log.
    Updates,
    /// New or earlier jobs.
    Jobs,
    /// New rows in the outbox.
    Outbox,
    /// A setting changed.
    Settings,
}

impl Topic {
    pub const ALL: [Topic; 4] = [Topic::Updates, Topic::Jobs, Topic::Outbox, Topic::Settings];
}

/// Wake-ups give speed, never safety: one may be lost, so whoever waits also looks now and then.
#[async_trait]
pub trait WakeUps: Send + Sync {
    /// Wakes everyone who waits for the topic, in every process. A wake-up that finds nobody
    /// waiting is kept for the next who waits in this process.
    async fn wake(&self, topic: Topic);

    /// Returns at the next wake-up of the topic, or after `at_most`.
    async fn wait(&self, topic: Topic, at_most: Duration);
}

/// What was lately heard of who is in which chat.
#[async_trait]
pub trait MembershipCache: Send + Sync {
    /// `None` when nothing is known or it is too old.
    async fn get(&self, chat: ChatId, user: UserId) -> Option<Membership>;

    /// Remembers an answer of Telegram: for `MEMBERSHIP_TTL` when inside, for 5 s when outside,
    /// because who was just told to subscribe comes back at once.
    async fn put(&self, chat: ChatId, user: UserId, membership: Membership);

    /// Forgets what is known, so that the next look asks Telegram.
    async fn forget(&self, chat: ChatId, user: UserId);
}
