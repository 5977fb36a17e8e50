//! Draws by the beacon: the freeze is posted in time, and nothing is drawn without the round.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::Value;

use crate::world::beacon::{FIRST, Relay, SECOND, time_of};
use crate::world::draw::{DrawPlan, OpenLottery};
use crate::world::proxy::Proxy;
use crate::world::{PATIENCE, World};

/// A world just before the last moment to name the first round, and its relay.
pub async fn before_the_first_round() -> (World, Relay) {
    before_the_first_round_by(Duration::ZERO).await
}

/// The same, with so much more time.
pub async fn before_the_first_round_by(more: Duration) -> (World, Relay) {
    let now = time_of(FIRST) - 120 - i64::try_from(more.as_secs()).unwrap();
    let relay = Relay::start(now).await;
    let w = World::builder().at(now).env("DRAND_RELAYS", relay.address.clone()).idle().start().await;
    (w, relay)
}

/// Waits until this attempt at a freeze is posted, and returns the post.
pub async fn is_frozen(w: &World, lottery: &OpenLottery, attempt: i64) -> Value {
    let sql = "SELECT attempt, round, COALESCE(message_id, 0) FROM draw_freezes ORDER BY attempt";
    w.comes_true("the freeze is posted", async || {
        let rows: Vec<(i64, Option<i64>, i64)> = w.database.rows(sql).await;
        rows.iter().any(|(number, _, message)| *number == attempt && *message > 0)
    })
    .await;
    lottery.posts_with(w, "بصمة التثبيت").await.last().unwrap().clone()
}

#[tokio::test]
async fn a_draw_waits_for_the_round_that_its_freeze_named() {
    let (mut w, relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(6).by_beacon().winners(2, 1).ordered(&w).await;
    w.program_starts();
    let freeze = is_frozen(&w, &lottery, 0).await;
    assert!(freeze["text"].as_str().unwrap().contains(&FIRST.to_string()), "{freeze}");
    w.settles().await;
    assert_eq!(w.state_of(&lottery).await, "frozen");
    assert!(w.documents(&lottery).await.is_empty());

    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(121)).await;
    w.is_announced(&lottery).await;
    let [receipt] = &w.documents(&lottery).await[..] else { panic!("not one receipt") };
    let value: Value = serde_json::from_str(receipt).unwrap();
    assert_eq!(value["beacon"]["round"], FIRST);
    assert_eq!(value["freezes"][0]["post"]["message"], freeze["id"]);
    w.ends().await;
}

/// The relay's name leads nowhere; the proxy of the environment leads to it. Telegram is on this machine and is
/// reached without a proxy.
#[tokio::test]
async fn the_beacon_is_asked_by_way_of_the_proxy_that_the_environment_names() {
    let now = time_of(FIRST) - 120;
    let relay = Relay::start(now).await;
    let proxy = Proxy::to(relay.address.replace("http://", "")).await;
    let world = World::builder().at(now).env("DRAND_RELAYS", "http://relay.invalid");
    let mut w = world.env("HTTP_PROXY", proxy.address.clone()).idle().start().await;
    let lottery = DrawPlan::among(3).by_beacon().ordered(&w).await;
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(122)).await;
    w.is_announced(&lottery).await;
    let asked = proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|host| host == "relay.invalid:80"), "{asked:?}");
    w.ends().await;
}

#[tokio::test]
async fn a_beacon_out_of_reach_for_an_hour_is_told_once_and_waited_for() {
    let (mut w, relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(3).by_beacon().ordered(&w).await;
    relay.is_down(true);
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    w.settles().await;
    relay.is_at(time_of(FIRST) + 7_200);
    w.passes(Duration::from_secs(121)).await;
    for _ in 0..12 {
        let asked = relay.asked();
        w.passes(Duration::from_secs(300)).await;
        w.comes_true("the relay is asked again", async || relay.asked() > asked).await;
        w.settles().await;
        assert_eq!(w.state_of(&lottery).await, "frozen");
    }
    let waits = Msg::DrawWaitsBeacon { code: lottery.code.clone() };
    lottery.organizer.sees(waits.clone()).await;
    assert_eq!(lottery.organizer.count(waits).await, 1);
    assert!(lottery.posts_with(&w, "الفائز").await.is_empty());

    relay.is_down(false);
    w.passes(Duration::from_secs(60)).await;
    w.is_announced(&lottery).await;
    let value: Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    assert_eq!(value["beacon"]["round"], FIRST);
    w.ends().await;
}

#[tokio::test]
async fn a_freeze_that_was_posted_late_is_made_again_and_both_are_listed() {
    let (mut w, relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(4).by_beacon().ordered(&w).await;
    // Telegram's clock says that the first post came 20 s before its round.
    w.control.post("/clock", serde_json::json!({"set": time_of(FIRST) - 20})).await;
    w.dies_at("draw.told");
    w.program_starts();
    let status = w.program_ends_within(PATIENCE).await;
    assert!(!status.success());
    w.stands_at_ms((time_of(SECOND) - 120) * 1_000).await;
    w.program_starts();
    is_frozen(&w, &lottery, 1).await;
    relay.is_at(time_of(SECOND) + 1);
    w.passes(Duration::from_secs(121)).await;
    w.is_announced(&lottery).await;
    let value: Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    assert_eq!(value["freezes"].as_array().unwrap().len(), 2, "{value}");
    assert_eq!(
        (&value["freezes"][0]["round"], &value["freezes"][1]["round"]),
        (&FIRST.into(), &SECOND.into())
    );
    assert_eq!(lottery.posts_with(&w, "بصمة التثبيت").await.len(), 2);
    w.ends().await;
}

/// Telegram's clock is 1,000 s ahead of the program's: leads of 120, 240, 480 and 960 s are too short for that.
#[tokio::test]
async fn freezes_that_come_late_again_and_again_look_further_ahead_and_the_organizer_hears_once() {
    let (mut w, _relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(4).by_beacon().ordered(&w).await;
    w.stands_at_ms((time_of(FIRST) - 120) * 1_000).await;
    w.control.post("/clock", serde_json::json!({"set": time_of(FIRST) + 880})).await;
    w.program_starts();
    is_frozen(&w, &lottery, 5).await;
    w.settles().await;
    assert_eq!(lottery.posts_with(&w, "بصمة التثبيت").await.len(), 6);
    let late = Msg::DrawWaitsLate { code: lottery.code.clone() };
    lottery.organizer.sees(late.clone()).await;
    assert_eq!(lottery.organizer.count(late).await, 1);
    // The last one is in time, and its round is what the draw waits for.
    let rounds: Vec<(i64,)> = w.database.rows("SELECT round FROM draw_freezes ORDER BY attempt").await;
    assert_eq!(rounds.last().unwrap().0 - rounds[0].0, (1_920 - 120) / 3);
    w.ends().await;
}

/// The two clocks are a day apart: no lead is long enough.
#[tokio::test]
async fn a_freeze_that_is_always_late_is_made_again_once_an_hour_and_no_more() {
    let (mut w, _relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(4).by_beacon().ordered(&w).await;
    w.stands_at_ms((time_of(FIRST) - 120) * 1_000).await;
    w.control.post("/clock", serde_json::json!({"set": time_of(FIRST) + 86_400})).await;
    w.program_starts();
    is_frozen(&w, &lottery, 6).await;
    w.settles().await;
    assert_eq!(lottery.posts_with(&w, "بصمة التثبيت").await.len(), 7);
    w.stands_at_ms((time_of(FIRST) - 120 + 3_601) * 1_000).await;
    is_frozen(&w, &lottery, 7).await;
    w.settles().await;
    assert_eq!(lottery.posts_with(&w, "بصمة التثبيت").await.len(), 8);
    assert_eq!(lottery.organizer.count(Msg::DrawWaitsLate { code: lottery.code.clone() }).await, 1);
    w.ends().await;
}
