//! When nothing goes wrong any more: everything that was begun comes to its end.

use std::time::{Duration, Instant};

use crate::faults::Saboteur;
use crate::fleet::Fleet;
use crate::lotteries::Ordered;
use crate::stage::Stage;
use crate::world::World;

/// By the time of people; that of the programs is moved on.
const PATIENCE: Duration = Duration::from_secs(200);

/// The leases of jobs and notices, and the pauses after their failures, are minutes long: the clock moves on
/// by so much until nothing is left, at first soon. Each step takes jobs from who has them, so it comes later
/// each time: a job may have to wait a minute for a chat's limit.
const STEP: Duration = Duration::from_secs(200);
const FIRST_PAUSE: Duration = Duration::from_secs(4);

/// Waits until nothing is left to do. What is left when patience ends.
pub async fn drains(
    w: &mut World,
    fleet: &mut Fleet,
    saboteur: &mut Saboteur,
    stage: &Stage,
    ordered: &[Ordered],
) -> Vec<String> {
    let began = Instant::now();
    let (mut moved, mut pause, mut empty) = (Instant::now(), FIRST_PAUSE, false);
    loop {
        fleet.tick().await;
        saboteur.tick(w, fleet).await;
        if saboteur.is_calm() && fleet.is_complete() {
            let left = left(w, stage, ordered).await;
            // What is done may bring something about: looked at twice.
            if left.is_empty() && empty {
                return left;
            }
            empty = left.is_empty();
            if began.elapsed() > PATIENCE {
                return left;
            }
            if !empty && moved.elapsed() > pause {
                saboteur.clock_jumps(STEP, w, stage).await;
                (moved, pause) = (Instant::now(), pause * 2);
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn left(w: &World, stage: &Stage, ordered: &[Ordered]) -> Vec<String> {
    let mut left = Vec::new();
    let stats = w.control.get("/stats").await;
    if stats["bots"][0]["pending"] != 0 {
        left.push(format!("{} updates are still with Telegram", stats["bots"][0]["pending"]));
    }
    let undone = w.database.undone(stage.now()).await;
    left.extend(undone.into_iter().map(|what| what.chars().take(160).collect()));
    // Also those whose taker died, and those that wait for another try: the clock moves on until they come.
    let notices: Vec<(String,)> =
        w.database.rows("SELECT notice FROM outbox WHERE state = 'pending' AND attempts > 0").await;
    left.extend(notices.into_iter().map(|(notice,)| format!("tried, and not sent: {notice}")));
    let states: Vec<(i64, String)> = w.database.rows("SELECT id, state FROM lotteries").await;
    for lottery in ordered {
        let state = states.iter().find(|(id, _)| *id == lottery.id).map(|(_, state)| state.as_str());
        let wanted = if lottery.is_drawn_by_time { "announced" } else { "open" };
        if state != Some(wanted) {
            left.push(format!("lottery {} is {state:?} and not {wanted}", lottery.id));
        }
    }
    let posts: Vec<(i64,)> = w
        .database
        .rows("SELECT lottery_id FROM lottery_counters WHERE has_post AND shown <> participants ORDER BY 1")
        .await;
    left.extend(posts.into_iter().map(|(id,)| format!("the post of lottery {id} shows an older number")));
    left
}
