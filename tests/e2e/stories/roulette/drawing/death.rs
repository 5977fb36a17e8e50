//! kill -9 between any two steps, without a beacon and with it: one draw, one receipt, and at most one
//! message twice.

use std::time::Duration;

use super::beacon::{before_the_first_round_by, is_frozen};
use super::once::is_said_once;
use crate::world::beacon::{FIRST, time_of};
use crate::world::draw::{DrawPlan, OpenLottery};
use crate::world::{PATIENCE, World};

/// Longer than a worker holds on to a job, and to a notice.
pub const LEASE: Duration = Duration::from_secs(200);

/// Longer than it holds on to a job, and short enough for the freeze of a round to be posted in time.
const LEASE_OF_A_JOB: Duration = Duration::from_secs(60);

/// Everywhere between what is written and what is said, without a beacon.
const POINTS: [&str; 15] = [
    "draw.closing",
    "draw.closed",
    "draw.rooting",
    "draw.rooted",
    "draw.frozen",
    "draw.posted",
    "draw.told",
    "draw.beginning",
    "draw.begun",
    "draw.looked",
    "draw.concluding",
    "draw.drawn",
    "draw.telling",
    "draw.announcing",
    "draw.announced",
];

/// The same with a beacon: before a round is named, while it is awaited, and after it.
const BEFORE_A_ROUND: [&str; 4] = ["draw.closing", "draw.closed", "draw.rooting", "draw.rooted"];
const BEFORE_THE_BEACON: [&str; 3] = ["draw.frozen", "draw.posted", "draw.told"];
const AFTER_THE_BEACON: [&str; 8] = [
    "draw.beaconing",
    "draw.beaconed",
    "draw.looked",
    "draw.concluding",
    "draw.drawn",
    "draw.telling",
    "draw.announcing",
    "draw.announced",
];

/// Where so many candidates were skipped that those who are looked at together were not enough.
const ON_THE_WAY: &str = "draw.walked";

/// How many are (`crates/app/src/draws/walking.rs`).
const TOGETHER: usize = 50;

async fn is_drawn_once(w: World, lottery: &OpenLottery, point: &str) {
    w.is_announced(lottery).await;
    assert_eq!(w.documents(lottery).await.len(), 1, "{point}");
    is_said_once(&w, lottery, point).await;
    w.ends().await;
}

async fn dies_and_goes_on(w: &mut World, lease: Duration) {
    w.died_and_starts_again().await;
    w.passes(lease).await;
}

/// The time passes before it starts again, so that it finds the clock where it will stand.
async fn is_dead_for(w: &mut World, time: Duration) {
    let status = w.program_ends_within(PATIENCE).await;
    assert!(status.code().is_none(), "it ended in another way: {status}");
    w.passes(time).await;
    w.program_starts();
}

async fn a_draw_that_dies_at(point: &str) {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).winners(2, 1).ordered(&w).await;
    w.dies_at(point);
    w.program_starts();
    dies_and_goes_on(&mut w, LEASE).await;
    is_drawn_once(w, &lottery, point).await;
}

async fn a_draw_by_the_beacon_that_dies_before_it_at(point: &str) {
    let is_named = !BEFORE_A_ROUND.contains(&point);
    let later = if is_named { Duration::ZERO } else { LEASE_OF_A_JOB };
    let (mut w, relay) = before_the_first_round_by(later).await;
    let lottery = DrawPlan::among(5).by_beacon().winners(2, 1).ordered(&w).await;
    w.dies_at(point);
    w.program_starts();
    is_dead_for(&mut w, LEASE_OF_A_JOB).await;
    is_frozen(&w, &lottery, 0).await;
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(122)).await;
    is_drawn_once(w, &lottery, point).await;
}

async fn a_draw_by_the_beacon_that_dies_after_it_at(point: &str, leavers: usize) {
    let (mut w, relay) = before_the_first_round_by(Duration::ZERO).await;
    let people = leavers.max(3) + 2;
    let lottery = DrawPlan::among(people).by_beacon().winners(2, 1).ordered(&w).await;
    for person in &lottery.people[..leavers] {
        person.leaves(&lottery.channel).await;
    }
    w.dies_at(point);
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(122)).await;
    dies_and_goes_on(&mut w, LEASE).await;
    is_drawn_once(w, &lottery, point).await;
}

macro_rules! deaths {
    ($($name:ident: $dies:ident, $points:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            for point in $points {
                $dies(point).await;
            }
        })+
    };
}

async fn after_the_beacon(point: &str) {
    a_draw_by_the_beacon_that_dies_after_it_at(point, 0).await;
}

deaths! {
    a_death_before_the_freeze_is_kept: a_draw_that_dies_at, &POINTS[..4];
    a_death_around_the_post_of_the_freeze: a_draw_that_dies_at, &POINTS[4..9];
    a_death_around_the_receipt: a_draw_that_dies_at, &POINTS[9..12];
    a_death_around_the_announcement: a_draw_that_dies_at, &POINTS[12..];
    a_death_before_a_round_is_named: a_draw_by_the_beacon_that_dies_before_it_at, BEFORE_A_ROUND;
    a_death_before_the_beacon_is_there: a_draw_by_the_beacon_that_dies_before_it_at, BEFORE_THE_BEACON;
    a_death_around_the_beacon: after_the_beacon, &AFTER_THE_BEACON[..4];
    a_death_after_the_beacon: after_the_beacon, &AFTER_THE_BEACON[4..];
}

#[tokio::test]
async fn a_death_while_candidates_are_looked_at() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(TOGETHER + 2).winners(2, 1).ordered(&w).await;
    for person in &lottery.people[..TOGETHER] {
        person.leaves(&lottery.channel).await;
    }
    w.dies_at(ON_THE_WAY);
    w.program_starts();
    dies_and_goes_on(&mut w, LEASE).await;
    is_drawn_once(w, &lottery, ON_THE_WAY).await;
    a_draw_by_the_beacon_that_dies_after_it_at(ON_THE_WAY, TOGETHER).await;
}

/// The freeze was kept, and then the program was away until it was too late to post it.
#[tokio::test]
async fn a_freeze_that_was_never_posted_is_made_again_and_both_are_listed() {
    let (mut w, relay) = before_the_first_round_by(LEASE).await;
    let lottery = DrawPlan::among(4).by_beacon().ordered(&w).await;
    w.dies_at("draw.frozen");
    w.program_starts();
    is_dead_for(&mut w, LEASE).await;
    is_frozen(&w, &lottery, 1).await;
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(122)).await;
    w.is_announced(&lottery).await;
    let value: serde_json::Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    assert_eq!(value["freezes"].as_array().unwrap().len(), 2, "{value}");
    assert!(value["freezes"][0]["post"].is_null(), "{value}");
    assert_eq!(value["beacon"]["round"], FIRST);
    is_drawn_once(w, &lottery, "draw.frozen").await;
}
