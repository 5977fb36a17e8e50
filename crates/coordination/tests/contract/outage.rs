//! Redis is emptied, killed and started again: processes go on without, and with it afterwards.

use std::sync::Arc;
use std::time::Duration;

use qura_coordination::{Ceilings, Quota};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::Membership;
use qura_ports::coordination::{Leases, Limit, Limits, MembershipCache, Topic, WakeUps};
use tokio::time::{Instant, timeout};

use crate::wakeups::meet;
use crate::world::{Hand, Server, until};

const LONG: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(3);
const CHAT: ChatId = ChatId::new(-100);
const USER: UserId = UserId::new(7);

fn partition() -> Vec<String> {
    vec!["partition".to_owned()]
}

#[tokio::test]
async fn all_works_on_when_redis_is_emptied() {
    let Some(server) = Server::start().await else { return };
    let [one, other] = [server.redis.process(), server.redis.process()];
    let [first, second] = [one.leases(), other.leases()];
    let bursts = Ceilings { broadcast: Quota::within(30, Duration::from_secs(1), 3), ..Ceilings::default() };
    let limits = one.limits(bursts);
    let cache = one.membership_cache(Arc::new(Hand::default()), LONG);
    assert_eq!(first.hold(&partition(), LONG).await, Ok(vec![true]));
    first.join("bots", LONG).await.unwrap();
    cache.put(CHAT, USER, Membership::Member).await;
    while limits.reserve(&[Limit::Broadcast], LONG).await.unwrap().wait.is_zero() {}

    server.redis.run::<()>(&["FLUSHALL"]).await;
    server.redis.run::<()>(&["SCRIPT", "FLUSH"]).await;

    assert_eq!(second.hold(&partition(), LONG).await, Ok(vec![true]), "the lease is free");
    assert_eq!(first.hold(&partition(), LONG).await, Ok(vec![false]), "and has one holder");
    assert_eq!(second.join("bots", LONG).await.unwrap(), [second.me()]);
    assert_eq!(first.join("bots", LONG).await.unwrap().len(), 2);
    assert_eq!(cache.get(CHAT, USER).await, None);
    cache.put(CHAT, USER, Membership::Left).await;
    assert_eq!(cache.get(CHAT, USER).await, Some(Membership::Left));
    assert!(limits.reserve(&[Limit::Broadcast], LONG).await.unwrap().wait.is_zero(), "the burst is back");
}

#[tokio::test]
async fn all_works_on_when_redis_dies_and_comes_back() {
    let Some(mut server) = Server::start().await else { return };
    let [one, other] = [server.redis.process(), server.redis.process()];
    let (leases, clock) = (one.leases(), Arc::new(Hand::default()));
    let cache = one.membership_cache(clock, LONG);
    let [limits, others] = [one.limits(Ceilings::default()), other.limits(Ceilings::default())];
    let [bell, elsewhere] = [one.wakeups(), other.wakeups()];
    meet(&bell, &elsewhere).await;
    assert_eq!(leases.hold(&partition(), LONG).await, Ok(vec![true]));
    cache.put(CHAT, USER, Membership::Member).await;

    server.kill().await;
    let begun = Instant::now();
    assert!(leases.hold(&partition(), LONG).await.is_err());
    assert!(leases.join("bots", LONG).await.is_err());
    assert!(one.check().await.is_err());
    assert_eq!(cache.get(CHAT, USER).await, None);
    cache.put(CHAT, USER, Membership::Member).await;
    cache.forget(CHAT, USER).await;
    bell.wake(Topic::Jobs).await;
    timeout(SOON, bell.wait(Topic::Jobs, LONG)).await.expect("its own wake-ups are heard");
    let mut sent = 0;
    for limit in [Limit::Chat(CHAT), Limit::Broadcast, Limit::Interactive, Limit::Chat(USER.chat())] {
        while limits.reserve(std::slice::from_ref(&limit), LONG).await.unwrap().wait.is_zero() {
            sent += 1;
        }
    }
    assert!((4..40).contains(&sent), "a part of the limits is kept alone: {sent}");
    limits.pause(&Limit::Broadcast, Duration::from_secs(2)).await;
    assert!(limits.is_paused(&Limit::Broadcast));
    assert!(begun.elapsed() < SOON * 2, "nothing waits for long: {:?}", begun.elapsed());

    server.restart().await;
    until("a lease", async || leases.hold(&partition(), LONG).await == Ok(vec![true])).await;
    assert_eq!(other.leases().hold(&partition(), LONG).await, Ok(vec![false]));
    until("what was remembered", async || {
        cache.put(CHAT, USER, Membership::Member).await;
        cache.get(CHAT, USER).await.is_some()
    })
    .await;
    meet(&bell, &elsewhere).await;
    until("a pause that others hear of", async || {
        limits.pause(&Limit::Chat(CHAT), Duration::from_secs(1)).await;
        others.is_paused(&Limit::Chat(CHAT))
    })
    .await;
    let slots =
        async |limits: &dyn Limits| limits.reserve(&[Limit::Chat(ChatId::new(-5))], LONG).await.unwrap();
    while slots(&limits).await.wait.is_zero() {}
    assert!(!slots(&others).await.wait.is_zero(), "limits are shared again");
}
