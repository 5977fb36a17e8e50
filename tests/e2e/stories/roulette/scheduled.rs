//! What has its time, to begin and to end, happens at that time and once, whatever is restarted when.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::Value;

use super::organizing::{asks_no_challenge, begins, code, organizer, schedules, skips_and_fills, states};
use crate::world::{Channel, Person, World};

const TEMPLATE: &str = "سحب مجدول";

/// To be published in an hour, and drawn an hour later.
pub async fn is_to_come_and_go(w: &World) -> (Person, Channel) {
    let (sara, news) = organizer(w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, TEMPLATE).await;
    asks_no_challenge(&sara).await;
    sara.presses("السحب التلقائي").await.is_quiet();
    sara.sees(Msg::RouletteAskDraw).await;
    sara.presses("في وقت محدد").await.is_quiet();
    sara.sees_button("بعد 3 ساعات").await;
    sara.says("بعد ساعتين").await;
    sara.sees_button("السحب التلقائي").await;
    schedules(&sara).await;
    (sara, news)
}

/// The post of the lottery, which is the only one.
pub async fn only_post(w: &World, news: &Channel) -> Value {
    let mut posts = news.posts_of_the_bot(w).await;
    // The result of the draw has buttons as well.
    posts.retain(|post| post["text"].as_str().unwrap().starts_with(TEMPLATE));
    assert_eq!(posts.len(), 1, "{posts:#?}");
    posts.remove(0)
}

/// Published once, drawn once, told once.
pub async fn is_over_once(w: &World, sara: &Person, news: &Channel, winner: &Person) {
    w.comes_true("the draw is told", async || states(w).await[0].0 == "announced").await;
    w.is_all_said().await;
    let receipts: Vec<(i64,)> = w.database.rows("SELECT number FROM draw_receipts").await;
    assert_eq!(receipts.len(), 1);
    let found = w.control.get(&format!("/chats/{}/messages?limit=1000", news.id)).await;
    let says = |post: &&Value| post["text"].as_str().unwrap_or_default().contains("الفائز في السحب");
    assert_eq!(found["messages"].as_array().unwrap().iter().filter(says).count(), 1);
    let code = code(w).await;
    let told = Msg::RoulettePublished { title: "أخبار".into(), code: code.clone() };
    assert_eq!(sara.count(told).await, 1);
    let acts: Vec<String> = w.database.audit().await.into_iter().map(|row| row.action).collect();
    assert_eq!(acts.iter().filter(|act| *act == "lottery.publish").count(), 1, "{acts:?}");
    assert_eq!(winner.count(Msg::DrawWon { code }).await, 1);
    only_post(w, news).await;
}

/// Somebody joins by the post.
pub async fn joins(w: &World, news: &Channel, name: &str) -> Person {
    let person = w.person(name).await;
    person.joins(news).await;
    let post = only_post(w, news).await["id"].as_i64().unwrap();
    let press = person.presses_in(news.id, post, "الاشتراك في السحب").await;
    person.opens(press.pressed["answer"]["url"].as_str().unwrap()).await;
    person.sees_button("انسحاب").await;
    person
}

#[tokio::test]
async fn both_times_pass_by_while_nothing_runs_and_are_made_up_for_once() {
    let mut w = World::open().await;
    let (sara, news) = is_to_come_and_go(&w).await;
    w.settles().await;
    sara.looks_away().await;
    w.program_stops().await;
    w.passes(Duration::from_secs(3_700)).await;
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    w.program_starts();
    sara.sees_button("فتح المنشور").await;
    let layla = joins(&w, &news, "ليلى").await;
    w.settles().await;
    w.program_is_killed();
    w.passes(Duration::from_secs(3_700)).await;
    w.program_starts();
    is_over_once(&w, &sara, &news, &layla).await;
    // Later, and after another start, nothing of it comes again.
    w.program_stops().await;
    w.passes(Duration::from_secs(7_200)).await;
    w.program_starts();
    w.passes(Duration::from_secs(120)).await;
    // It is up again.
    w.member("منى").await;
    is_over_once(&w, &sara, &news, &layla).await;
    w.ends().await;
}

#[tokio::test]
async fn restarted_between_its_times_and_right_at_them_it_begins_and_ends_once() {
    let mut w = World::open().await;
    let (sara, news) = is_to_come_and_go(&w).await;
    w.program_is_killed();
    w.program_starts();
    w.passes(Duration::from_secs(3_500)).await;
    w.settles().await;
    assert!(news.posts_of_the_bot(&w).await.is_empty(), "too early");
    sara.looks_away().await;
    w.passes(Duration::from_secs(200)).await;
    w.program_stops().await;
    w.program_starts();
    sara.sees_button("فتح المنشور").await;
    let layla = joins(&w, &news, "ليلى").await;
    w.program_stops().await;
    w.program_starts();
    w.passes(Duration::from_secs(3_000)).await;
    assert_eq!(states(&w).await[0].0, "open", "too early");
    w.passes(Duration::from_secs(700)).await;
    w.program_stops().await;
    w.program_starts();
    w.passes(Duration::from_secs(60)).await;
    is_over_once(&w, &sara, &news, &layla).await;
    w.ends().await;
}
