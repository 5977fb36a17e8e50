//! Limits: two processes keep them together, use them, and pause together.

use std::sync::Arc;
use std::time::Duration;

use qura_coordination::{Ceilings, InProcessLimits, Quota};
use qura_domain::ids::ChatId;
use qura_ports::coordination::{Limit, Limits, Slot, TooLate};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::world::{Redis, Server, twice, until};

const SECOND: Duration = Duration::from_secs(1);
const FAR: Duration = Duration::from_secs(3_600);
const GROUP: Limit = Limit::Chat(ChatId::new(-100));
const PERSON: Limit = Limit::Chat(ChatId::new(7));

type Processes = [Arc<dyn Limits>; 2];

fn alone(ceilings: Ceilings) -> Processes {
    twice(Arc::new(InProcessLimits::new(ceilings)))
}

fn over(redis: &Redis, ceilings: Ceilings) -> Processes {
    [Arc::new(redis.process().limits(ceilings)), Arc::new(redis.process().limits(ceilings))]
}

/// Between which moments a slot lies; the time of the call is not known better.
type When = (Instant, Instant);

/// Both processes send as much as they can in so long, each as several tasks.
async fn rush(processes: &Processes, limit: Limit, tasks: usize, span: Duration) -> Vec<When> {
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for process in processes.iter().cycle().take(tasks * 2) {
        let (process, limit) = (process.clone(), limit.clone());
        senders.spawn(async move {
            let mut slots = Vec::new();
            loop {
                let before = Instant::now();
                let Slot { wait, .. } = process.reserve(std::slice::from_ref(&limit), FAR).await.unwrap();
                let slot = (before + wait, Instant::now() + wait);
                if slot.1 > begun + span {
                    return slots;
                }
                slots.push(slot);
                sleep(wait).await;
                tokio::task::yield_now().await;
            }
        });
    }
    senders.join_all().await.concat()
}

/// The most slots that surely lie within one span of `period`.
fn most_within(slots: &[When], period: Duration) -> usize {
    let within = |from: Instant| {
        slots.iter().filter(|(earliest, latest)| *earliest >= from && *latest < from + period).count()
    };
    slots.iter().map(|(from, _)| within(*from)).max().unwrap_or(0)
}

/// Limits of one second, so that a test need not take a minute, and with bursts.
fn quick() -> Ceilings {
    let (group, broadcast) = (Quota::within(20, SECOND, 2), Quota::within(30, SECOND, 3));
    Ceilings { group, broadcast, ..Ceilings::default() }
}

/// Never more than `a_second`, and at least `percent` of all that there is in so many `seconds`. A machine that stands
/// still for a moment loses slots, so there are three tries to use them.
async fn is_kept_and_used(
    processes: &Processes,
    limit: Limit,
    tasks: usize,
    a_second: usize,
    seconds: u32,
    percent: usize,
) {
    let mut used = Vec::new();
    for _ in 0..3 {
        let slots = rush(processes, limit.clone(), tasks, SECOND * seconds).await;
        let most = most_within(&slots, SECOND);
        assert!(most <= a_second, "{most} within a second");
        used.push(slots.len());
        if slots.len() * 100 >= a_second * seconds as usize * percent {
            return;
        }
    }
    panic!("{used:?} in {seconds} seconds");
}

async fn a_limit_is_kept_and_used(processes: Processes, limit: Limit, a_second: usize, tasks: usize) {
    is_kept_and_used(&processes, limit, tasks, a_second, 2, 90).await;
}

/// Takes slots until the next one is too far ahead for a busy machine to catch up with it. How far the last was.
async fn is_far_ahead(process: &Arc<dyn Limits>, limit: Limit) -> Duration {
    loop {
        let Slot { wait, .. } = process.reserve(std::slice::from_ref(&limit), FAR).await.unwrap();
        if wait > SECOND / 2 {
            return wait;
        }
    }
}

async fn a_slot_is_not_held_while_waiting_for_another([one, other]: Processes) {
    let both = [GROUP, Limit::Broadcast];
    assert_eq!(one.reserve(&both, FAR).await, Ok(Slot { wait: Duration::ZERO, taken: 2 }));
    other.reserve(&both, FAR).await.unwrap();
    is_far_ahead(&other, GROUP).await;
    let Slot { wait, taken } = one.reserve(&both, FAR).await.unwrap();
    assert!(taken == 1 && !wait.is_zero(), "the group waits: {taken}, {wait:?}");
    let elsewhere = [Limit::Chat(ChatId::new(-200)), Limit::Broadcast];
    assert_eq!(other.reserve(&elsewhere, FAR).await.unwrap().taken, 2, "and took nothing of the ceiling");
    is_far_ahead(&other, Limit::Broadcast).await;
    let another = [Limit::Chat(ChatId::new(-300)), Limit::Broadcast];
    assert_eq!(one.reserve(&another, FAR).await, Ok(Slot { wait: Duration::ZERO, taken: 1 }));
}

async fn a_slot_that_comes_too_late_is_not_taken([one, other]: Processes) {
    let wait = is_far_ahead(&one, GROUP).await;
    let begun = Instant::now();
    for _ in 0..100 {
        // On a busy machine its time comes before the hundredth call.
        if begun.elapsed() > wait / 2 {
            break;
        }
        let refusal = other.reserve(&[GROUP, Limit::Broadcast], Duration::from_millis(5)).await;
        assert!(matches!(refusal, Err(TooLate { .. })), "{refusal:?}");
    }
    let next = one.reserve(&[GROUP], FAR).await.unwrap().wait;
    assert!(next < wait + SECOND / 10, "{next:?} after {wait:?}");
}

async fn pauses_are_kept_by_all([one, other]: Processes) {
    for limit in [GROUP, PERSON, Limit::Broadcast, Limit::Interactive, Limit::Method("ask".into())] {
        one.pause(&limit, SECOND * 2).await;
        assert!(one.is_paused(&limit));
        // Told again, because at first the other may not listen yet.
        until("news of a pause", async || {
            one.pause(&limit, SECOND * 2).await;
            other.is_paused(&limit)
        })
        .await;
        for process in [&one, &other] {
            let refusal = process.reserve(std::slice::from_ref(&limit), SECOND).await;
            assert!(matches!(refusal, Err(TooLate { wait }) if wait <= SECOND * 2), "{limit:?}: {refusal:?}");
        }
    }
    assert!(!other.is_paused(&Limit::Chat(ChatId::new(8))));
    let group = other.reserve(&[GROUP], FAR).await.unwrap().wait;
    sleep(group).await;
    // Who heard of the pause late ends it as much later.
    until("the end of the pause", async || !other.is_paused(&GROUP) && !one.is_paused(&GROUP)).await;
}

async fn a_flood_slows_all([one, other]: Processes) {
    one.pause(&GROUP, SECOND).await;
    // Of the same flood: slows no further.
    other.pause(&GROUP, SECOND).await;
    let mut slots: Vec<When> = Vec::new();
    for process in [&one, &other, &one] {
        let before = Instant::now();
        let Slot { wait, .. } = process.reserve(&[GROUP], FAR).await.unwrap();
        slots.push((before + wait, Instant::now() + wait));
    }
    // Unhurried, one comes each 53 ms.
    for (earlier, later) in slots.iter().zip(slots.iter().skip(1)) {
        let (least, most) = (later.0.duration_since(earlier.1), later.1.duration_since(earlier.0));
        assert!(least.as_millis() < 150 && most.as_millis() >= 70, "{least:?} to {most:?}");
    }
}

macro_rules! stories {
    ($($name:ident: $story:expr;)*) => {
        mod within_a_process {
            use super::*;
            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                let story = $story;
                story(alone(quick())).await;
            })*
        }

        mod over_redis {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                let Some(redis) = Redis::of_the_run() else { return };
                let story = $story;
                story(over(&redis, quick())).await;
            })*
        }
    };
}

stories! {
    the_ceiling_of_answers: |processes| a_limit_is_kept_and_used(processes, Limit::Interactive, 500, 16);
    the_ceiling_of_broadcasts: |processes| a_limit_is_kept_and_used(processes, Limit::Broadcast, 30, 4);
    the_limit_of_a_group: |processes| a_limit_is_kept_and_used(processes, GROUP, 20, 4);
    no_slot_is_held_while_waiting_for_another: a_slot_is_not_held_while_waiting_for_another;
    no_slot_is_taken_that_comes_too_late: a_slot_that_comes_too_late_is_not_taken;
    a_pause_is_kept_by_all: pauses_are_kept_by_all;
    a_flood_makes_all_slower: a_flood_slows_all;
}

/// A part of the ceiling that is not used is time that a bulk send takes longer.
async fn the_whole_ceiling_is_used(processes: Processes) {
    is_kept_and_used(&processes, Limit::Broadcast, 4, 30, 4, 95).await;
}

#[tokio::test(start_paused = true)]
async fn a_bulk_send_of_one_process_uses_the_whole_ceiling() {
    the_whole_ceiling_is_used(alone(Ceilings::default())).await;
}

#[tokio::test]
async fn a_bulk_send_of_two_processes_uses_the_whole_ceiling() {
    let Some(redis) = Redis::of_the_run() else { return };
    the_whole_ceiling_is_used(over(&redis, Ceilings::default())).await;
}

#[tokio::test]
async fn answers_do_not_ask_redis_one_by_one() {
    let Some(server) = Server::start().await else { return };
    let processes = over(&server.redis, quick());
    let slots = rush(&processes, Limit::Interactive, 16, SECOND).await;
    let calls = server.calls("evalsha").await;
    assert!(calls > 0 && slots.len() > calls * 5, "{calls} calls for {} answers", slots.len());
}
