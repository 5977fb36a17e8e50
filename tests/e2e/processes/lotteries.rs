//! Three workers at once, one of which dies: what has its time happens at that time, and once.

use std::time::Duration;

use crate::stories::roulette::organizing::states;
use crate::stories::roulette::scheduled::{is_over_once, is_to_come_and_go, joins, only_post};
use crate::world::World;
use crate::world::program::Program;

/// Longer than a worker holds on to a job, and to a notice.
const LEASE: Duration = Duration::from_secs(200);

/// A program that does everything, and two that only work.
async fn three_workers(w: &World) -> Vec<Program> {
    let first = w.another("first", &["run", "--roles", "poller,bot,worker"]).await;
    let second = w.another("second", &["run", "--roles", "worker"]).await;
    let third = w.another("third", &["run", "--roles", "worker"]).await;
    vec![first, second, third]
}

#[tokio::test]
async fn a_scheduled_lottery_is_published_and_drawn_once_by_three_workers() {
    let mut w = World::builder().idle().start().await;
    let workers = three_workers(&w).await;
    let (sara, news) = is_to_come_and_go(&w).await;
    w.passes(Duration::from_secs(3_500)).await;
    w.settles().await;
    assert!(news.posts_of_the_bot(&w).await.is_empty(), "too early");
    sara.looks_away().await;
    w.passes(Duration::from_secs(200)).await;
    sara.sees_button("فتح المنشور").await;
    let layla = joins(&w, &news, "ليلى").await;
    only_post(&w, &news).await;
    assert_eq!(states(&w).await[0].0, "open");
    w.passes(Duration::from_secs(3_700)).await;
    is_over_once(&w, &sara, &news, &layla).await;
    let [one, two, three] = <[_; 3]>::try_from(workers).ok().unwrap();
    w.ends_with([one, two, three]).await;
}

/// Dies there in whichever worker comes by, and the others go on.
async fn one_of_three_dies_at(publication: &str, draw: &str) {
    let mut w = World::builder().idle().start().await;
    w.expected.tolerated.push("another program");
    let mut workers = three_workers(&w).await;
    let (sara, news) = is_to_come_and_go(&w).await;
    sara.looks_away().await;
    w.dies_at(publication);
    w.passes(Duration::from_secs(3_700)).await;
    one_less(&w, &mut workers, 2).await;
    the_living_tell(&w).await;
    w.passes(LEASE).await;
    sara.sees_button("فتح المنشور").await;
    let layla = joins(&w, &news, "ليلى").await;
    w.dies_at(draw);
    w.passes(Duration::from_secs(3_700)).await;
    one_less(&w, &mut workers, 2).await;
    the_living_tell(&w).await;
    w.passes(LEASE).await;
    is_over_once(&w, &sara, &news, &layla).await;
    let [one, two, three] = <[_; 3]>::try_from(workers).ok().unwrap();
    w.ends_with([one, two, three]).await;
}

/// Whatever notice is not in the hands of the dead one has been sent: by a clock that jumps, a lease of the living would
/// seem to have ended as well.
async fn the_living_tell(w: &World) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(3)
        && !w.database.rows::<(i64,)>("SELECT id FROM outbox WHERE state = 'pending'").await.is_empty()
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One of them is dead, and a supervisor starts another in its place.
async fn one_less(w: &World, workers: &mut Vec<Program>, alive: usize) {
    let deadline = std::time::Instant::now() + crate::world::PATIENCE;
    loop {
        let living = workers.iter_mut().filter_map(|worker| worker.is_alive().then_some(())).count();
        if living == alive {
            break;
        }
        assert!(living > alive && std::time::Instant::now() < deadline, "{living} live");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    workers.retain_mut(|worker| worker.is_alive());
    let name = format!("spare-{}", w.now());
    workers.push(w.another(&name, &["run", "--roles", "poller,bot,worker"]).await);
}

#[tokio::test]
async fn one_of_three_workers_dies_with_the_publication_in_hand_and_later_with_the_draw() {
    one_of_three_dies_at("publish.rehearsed", "draw.closed").await;
}

#[tokio::test]
async fn one_of_three_workers_dies_right_after_the_publication_and_after_the_receipt() {
    one_of_three_dies_at("publish.recorded", "draw.drawn").await;
}
