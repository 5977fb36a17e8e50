//! Floods and failures against a scripted Telegram, in paused time.

use std::collections::VecDeque;
use std::sync::Mutex;

use qura_coordination::{Ceilings, InProcessLimits};
use qura_domain::ids::ChatId;

use super::*;

/// Always the same bytes: jitter of 1/2.
struct Half;

impl Random for Half {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
        if let Some(first) = bytes.first_mut() {
            *first = 0x40;
        }
    }
}

fn flood(secs: u64) -> CallFailure {
    CallFailure::Answered(TelegramError::Flooded(Duration::from_secs(secs)))
}

fn lost() -> CallFailure {
    CallFailure::Lost("502".into())
}

fn not_sent() -> CallFailure {
    CallFailure::NotSent("refused".into())
}

/// Runs an errand whose calls fail as told and then succeed. Returns the result, how many calls were
/// made, and how many milliseconds it took.
async fn run(
    lane: Lane,
    repeatable: bool,
    failures: impl IntoIterator<Item = CallFailure>,
) -> (Result<(), TelegramError>, usize, u128) {
    let errands = Errands::new(Arc::new(InProcessLimits::new(Ceilings::default())), Arc::new(Half));
    let script = Mutex::new(failures.into_iter().collect::<VecDeque<_>>());
    let calls = Mutex::new(0);
    let errand = Errand { lane, path: Path::Chat(ChatId::new(7)), method: "sendMessage", repeatable };
    let begun = Instant::now();
    let result = errands
        .run(errand, || async {
            *calls.lock().unwrap() += 1;
            script.lock().unwrap().pop_front().map_or(Ok(()), Err)
        })
        .await;
    let calls = *calls.lock().unwrap();
    (result, calls, begun.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_waited_out_even_for_what_may_not_be_repeated() {
    assert_eq!(run(Lane::Interactive, false, [flood(7)]).await, (Ok(()), 2, 7_000));
}

#[tokio::test(start_paused = true)]
async fn patience_with_floods_depends_on_the_lane() {
    let wait = |secs| Err(TelegramError::Flooded(Duration::from_secs(secs)));
    let floods = || std::iter::repeat_n(flood(2), 50);
    assert_eq!(run(Lane::Counter, true, floods()).await, (wait(2), 2, 2_000));
    assert_eq!(run(Lane::Notice, false, floods()).await, (wait(2), 3, 4_000));
    assert_eq!(run(Lane::Interactive, false, floods()).await.1, 10);
}

#[tokio::test(start_paused = true)]
async fn a_flood_longer_than_all_patience_comes_back_at_once() {
    let (result, calls, took) = run(Lane::Interactive, false, [flood(61)]).await;
    assert_eq!((calls, took), (1, 0));
    assert_eq!(result, Err(TelegramError::Flooded(Duration::from_secs(61))));
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_repeated_only_when_that_is_safe() {
    let (result, calls, took) = run(Lane::Counter, true, [lost(), lost()]).await;
    assert_eq!((result, calls), (Ok(()), 3));
    assert!((1_120..1_130).contains(&took), "0.25 s and 0.5 s, half as long again: {took} ms");
    let (result, calls, _) = run(Lane::Notice, false, [lost()]).await;
    assert_eq!((result, calls), (Err(TelegramError::Unavailable("502".into())), 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_never_sent_is_always_repeated() {
    assert_eq!(run(Lane::Notice, false, [not_sent(), not_sent()]).await.1, 3);
}

#[tokio::test(start_paused = true)]
async fn attempts_end() {
    let failures = std::iter::repeat_n(not_sent(), 50);
    let (result, calls, _) = run(Lane::Bulk, false, failures).await;
    assert_eq!((result, calls), (Err(TelegramError::Unavailable("refused".into())), 4));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final() {
    let refusal = TelegramError::Refused("message text is empty".into());
    let (result, calls, _) = run(Lane::Notice, true, [CallFailure::Answered(refusal.clone())]).await;
    assert_eq!((result, calls), (Err(refusal), 1));
}
