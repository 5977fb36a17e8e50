//! Wake-ups: who waits is woken, in every process.

use std::sync::Arc;
use std::time::Duration;

use qura_coordination::InProcessWakeUps;
use qura_ports::coordination::{Topic, WakeUps};
use tokio::time::{Instant, sleep};

use crate::world::{Redis, twice, until};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(50);

type Processes = [Arc<dyn WakeUps>; 2];

/// Whether somebody rang before the time was over.
async fn is_woken(process: &dyn WakeUps, topic: Topic, at_most: Duration) -> bool {
    let begun = Instant::now();
    process.wait(topic, at_most).await;
    begun.elapsed() < at_most
}

/// Waits until the processes hear each other, and until nothing is left to be heard.
pub async fn meet(one: &dyn WakeUps, other: &dyn WakeUps) {
    for (speaker, listener) in [(one, other), (other, one)] {
        until("a wake-up from another process", async || {
            speaker.wake(Topic::Updates).await;
            is_woken(listener, Topic::Updates, SHORT).await
        })
        .await;
    }
    for process in [one, other] {
        for topic in Topic::ALL {
            while is_woken(process, topic, SHORT).await {}
        }
    }
}

async fn whoever_waits_is_woken([one, other]: Processes) {
    meet(&*one, &*other).await;
    let waiters: Vec<_> = (0..3)
        .flat_map(|_| [one.clone(), other.clone()])
        .map(|process| tokio::spawn(async move { is_woken(&*process, Topic::Jobs, LONG).await }))
        .collect();
    let other_topic = tokio::spawn({
        let other = other.clone();
        async move { is_woken(&*other, Topic::Outbox, Duration::from_millis(500)).await }
    });
    sleep(SHORT).await;
    one.wake(Topic::Jobs).await;
    for waiter in waiters {
        assert!(waiter.await.unwrap());
    }
    assert!(!other_topic.await.unwrap(), "another topic sleeps on");
}

async fn a_wake_up_is_kept_for_the_next([one, other]: Processes) {
    meet(&*one, &*other).await;
    one.wake(Topic::Settings).await;
    assert!(is_woken(&*other, Topic::Settings, LONG).await);
}

async fn a_process_wakes_itself_once([one, other]: Processes) {
    meet(&*one, &*other).await;
    one.wake(Topic::Settings).await;
    assert!(is_woken(&*one, Topic::Settings, LONG).await);
    assert!(!is_woken(&*one, Topic::Settings, Duration::from_millis(200)).await, "it hears itself again");
}

fn alone() -> Processes {
    twice(Arc::new(InProcessWakeUps::default()))
}

fn over(redis: &Redis) -> Processes {
    [Arc::new(redis.process().wakeups()), Arc::new(redis.process().wakeups())]
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_woken_within_a_process() {
    whoever_waits_is_woken(alone()).await;
}

#[tokio::test]
async fn whoever_waits_is_woken_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    whoever_waits_is_woken(over(&redis)).await;
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_is_kept_for_the_next_within_a_process() {
    a_wake_up_is_kept_for_the_next(alone()).await;
}

#[tokio::test]
async fn a_wake_up_is_kept_for_the_next_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    a_wake_up_is_kept_for_the_next(over(&redis)).await;
}

#[tokio::test(start_paused = true)]
async fn a_process_wakes_itself_once_within_a_process() {
    a_process_wakes_itself_once(alone()).await;
}

#[tokio::test]
async fn a_process_wakes_itself_once_over_redis() {
    let Some(redis) = Redis::of_the_run() else { return };
    a_process_wakes_itself_once(over(&redis)).await;
}
