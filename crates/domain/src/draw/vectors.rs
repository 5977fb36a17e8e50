//! `docs/draw/vectors.json` is what this code comes to; scripts in other languages check the same file.
//!
//! `DRAW_VECTORS=write cargo test -p qura-domain vectors` writes it anew, for a new version of the draw.

use serde_json::{Value, json};

use super::addendum::Addendum;
use super::cases;
use super::forgeries;
use super::hash::{Hash, to_hex};
use super::leaf::Opening;
use super::order::Order;
use super::receipt::{Receipt, digest};
use super::refusal::Refusal;
use super::sample::{Case, Drawn, ROUNDS, beacon};
use super::seed::Seed;
use super::standing::Standing;
use super::verify::verify;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/draw/vectors.json");

/// A receipt and its addenda, believed or not: the winners, or what is wrong.
pub fn judge(receipt: &str, addenda: &[String]) -> Result<Vec<u64>, Refusal> {
    let mut standing = Standing::after(&verify(receipt.as_bytes(), None)?)?;
    for addendum in addenda {
        standing.apply(&Addendum::parse(addendum.as_bytes())?)?;
    }
    Ok(standing.winners().iter().map(|ticket| ticket.get()).collect())
}

fn rounds() -> Vec<Value> {
    let round = |(number, signature, randomness): (u64, &str, &str)| {
        let time = beacon(number).round.time();
        json!({"round": number, "time": time, "signature": signature, "randomness": randomness})
    };
    ROUNDS.into_iter().map(round).collect()
}

/// Numbers of tickets as strings, because some are too large for other languages' JSON.
fn orders() -> Vec<Value> {
    let order = |tickets: u64| {
        let seed = Hash::of(&[b"order", &tickets.to_be_bytes()]);
        let order = Order::new(Seed::from_hash(seed), tickets).take(40);
        let order: Vec<_> = order.map(|ticket| ticket.get().to_string()).collect();
        json!({"seed": seed, "tickets": tickets.to_string(), "order": order})
    };
    [0, 1, 2, 3, 10, 1_000, 1_000_000, (1 << 63) + 1, 3 << 62, u64::MAX].map(order).into()
}

fn draw(case: &Case, drawn: &Drawn) -> Value {
    let told = |text: &str| json!({"text": text, "digest": digest(text)});
    let addenda = drawn.addenda.iter().map(|addendum| told(&addendum.to_text().unwrap()));
    let people = &case.people;
    json!({
        "name": case.name,
        "salt_key": to_hex(drawn.salt_key.expose()),
        "people": {
            "tickets": people.tickets, "first_user": people.first_user, "step": people.step,
            "withdrawn": people.withdrawn,
        },
        "seed": drawn.seed.map(|seed| seed.hash()),
        "receipt": told(&drawn.receipt.to_text().unwrap()),
        "addenda": addenda.collect::<Vec<_>>(),
        "winners": drawn.winners,
        "openings": drawn.openings,
    })
}

fn vectors() -> Value {
    let draws = cases::all().into_iter().map(|case| draw(&case, &case.draw()));
    let forged = forgeries::all().into_iter().map(|forgery| {
        json!({
            "name": forgery.name, "refusal": forgery.refusal,
            "receipt": forgery.receipt, "addenda": forgery.addenda,
        })
    });
    json!({
        "version": 1,
        "rounds": rounds(),
        "orders": orders(),
        "draws": draws.collect::<Vec<_>>(),
        "forgeries": forged.collect::<Vec<_>>(),
    })
}

fn stored() -> Value {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

fn texts(addenda: &Value) -> Vec<String> {
    let text = |addendum: &Value| addendum["text"].as_str().unwrap().to_owned();
    addenda.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn the_file_is_what_the_code_comes_to() {
    let vectors = vectors();
    if std::env::var_os("DRAW_VECTORS").is_some_and(|what| what == "write") {
        std::fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let stored = stored();
    for part in ["version", "rounds", "orders", "draws", "forgeries"] {
        assert!(stored[part] == vectors[part], "{part} of version 1 are no longer what they were");
    }
}

#[test]
fn every_draw_of_the_file_is_believed() {
    for draw in stored()["draws"].as_array().unwrap() {
        let text = draw["receipt"]["text"].as_str().unwrap();
        let announced: Hash = serde_json::from_value(draw["receipt"]["digest"].clone()).unwrap();
        let receipt = verify(text.as_bytes(), Some(announced)).unwrap();
        assert_eq!(receipt.to_text().unwrap(), text);
        let winners = judge(text, &texts(&draw["addenda"])).unwrap();
        assert_eq!(json!(winners), draw["winners"], "{}", draw["name"]);
        for opening in draw["openings"].as_array().unwrap() {
            let opening: Opening = serde_json::from_value(opening.clone()).unwrap();
            assert!(opening.is_in(&receipt.root));
            assert!(!Opening { eligible: !opening.eligible, ..opening }.is_in(&receipt.root));
        }
        let other = Some(Hash::of(&[b"other"]));
        assert!(matches!(verify(text.as_bytes(), other), Err(Refusal::Digest(found)) if found == announced));
    }
}

#[test]
fn every_forgery_of_the_file_is_refused_by_its_name() {
    let stored = stored();
    let forgeries = stored["forgeries"].as_array().unwrap();
    assert!(forgeries.len() > 40, "{}", forgeries.len());
    for forgery in forgeries {
        let addenda: Vec<String> = serde_json::from_value(forgery["addenda"].clone()).unwrap();
        let refusal = judge(forgery["receipt"].as_str().unwrap(), &addenda).unwrap_err();
        assert_eq!(refusal.name(), forgery["refusal"], "{}", forgery["name"]);
    }
}

#[test]
fn the_cases_are_those_that_they_are_meant_to_be() {
    let find = |name: &str| cases::all().into_iter().find(|case| case.name == name).unwrap().draw();
    assert_eq!(find("mode_1_of_0").receipt.freezes, []);
    let left: Receipt = find("all_left").receipt;
    assert_eq!((left.skips, left.winners.len()), (5, 0));
    let missed = find("missed_freeze").receipt;
    let in_time: Vec<_> = missed.freezes.iter().map(|freeze| freeze.was_in_time()).collect();
    assert_eq!(in_time, [false, false, true]);
    assert!(find("mode_1_of_1000").receipt.skips >= 5);
    let chain = find("long_chain");
    assert!(chain.addenda.len() >= chain.receipt.reserves.len() + 6, "{}", chain.addenda.len());
    assert!(chain.addenda.iter().all(|addendum| addendum.heir.is_some()));
    let heirs: Vec<_> = find("nobody_inherits").addenda.iter().map(|addendum| addendum.heir).collect();
    assert!(heirs[0].is_some() && heirs[1].is_none() && heirs[2].is_none(), "{heirs:?}");
    assert_eq!(find("nobody_inherits").winners, []);
}
