//! What was lately heard of who is in which chat.

use std::sync::Arc;
use std::time::Duration;

use qura_coordination::InProcessMembershipCache;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::{Membership, Rights};
use qura_ports::coordination::MembershipCache;

use crate::world::{Hand, Redis, twice, until};

const TTL: Duration = Duration::from_secs(60);
const CHAT: ChatId = ChatId::new(-1_001_234_567_890);

type Processes = [Arc<dyn MembershipCache>; 2];

fn alone() -> (Processes, Arc<Hand>) {
    let clock = Arc::new(Hand::default());
    (twice(Arc::new(InProcessMembershipCache::new(clock.clone(), TTL))), clock)
}

fn over(redis: &Redis) -> (Processes, Arc<Hand>) {
    let clock = Arc::new(Hand::default());
    let process =
        || -> Arc<dyn MembershipCache> { Arc::new(redis.process().membership_cache(clock.clone(), TTL)) };
    ([process(), process()], clock)
}

/// Both have something to remember by: connecting takes longer than a cache is waited for.
async fn are_reached(processes: [&Arc<dyn MembershipCache>; 2]) {
    let (elsewhere, somebody) = (ChatId::new(-3), UserId::new(9));
    for process in processes {
        until("the cache is reached", async || {
            process.put(elsewhere, somebody, Membership::Member).await;
            process.get(elsewhere, somebody).await.is_some()
        })
        .await;
    }
}

async fn inside_is_believed_longer_than_outside(([one, other], clock): (Processes, Arc<Hand>)) {
    let (inside, outside) = (UserId::new(1), UserId::new(2));
    are_reached([&one, &other]).await;
    one.put(CHAT, inside, Membership::Member).await;
    one.put(CHAT, outside, Membership::Left).await;
    for process in [&one, &other] {
        assert_eq!(process.get(CHAT, inside).await, Some(Membership::Member));
        assert_eq!(process.get(CHAT, outside).await, Some(Membership::Left));
        assert_eq!(process.get(ChatId::new(-2), inside).await, None, "another chat");
    }
    clock.pass(5);
    assert_eq!(other.get(CHAT, outside).await, None);
    clock.pass(54);
    assert_eq!(other.get(CHAT, inside).await, Some(Membership::Member));
    clock.pass(1);
    assert_eq!(other.get(CHAT, inside).await, None);
}

async fn news_replace_what_was_known(([one, other], _): (Processes, Arc<Hand>)) {
    are_reached([&one, &other]).await;
    let user = UserId::new(1);
    let rights = Rights { pin_messages: true, restrict_members: true, ..Rights::NONE };
    for membership in [
        Membership::Creator,
        Membership::Administrator(rights),
        Membership::Member,
        Membership::Restricted { is_member: true },
        Membership::Restricted { is_member: false },
        Membership::Left,
        Membership::Kicked,
    ] {
        one.put(CHAT, user, membership).await;
        assert_eq!(other.get(CHAT, user).await, Some(membership));
    }
    other.forget(CHAT, user).await;
    assert_eq!(one.get(CHAT, user).await, None);
}

#[tokio::test]
async fn inside_is_believed_longer_than_outside_within_a_process() {
    inside_is_believed_longer_than_outside(alone()).await;
}

#[tokio::test]
async fn inside_is_believed_longer_than_outside_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    inside_is_believed_longer_than_outside(over(&redis)).await;
}

#[tokio::test]
async fn news_replace_what_was_known_within_a_process() {
    news_replace_what_was_known(alone()).await;
}

#[tokio::test]
async fn news_replace_what_was_known_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    news_replace_what_was_known(over(&redis)).await;
}

#[tokio::test]
async fn redis_forgets_by_itself() {
    let Some(redis) = Redis::of_the_run() else { return };
    let (clock, user) = (Arc::new(Hand::default()), UserId::new(1));
    let cache = redis.process().membership_cache(clock.clone(), Duration::from_millis(200));
    until("the cache is reached", async || {
        cache.put(CHAT, user, Membership::Member).await;
        cache.get(CHAT, user).await == Some(Membership::Member)
    })
    .await;
    until("the end of the key", async || cache.get(CHAT, user).await.is_none()).await;
    // Somebody else: a Redis that is slow to answer looks like the end of the key above.
    let (nothing, user) = (redis.process().membership_cache(clock, Duration::ZERO), UserId::new(2));
    nothing.put(CHAT, user, Membership::Member).await;
    assert_eq!(nothing.get(CHAT, user).await, None);
}
