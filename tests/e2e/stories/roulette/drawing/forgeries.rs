//! Receipts that the real program made, each changed in one way: all three programs refuse them, and name what does
//! not hold.

use qura_domain::draw::commitment::{Secret, commitment};
use qura_domain::draw::freeze::Freeze;
use qura_domain::draw::order::Order;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::seed::Seed;
use qura_domain::draw::walk::{Decision, Outcome, Status, Walk, with_outcome};
use serde_json::{Value, json};

use super::beacon::{before_the_first_round_by, is_frozen};
use super::judges::{Desk, all_believe, all_refuse};
use crate::world::World;
use crate::world::beacon::{FIRST, SECOND, rounds, time_of};
use crate::world::draw::{DrawPlan, OpenLottery, tickets};

/// What is laid over the receipt at a JSON pointer, and the name by which it must be refused.
type Lie = (&'static str, Value, &'static str);

/// A draw by the beacon that was told in the channel.
async fn drawn() -> (World, OpenLottery) {
    let (mut w, relay) = before_the_first_round_by(std::time::Duration::ZERO).await;
    let lottery = DrawPlan::among(7).by_beacon().winners(2, 2).ordered(&w).await;
    lottery.people[0].leaves(&lottery.channel).await;
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    relay.is_at(time_of(FIRST) + 1);
    w.passes(std::time::Duration::from_secs(122)).await;
    w.is_announced(&lottery).await;
    (w, lottery)
}

/// The digest that the channel shows under the result.
pub async fn shown_digest(w: &World, lottery: &OpenLottery) -> String {
    let result = lottery.posts_with(w, "بصمة الإيصال:").await.remove(0);
    let (_, shown) = result["text"].as_str().unwrap().rsplit_once("بصمة الإيصال:").unwrap();
    shown.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

fn lies(truth: &Value) -> Vec<Lie> {
    let other = "5a".repeat(32);
    let of_another_round = rounds().into_iter().find(|known| known["round"] == SECOND).unwrap();
    let terms: Value = serde_json::from_str(truth["terms"].as_str().unwrap()).unwrap();
    let with = |field: &str, value: Value| {
        let mut terms = terms.clone();
        assert!(terms[field] != value, "{field} is {value} already");
        terms[field] = value;
        json!(terms.to_string())
    };
    vec![
        ("/winners", json!([truth["winners"][1], truth["winners"][0]]), "result"),
        ("/walk/0/ticket", truth["walk"][1]["ticket"].clone(), "order"),
        ("/root", json!(other), "freeze"),
        ("/tickets", json!(8), "freeze"),
        ("/tickets", json!(6), "freeze"),
        ("/terms", with("members_only", json!(false)), "freeze"),
        ("/terms", with("audience", json!("premium")), "freeze"),
        ("/terms", with("winners", json!(3)), "terms"),
        ("/winners_wanted", json!(1), "terms"),
        ("/freezes/0/hash", json!(other), "freeze"),
        ("/freezes/0/round", json!(SECOND), "freeze"),
        ("/freezes/0/post", json!(null), "late_freeze"),
        ("/beacon/signature", of_another_round["signature"].clone(), "beacon"),
        ("/beacon/round", json!(SECOND), "beacon"),
        ("/beacon", json!(null), "beacon"),
        ("/commitment", json!(other), "commitment"),
        ("/secret", json!(other), "commitment"),
        ("/mode", json!(0), "commitment"),
        ("/code", json!("ZzZz9999"), "commitment"),
    ]
}

/// What comes behind the beacon, whose check takes long: told of a receipt without one.
fn lies_about_the_winners(truth: &Value) -> Vec<Lie> {
    let (winners, walk) = (&truth["winners"], &truth["walk"]);
    let mut shorter = walk.as_array().unwrap().clone();
    shorter.pop();
    vec![
        ("/winners", json!([winners[1], winners[0]]), "result"),
        ("/winners/0", truth["reserves"][0].clone(), "result"),
        ("/winners/0", winners[1].clone(), "result"),
        ("/winners", json!([winners[0]]), "result"),
        ("/reserves", json!([]), "result"),
        ("/skips", json!(truth["skips"].as_u64().unwrap() + 1), "result"),
        ("/walk/0/ticket", walk[1]["ticket"].clone(), "order"),
        ("/walk/0/ticket", json!(0), "order"),
        ("/walk", json!(shorter), "end"),
        ("/freezes/0/round", json!(FIRST), "attempts"),
        ("/beacon", json!({"round": FIRST, "signature": "00".repeat(48)}), "beacon"),
    ]
}

async fn are_refused(w: &World, receipt: &str, lies: fn(&Value) -> Vec<Lie>) {
    let desk = Desk::new();
    let truth: Value = serde_json::from_str(receipt).unwrap();
    assert_eq!(truth.to_string(), receipt, "what is laid over it stays canonical");
    for (pointer, value, name) in lies(&truth) {
        let mut forged = truth.clone();
        *forged.pointer_mut(pointer).unwrap() = value.clone();
        assert_ne!(forged, truth, "{pointer}");
        let forged = desk.file("forged.json", forged.to_string());
        all_refuse(w, &[&forged], name, &format!("{pointer} is {value}")).await;
    }
}

#[tokio::test]
async fn whatever_is_changed_on_a_receipt_of_the_program_all_three_refuse_it_by_its_name() {
    let (w, lottery) = drawn().await;
    let receipt = w.documents(&lottery).await.remove(0);
    let desk = Desk::new();
    let good = desk.file("receipt.json", &receipt);
    let digest = shown_digest(&w, &lottery).await;
    let winners: Vec<String> = tickets(&receipt, "winners").iter().map(u64::to_string).collect();
    let told = format!("winners, by ticket: {}", winners.join(", "));
    all_believe(&w, &[&good, "--digest", &digest], &told).await;
    all_believe(&w, &[&good], &format!("digest: {digest}")).await;

    are_refused(&w, &receipt, lies).await;
    w.ends().await;
}

#[tokio::test]
async fn whatever_is_changed_on_a_receipt_without_a_beacon_all_three_refuse_by_its_name() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(7).winners(2, 2).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    are_refused(&w, &w.documents(&lottery).await[0], lies_about_the_winners).await;
    w.ends().await;
}

/// All of it drawn once more under another secret: nothing in it contradicts itself.
fn drawn_anew(truth: &Receipt) -> Receipt {
    let mut other = truth.clone();
    other.secret = Secret::new([9; 32]);
    other.commitment = commitment(&other.code, other.mode, &other.secret);
    let record = other.freezes.last_mut().unwrap();
    let freeze = Freeze {
        commitment: other.commitment,
        root: other.root,
        tickets: other.tickets,
        terms: &other.terms,
        round: record.round,
        attempt: record.attempt,
    };
    record.hash = freeze.hash();
    let randomness = other.beacon.map(|beacon| beacon.randomness().unwrap());
    let order = Order::new(Seed::new(&other.secret, &record.hash, randomness.as_ref()), other.tickets);
    let mut walk = Walk::new(order, other.winners_wanted, other.reserves_wanted);
    while walk.candidate().is_some() {
        walk.decide(Decision::Accept, Status::Inside, other.drawn_at).unwrap();
    }
    other.winners = with_outcome(walk.candidates(), Outcome::Winner);
    other.reserves = with_outcome(walk.candidates(), Outcome::Reserve);
    other.walk = walk.into_candidates();
    other.skips = 0;
    other
}

/// Such a lie is found out by what the channel shows: the digest, and the commitment before it.
#[tokio::test]
async fn another_draw_that_holds_by_itself_is_refused_by_the_digest_in_the_channel() {
    let (w, lottery) = drawn().await;
    let receipt = w.documents(&lottery).await.remove(0);
    let anew = drawn_anew(&Receipt::parse(receipt.as_bytes()).unwrap());
    assert!(anew.verify().is_ok());
    let desk = Desk::new();
    let forged = desk.file("forged.json", anew.to_text().unwrap());
    let digest = shown_digest(&w, &lottery).await;
    all_refuse(&w, &[&forged, "--digest", &digest], "digest", "drawn anew").await;
    all_believe(&w, &[&forged], &format!("digest: {}", anew.digest().unwrap().to_base64url())).await;
    assert_ne!(String::from(anew.commitment), serde_json::from_str::<Value>(&receipt).unwrap()["commitment"]);
    w.ends().await;
}
