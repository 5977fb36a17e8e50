//! Who goes when, in paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qura_coordination::{Ceilings, InProcessLimits};
use tokio::task::JoinSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn person(id: i64) -> Path {
    Path::Chat(ChatId::new(id))
}

fn door() -> Arc<Admission> {
    Arc::new(Admission::new(Arc::new(InProcessLimits::new(Ceilings::default()))))
}

/// Admits one request and tells after how many milliseconds.
async fn wait(door: &Admission, lane: Lane, path: Path) -> u128 {
    let begun = Instant::now();
    door.admit(lane, path, begun + SECOND * 3600).await.unwrap();
    begun.elapsed().as_millis()
}

/// Sends to ever new people in a lane, counting those let through, until dropped.
fn flood(tasks: &mut JoinSet<()>, door: &Arc<Admission>, lane: Lane, from: i64) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    for sender in 0..20 {
        let (door, count) = (door.clone(), count.clone());
        tasks.spawn(async move {
            for nth in 0..10_000 {
                wait(&door, lane, person(from + sender * 100_000 + nth)).await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    count
}

#[tokio::test(start_paused = true)]
async fn a_waiting_chat_holds_nobody_up() {
    let door = door();
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let door = door.clone();
        tasks.spawn(async move { wait(&door, Lane::Counter, person(-100)).await });
    }
    sleep(SECOND * 2).await;
    assert_eq!(wait(&door, Lane::Counter, person(-200)).await, 0);
    assert_eq!(wait(&door, Lane::Interactive, person(7)).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_chat_is_served_in_order() {
    let door = door();
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for nth in 0..12 {
        let (door, served) = (door.clone(), served.clone());
        tasks.spawn(async move {
            wait(&door, Lane::Notice, person(7)).await;
            served.lock().unwrap().push(nth);
        });
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    tasks.join_all().await;
    assert_eq!(*served.lock().unwrap(), (0..12).collect::<Vec<_>>());
    assert_eq!(begun.elapsed().as_secs(), 7, "5 at once, then 7 in 7 s");
}

#[tokio::test(start_paused = true)]
async fn bulk_alone_gets_the_whole_ceiling_and_not_more() {
    let door = door();
    let mut tasks = JoinSet::new();
    let bulk = flood(&mut tasks, &door, Lane::Bulk, 1);
    sleep(SECOND * 10).await;
    let sent = bulk.load(Ordering::Relaxed);
    assert!((260..=300).contains(&sent), "{sent} in 10 s");
}

#[tokio::test(start_paused = true)]
async fn counters_have_their_share_under_full_load() {
    let door = door();
    let mut tasks = JoinSet::new();
    let bulk = flood(&mut tasks, &door, Lane::Bulk, 1);
    let notice = flood(&mut tasks, &door, Lane::Notice, 10_000_000);
    sleep(SECOND).await;
    assert!(wait(&door, Lane::Counter, person(-100)).await <= 150, "a single counter goes almost at once");
    let counter = flood(&mut tasks, &door, Lane::Counter, 20_000_000);
    let before = bulk.load(Ordering::Relaxed) + notice.load(Ordering::Relaxed);
    sleep(SECOND * 10).await;
    let counters = counter.load(Ordering::Relaxed);
    let all = counters + bulk.load(Ordering::Relaxed) + notice.load(Ordering::Relaxed) - before;
    assert!(all <= 300, "{all} in 10 s");
    assert!(counters * 10 >= all * 3, "{counters} of {all}");
}

#[tokio::test(start_paused = true)]
async fn answers_to_people_do_not_wait_for_bulk() {
    let door = door();
    let mut tasks = JoinSet::new();
    flood(&mut tasks, &door, Lane::Bulk, 1);
    sleep(SECOND).await;
    assert_eq!(wait(&door, Lane::Interactive, person(7)).await, 0);
    let answers = flood(&mut tasks, &door, Lane::Interactive, 30_000_000);
    sleep(SECOND * 10).await;
    let sent = answers.load(Ordering::Relaxed);
    assert!(sent <= 5_000, "{sent} in 10 s");
}

#[tokio::test(start_paused = true)]
async fn a_refused_chat_rests_alone() {
    let door = door();
    wait(&door, Lane::Interactive, person(7)).await;
    door.refused(Lane::Interactive, person(7), SECOND * 5).await;
    assert_eq!(wait(&door, Lane::Interactive, person(8)).await, 0);
    assert_eq!(wait(&door, Lane::Interactive, person(7)).await, 5_000);
}

#[tokio::test(start_paused = true)]
async fn a_pause_voids_the_slots_that_were_waited_for() {
    let door = door();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let door = door.clone();
        tasks.spawn(async move { wait(&door, Lane::Interactive, person(7)).await });
    }
    tokio::task::yield_now().await;
    door.refused(Lane::Interactive, person(7), SECOND * 20).await;
    let mut waits = tasks.join_all().await;
    waits.sort_unstable();
    assert_eq!(waits[..5], [0; 5], "let through before");
    // They wake in their old slots, find the pause, and line up anew at half the speed.
    assert_eq!(waits[5..], [20_000, 22_000, 24_000]);
}

#[tokio::test(start_paused = true)]
async fn several_refused_chats_in_a_row_rest_their_ceiling() {
    let door = door();
    for chat in 1..=3 {
        wait(&door, Lane::Bulk, person(chat)).await;
        door.refused(Lane::Bulk, person(chat), SECOND * 6).await;
    }
    assert_eq!(wait(&door, Lane::Interactive, person(9)).await, 0, "another ceiling");
    assert_eq!(wait(&door, Lane::Notice, person(9)).await, 6_000);
}

#[tokio::test(start_paused = true)]
async fn who_would_wait_too_long_is_told_at_once() {
    let door = door();
    door.refused(Lane::Notice, person(7), SECOND * 90).await;
    let begun = Instant::now();
    let refusal = door.admit(Lane::Notice, person(7), begun + SECOND * 60).await;
    assert_eq!((refusal, begun.elapsed()), (Err(SECOND * 90), Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn unlimited_methods_are_let_through_until_refused() {
    let door = door();
    let answer = Path::Free("answerCallbackQuery");
    for _ in 0..10_000 {
        assert_eq!(wait(&door, Lane::Interactive, answer).await, 0);
    }
    door.refused(Lane::Interactive, answer, SECOND * 3).await;
    assert_eq!(wait(&door, Lane::Interactive, Path::Free("getChat")).await, 0);
    assert_eq!(wait(&door, Lane::Interactive, answer).await, 3_000);
}
