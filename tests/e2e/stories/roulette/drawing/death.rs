//! kill -9 between any two steps: one draw, one receipt, and at most one message twice.

use std::collections::HashMap;
use std::time::Duration;

use crate::world::World;
use crate::world::draw::DrawPlan;

/// Longer than a worker holds on to a job, and to a notice.
const LEASE: Duration = Duration::from_secs(200);

/// Everywhere between what is written and what is said, without a beacon.
const POINTS: [&str; 14] = [
    "draw.closing",
    "draw.closed",
    "draw.rooting",
    "draw.rooted",
    "draw.frozen",
    "draw.posted",
    "draw.told",
    "draw.looked",
    "draw.concluding",
    "draw.drawn",
    "draw.telling",
    "draw.announcing",
    "draw.announced",
    "draw.walked",
];

async fn a_draw_that_dies_at(point: &str) {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).winners(2, 1).ordered(&w).await;
    w.dies_at(point);
    w.program_starts();
    // With few candidates, the walk ends with its first batch.
    if point != "draw.walked" {
        w.died_and_starts_again().await;
        // The lease of the dead is over.
        w.passes(LEASE).await;
    }
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 1, "{point}");
    let mut said: HashMap<(i64, String), usize> = HashMap::new();
    for call in w.control.calls("sendMessage").await {
        let text = call["params"]["text"].as_str().unwrap().to_owned();
        // Menus are answers to /start, which the death may repeat as well.
        let is_of_the_draw = call["chat"] == lottery.channel.id || text.contains(&lottery.code);
        if !is_of_the_draw {
            continue;
        }
        *said.entry((call["chat"].as_i64().unwrap(), text)).or_default() += 1;
    }
    let repeats: usize = said.values().map(|times| times - 1).sum();
    assert!(repeats <= 1, "{point}: {said:#?}");
    w.ends().await;
}

macro_rules! deaths {
    ($($name:ident: $points:expr,)+) => {
        $(#[tokio::test]
        async fn $name() {
            for point in &POINTS[$points] {
                a_draw_that_dies_at(point).await;
            }
        })+
    };
}

deaths! {
    a_death_before_the_freeze_is_kept: 0..4,
    a_death_around_the_post_of_the_freeze: 4..7,
    a_death_around_the_receipt: 7..10,
    a_death_around_the_announcement: 10..14,
}
