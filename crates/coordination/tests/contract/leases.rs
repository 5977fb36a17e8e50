//! Leases and groups: who does what, among several processes.

use std::time::Duration;

use qura_coordination::InProcessLeases;
use qura_ports::coordination::Leases;
use tokio::time::sleep;

use crate::world::{Redis, until};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(150);

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn holds(process: &dyn Leases, name: &str, ttl: Duration) -> bool {
    process.hold(&names(&[name]), ttl).await.unwrap() == [true]
}

async fn a_process_alone_gets_everything(process: &dyn Leases) {
    let all = names(&["a", "b", "c"]);
    assert_eq!(process.hold(&all, LONG).await.unwrap(), [true; 3]);
    assert_eq!(process.hold(&all, LONG).await.unwrap(), [true; 3], "renewed");
    assert!(process.hold(&[], LONG).await.unwrap().is_empty());
    process.release(&all).await.unwrap();
    process.release(&all).await.unwrap();
    assert_eq!(process.hold(&all, LONG).await.unwrap(), [true; 3]);
    for _ in 0..2 {
        assert_eq!(process.join("bots", LONG).await.unwrap(), [process.me()]);
    }
    process.leave("bots").await.unwrap();
    process.leave("bots").await.unwrap();
}

#[tokio::test]
async fn a_process_alone_gets_everything_within_itself() {
    a_process_alone_gets_everything(&InProcessLeases).await;
}

#[tokio::test]
async fn a_process_alone_gets_everything_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    a_process_alone_gets_everything(&redis.process().leases()).await;
}

#[tokio::test]
async fn everyone_sees_how_long_a_lease_runs() {
    assert_eq!(InProcessLeases.left("a").await.unwrap(), None);
    let Some(redis) = Redis::of_the_run() else { return };
    let [one, other] = [redis.process().leases(), redis.process().leases()];
    assert_eq!(other.left("seen").await.unwrap(), None);
    assert!(holds(&one, "seen", LONG).await);
    for process in [&one, &other] {
        let left = process.left("seen").await.unwrap().unwrap();
        assert!(left <= LONG && left > LONG / 2, "{left:?}");
    }
    one.release(&names(&["seen"])).await.unwrap();
    assert_eq!(other.left("seen").await.unwrap(), None);
}

#[tokio::test]
async fn only_one_process_holds_a_lease() {
    let Some(redis) = Redis::of_the_run() else { return };
    let [one, other] = [redis.process().leases(), redis.process().leases()];
    assert_ne!(one.me(), other.me());
    assert_eq!(one.hold(&names(&["a", "b"]), LONG).await.unwrap(), [true, true]);
    assert_eq!(other.hold(&names(&["c", "b", "d"]), LONG).await.unwrap(), [true, false, true]);
    other.release(&names(&["a", "b", "c"])).await.unwrap();
    let third = redis.process().leases();
    assert_eq!(
        third.hold(&names(&["a", "b", "c", "d"]), LONG).await.unwrap(),
        [false, false, true, false],
        "each gives back its own only"
    );
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_lost() {
    let Some(redis) = Redis::of_the_run() else { return };
    let [one, other] = [redis.process().leases(), redis.process().leases()];
    assert!(holds(&one, "a", SHORT).await);
    until("the end of the lease", async || holds(&other, "a", LONG).await).await;
    assert!(!holds(&one, "a", LONG).await);
    other.release(&names(&["a"])).await.unwrap();
    assert!(holds(&one, "a", LONG).await);
}

#[tokio::test]
async fn a_lease_that_is_renewed_does_not_run_out() {
    let Some(redis) = Redis::of_the_run() else { return };
    let [one, other] = [redis.process().leases(), redis.process().leases()];
    assert!(holds(&one, "a", SHORT).await);
    assert!(holds(&one, "a", LONG).await);
    sleep(SHORT * 2).await;
    assert!(!holds(&other, "a", LONG).await);
}

#[tokio::test]
async fn many_processes_share_many_leases_without_two_on_one() {
    let Some(redis) = Redis::of_the_run() else { return };
    let all: Vec<String> = (0..33).map(|partition| format!("partition {partition}")).collect();
    let processes: Vec<_> = (0..5).map(|_| redis.process().leases()).collect();
    let held = futures::future::join_all(processes.iter().map(|process| process.hold(&all, LONG))).await;
    for (place, name) in all.iter().enumerate() {
        let holders = held.iter().filter(|held| held.as_ref().unwrap()[place]).count();
        assert_eq!(holders, 1, "{name}");
    }
}

#[tokio::test]
async fn a_group_knows_who_takes_part() {
    let Some(redis) = Redis::of_the_run() else { return };
    let [one, other] = [redis.process().leases(), redis.process().leases()];
    let mut both = names(&[one.me(), other.me()]);
    both.sort();
    assert_eq!(one.join("bots", LONG).await.unwrap(), [one.me()]);
    assert_eq!(other.join("bots", SHORT).await.unwrap(), both);
    assert_eq!(other.join("workers", LONG).await.unwrap(), [other.me()], "another group");
    assert_eq!(one.join("bots", LONG).await.unwrap(), both);
    until("the end of a member", async || one.join("bots", LONG).await.unwrap() == [one.me()]).await;
    assert_eq!(other.join("bots", LONG).await.unwrap(), both);
    one.leave("bots").await.unwrap();
    assert_eq!(other.join("bots", LONG).await.unwrap(), [other.me()]);
}

#[tokio::test]
async fn bots_with_other_prefixes_do_not_meet() {
    let (Some(redis), Some(another)) = (Redis::of_the_run(), Redis::of_the_run()) else { return };
    let [one, other] = [redis.process().leases(), another.process().leases()];
    assert!(holds(&one, "a", LONG).await && holds(&other, "a", LONG).await);
    assert_eq!(one.join("bots", LONG).await.unwrap(), [one.me()]);
    assert_eq!(other.join("bots", LONG).await.unwrap(), [other.me()]);
}
