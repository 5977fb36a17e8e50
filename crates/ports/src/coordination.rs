//! What processes agree on with each other: leases, wake-ups and short-lived knowledge.
//!
//! Nothing here needs to survive: it may be emptied at any time without loss.

use std::borrow::Cow;
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
    /// Posts whose numbers changed.
    Counters,
}

impl Topic {
    pub const ALL: [Topic; 5] =
        [Topic::Updates, Topic::Jobs, Topic::Outbox, Topic::Settings, Topic::Counters];
}

/// What keeps processes from agreeing for the moment. Whoever gets it goes on without, or waits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("coordination is out of reach: {0}")]
pub struct CoordinationError(pub String);

/// Who does what, among several processes. A lease makes doubled work rare, never impossible: what
/// must not happen twice is fenced in the database.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes each lease that is free or ran out, and renews each that this process holds. Returns
    /// whether it holds each, in their order. A lease that is held runs out `ttl` after the call
    /// began, also when the store forgot it.
    async fn hold(&self, names: &[String], ttl: Duration) -> Result<Vec<bool>, CoordinationError>;

    /// Gives leases back, so that others need not wait; those of others stay untouched.
    async fn release(&self, names: &[String]) -> Result<(), CoordinationError>;

    /// How long a lease still runs, whoever holds it. `None` when nobody does, and where there is
    /// nobody to share with.
    async fn left(&self, name: &str) -> Result<Option<Duration>, CoordinationError>;

    /// Shows that this process takes part in a group for the next `ttl`, and returns the names of
    /// all that do, sorted.
    async fn join(&self, group: &str, ttl: Duration) -> Result<Vec<String>, CoordinationError>;

    /// Leaves a group at once.
    async fn leave(&self, group: &str) -> Result<(), CoordinationError>;

    /// This process among the members of its groups.
    fn me(&self) -> &str;
}

/// Wake-ups give speed, never safety: one may be lost, so whoever waits also looks now and then.
#[async_trait]
pub trait WakeUps: Send + Sync {
    /// Wakes everyone who waits for the topic, in every process. A wake-up that finds nobody
    /// waiting is kept for the next who waits in this process.
    async fn wake(&self, topic: Topic);

    /// Wakes those who wait for the topic in other processes: this one knows already.
    async fn wake_others(&self, topic: Topic);

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

/// What Telegram limits. How fast each may go is the adapter's to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// What is sent to one chat.
    Chat(ChatId),
    /// All answers to people who wait.
    Interactive,
    /// All that the bot sends of itself.
    Broadcast,
    /// A method that Telegram does not limit for all we know, so only pauses do.
    Method(Cow<'static, str>),
}

/// What [`Limits::reserve`] took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How long to wait before using it; zero when more than one limit was taken.
    pub wait: Duration,
    /// Of how many limits, from the first on, a slot was taken; at least one.
    pub taken: usize,
}

/// Nothing was taken, because the next slot comes later than asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the next slot comes in {} ms", wait.as_millis())]
pub struct TooLate {
    /// How long it is until the slot.
    pub wait: Duration,
}

/// How often Telegram is called, kept by all processes of a bot together. Out of reach of the others,
/// a process goes on within a part of the limits.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes the next slot of the first limit, and as long as there is nothing to wait for, one of
    /// each of the following: a slot is never held while waiting for another one.
    ///
    /// Whoever takes slots of a limit is served in this order. After waiting for one,
    /// [`Limits::is_paused`] tells whether it is still worth anything.
    ///
    /// # Errors
    /// When the slot of the first limit comes later than `at_most` from now.
    async fn reserve(&self, limits: &[Limit], at_most: Duration) -> Result<Slot, TooLate>;

    /// Telegram asked to wait: nothing of this limit goes for so long, in any process and whatever was
    /// reserved, and then more slowly until it was calm for a while. Pauses that begin within a pause
    /// are of the same flood and slow no further.
    async fn pause(&self, limit: &Limit, wait: Duration);

    /// Whether the limit is in a pause, as far as this process heard.
    fn is_paused(&self, limit: &Limit) -> bool;
}
