//! One person who writes faster than they can be answered: Telegram takes a message a second for each.

use std::time::{Duration, Instant};

use qura_i18n::Msg;

use crate::world::World;

/// More than the program takes in hand with the concurrency of this story.
const WRITTEN: usize = 600;
const CONCURRENCY: &str = "4";

#[tokio::test]
async fn nobody_waits_for_one_who_writes_without_end() {
    let mut w = World::builder().idle().start().await;
    w.launch = w.launch.clone().with("BOT_CONCURRENCY", CONCURRENCY);
    w.program_starts();
    let (busy, sara) = (w.member("مستعجل").await, w.person("سارة").await);
    for _ in 0..WRITTEN {
        busy.says("/help").await;
    }
    let asked = Instant::now();
    sara.starts().await;
    sara.sees(sara.menu()).await;
    assert!(asked.elapsed() < Duration::from_secs(5), "she waited for {:?}", asked.elapsed());
    // Nothing of theirs is lost, and what they see at the end is the answer to what they wrote last.
    w.settles().await;
    let answers = busy.count(Msg::HelpText).await;
    assert!((1..60).contains(&answers), "{answers} of {WRITTEN} were answered in full");
    let last = busy.chat().await.pop().unwrap();
    assert_eq!(last.text, Msg::HelpText.plain(Default::default()));
    assert!(!last.rows.is_empty(), "the last screen has its buttons");
    w.ends().await;
}
