//! While the beacon is awaited: when the draw is to be, and a chat that is out of reach meanwhile.

use std::time::{Duration, Instant};

use qura_domain::code::Code;
use qura_domain::draw::commitment::{Mode, Secret, commitment};
use qura_i18n::Msg;

use super::beacon::{before_the_first_round, is_frozen};
use crate::world::beacon::{FIRST, time_of};
use crate::world::draw::{DrawPlan, OpenLottery};
use crate::world::{Screen, World};

/// By a clock that stands still, no post is edited a second time, and nobody sees when the bot noted the first edit: so
/// the clock moves on until the post says this.
async fn post_says(w: &mut World, lottery: &OpenLottery, words: &str) {
    /// In real time, after each move.
    const LOOK: Duration = Duration::from_secs(3);

    for _ in 0..10 {
        w.passes(Duration::from_secs(4)).await;
        let begun = Instant::now();
        while begun.elapsed() < LOOK {
            let post = lottery.channel.message(lottery.post).await;
            if post["text"].as_str().unwrap().contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    panic!("the post never said «{words}»");
}

#[tokio::test]
async fn post_and_count_and_card_tell_when_the_draw_is_to_be() {
    let (mut w, relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(6).by_beacon().ordered(&w).await;
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    post_says(&mut w, &lottery, "🎲 السحب في: ").await;
    let code = Code::parse(&lottery.code).unwrap();
    let commitment = commitment(&code, Mode::Beacon, &Secret::new([7; 32])).to_base64url();
    let left = Duration::from_micros(u64::try_from(time_of(FIRST) * 1_000_000 - w.now()).unwrap());
    let asks = async || {
        let count = Msg::PostCount { count: 6 };
        lottery.people[0].presses_in(lottery.channel.id, lottery.post, count).await
    };
    asks().await.alerts(Msg::PostDrawingInAlert { count: 6, left, commitment: commitment.clone() });
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let screen: Screen = lottery.organizer.chat().await.pop().unwrap();
    lottery.organizer.forges_a_press(&screen, &format!("roul:card:{}", lottery.code)).await;
    let card = lottery.organizer.sees(Msg::RouletteCardDrawing { left }).await;
    assert!(card.text.contains(&lottery.code), "{}", card.text);
    // The time has come, and the round has not.
    w.passes(Duration::from_secs(121)).await;
    asks().await.alerts(Msg::PostDrawingAlert { count: 6, commitment });
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(4)).await;
    w.is_announced(&lottery).await;
    post_says(&mut w, &lottery, "انتهى السحب").await;
    w.ends().await;
}

#[tokio::test]
async fn a_channel_out_of_reach_costs_one_round_and_the_next_is_named_when_it_is_back() {
    let (mut w, _relay) = before_the_first_round().await;
    let lottery = DrawPlan::among(3).by_beacon().ordered(&w).await;
    lottery.channel.removes_the_bot().await;
    w.expected.tolerated.extend(["kicked", "not a member", "member list is inaccessible", "not found"]);
    w.program_starts();
    let waits = Msg::DrawWaitsChat { code: lottery.code.clone() };
    lottery.organizer.sees(waits.clone()).await;
    let attempts = "SELECT attempt, COALESCE(message_id, 0) FROM draw_freezes ORDER BY attempt";
    for _ in 0..6 {
        w.passes(Duration::from_secs(150)).await;
        let next = "SELECT run_at FROM jobs WHERE kind = 'draw.order' AND state = 'queued'";
        w.comes_true("the chat is looked at again", async || {
            w.database.rows::<(i64,)>(next).await.iter().any(|(at,)| *at > w.now())
        })
        .await;
    }
    assert_eq!(w.database.rows::<(i64, i64)>(attempts).await, [(0, 0)]);
    assert_eq!(lottery.organizer.count(waits.clone()).await, 1);
    lottery.channel.appoints_the_bot().await;
    w.passes(Duration::from_secs(61)).await;
    w.comes_true("the next freeze is posted", async || {
        let rows: Vec<(i64, i64)> = w.database.rows(attempts).await;
        matches!(&rows[..], [(0, 0), (1, 1..)])
    })
    .await;
    assert_eq!(lottery.organizer.count(waits).await, 1);
    w.ends().await;
}
