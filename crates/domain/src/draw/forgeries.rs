//! Receipts that lie, each in one way, and the name by which they must be refused.

use serde_json::{Value, json};

use super::canonical::canonical;
use super::cases;
use super::commitment::{Mode, Secret};
use super::freeze::Freeze;
use super::hash::Hash;
use super::order::Order;
use super::receipt::Receipt;
use super::sample::{Case, Drawn, beacon};
use super::seed::Seed;
use super::walk::{Decision, Outcome, Status, Walk, with_outcome};

pub struct Forgery {
    pub name: String,
    pub refusal: &'static str,
    pub receipt: String,
    pub addenda: Vec<String>,
}

/// What is laid over the document at a JSON pointer.
type Change = (&'static str, &'static str, Value);

fn case(name: &str) -> Drawn {
    cases::all().into_iter().find(|case| case.name == name).unwrap().draw()
}

fn forge(text: &str, pointer: &str, value: &Value) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    *document.pointer_mut(pointer).unwrap() = value.clone();
    canonical(&document).unwrap()
}

/// Every one of them.
pub fn all() -> Vec<Forgery> {
    let mut forgeries = receipts();
    forgeries.extend(texts());
    forgeries.extend(deep());
    forgeries.extend(addenda());
    forgeries.extend(nobody_left());
    forgeries.extend(whole());
    forgeries
}

fn forgery(name: &str, refusal: &'static str, receipt: String) -> Forgery {
    Forgery { name: name.to_owned(), refusal, receipt, addenda: vec![] }
}

/// One field changed, with the rest as it was.
fn receipts() -> Vec<Forgery> {
    let drawn = case("missed_freeze");
    let text = drawn.receipt.to_text().unwrap();
    let other = Hash::of(&[b"other"]);
    let (first, second) = (drawn.receipt.winners[0], drawn.receipt.winners[1]);
    let late = drawn.receipt.freezes[0].round.unwrap().time().get() - 30;
    let late_now = drawn.receipt.freezes[2].round.unwrap().time().get() - 29;
    let terms = |winners: u32| json!({"leavers": "skipped", "reserves": 2, "winners": winners});
    let terms = |winners| canonical(&terms(winners)).unwrap();
    let changes: Vec<Change> = vec![
        ("code", "commitment", json!("ZZZZ9999")),
        ("mode", "commitment", json!(0)),
        ("secret", "commitment", json!(other)),
        ("commitment", "commitment", json!(other)),
        ("winners_wanted", "terms", json!(4)),
        ("reserves_wanted", "terms", json!(0)),
        ("terms", "terms", json!(terms(2))),
        ("terms", "freeze", json!(canonical(&json!({"reserves": 2, "winners": 3})).unwrap())),
        ("terms", "format", json!("{\"winners\":3, \"reserves\":2}")),
        ("terms", "format", json!("{\"winners\":3}")),
        ("root", "freeze", json!(other)),
        ("tickets", "freeze", json!(21)),
        ("tickets", "attempts", json!(0)),
        ("tickets", "format", json!(-1)),
        ("freezes", "attempts", json!([])),
        ("freezes/0/attempt", "attempts", json!(1)),
        ("freezes/0/round", "attempts", json!(null)),
        ("freezes/0/round", "attempts", json!(30_662_950)),
        ("freezes/0/round", "format", json!(0)),
        ("freezes/0/round", "freeze", json!(30_662_901)),
        ("freezes/1/hash", "freeze", json!(other)),
        ("freezes/0/post/date", "discarded_freeze", json!(late)),
        ("freezes/0/post/chat", "format", json!("+100")),
        ("freezes/2/post/date", "late_freeze", json!(late_now)),
        ("freezes/2/post", "late_freeze", json!(null)),
        ("beacon", "beacon", json!(null)),
        ("beacon/round", "beacon", json!(30_662_992)),
        ("beacon/signature", "beacon", json!(beacon(30_662_992).signature)),
        ("beacon/signature", "beacon", json!("ff".repeat(48))),
        ("beacon/signature", "format", json!("00")),
        ("walk/0/ticket", "order", json!(first)),
        ("walk/0/outcome", "outcome", json!("winner")),
        ("walk/0/status", "outcome", json!("inside")),
        ("walk/0/outcome", "outcome", json!("redrawn")),
        ("walk/0/outcome", "format", json!("condition_0")),
        ("walk/0/outcome", "format", json!("condition_07")),
        ("walk/0/outcome", "format", json!("unlucky")),
        ("walk/0/status", "format", json!("asleep")),
        ("walk/1/outcome", "outcome", json!("reserve")),
        ("walk/1/status", "outcome", json!("left")),
        ("walk", "end", json!(&drawn.receipt.walk[..drawn.receipt.walk.len() - 1])),
        ("winners", "result", json!([second, first, drawn.receipt.winners[2]])),
        ("reserves", "result", json!([])),
        ("skips", "result", json!(0)),
        ("kind", "version", json!("addendum")),
        ("version", "version", json!(2)),
    ];
    let forged = changes.into_iter().map(|(pointer, refusal, value)| {
        let receipt = forge(&text, &format!("/{pointer}"), &value);
        forgery(&format!("{pointer} is changed: {refusal}"), refusal, receipt)
    });
    forged.collect()
}

/// The same document in another text.
fn texts() -> Vec<Forgery> {
    let text = case("mode_0_of_2").receipt.to_text().unwrap();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let mut forgeries = vec![
        forgery("a space", "format", with(":", ": ")),
        forgery("a line at the end", "format", format!("{text}\n")),
        forgery("a mark at the beginning", "format", format!("\u{feff}{text}")),
        forgery("a field twice", "format", with("\"mode\":0", "\"mode\":1,\"mode\":0")),
        forgery("a field more", "format", with("\"mode\":0", "\"mode\":0,\"mood\":0")),
        forgery("a field less", "format", with("\"mode\":0,", "")),
        forgery("a field that is null and left out", "format", with("\"reopens\":null,", "")),
        forgery("a number with a point", "format", with("\"mode\":0", "\"mode\":0.0")),
        forgery("a number below zero that is none", "format", with("\"mode\":0", "\"mode\":-0")),
        forgery("a number that is too large", "format", with("\"skips\":0", "\"skips\":9007199254740992")),
        forgery("a letter written as its number", "format", with("\"winner\"", "\"\\u0077inner\"")),
        forgery("half a letter", "format", with("skipped", "\\ud800")),
        forgery("nothing", "format", String::new()),
        forgery("no object", "version", "[]".to_owned()),
        forgery("half of it", "format", text[..text.len() / 2].to_owned()),
    ];
    let upper = case("mode_0_of_2").receipt.root.to_string();
    forgeries.push(forgery("uppercase hex", "format", with(&upper, &upper.to_uppercase())));
    forgeries
}

/// What one implementation's JSON would still take, and another's not.
fn deep() -> Vec<Forgery> {
    let text = case("deep_terms").receipt.to_text().unwrap();
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let told = nested(15);
    assert!(text.contains(&told), "{text}");
    let depths = [17, 100, 128, 900, 3_000];
    let terms = depths.map(|depth| {
        let forged = text.replacen(&told, &nested(depth - 1), 1);
        forgery(&format!("terms of {depth} levels"), "format", forged)
    });
    let documents =
        depths.map(|depth| forgery(&format!("a text of {depth} levels"), "format", nested(depth)));
    let shallow = forgery("a text of 16 levels", "version", nested(16));
    terms.into_iter().chain(documents).chain([shallow]).collect()
}

fn addenda() -> Vec<Forgery> {
    let drawn = case("past_the_reserves");
    let receipt = drawn.receipt.to_text().unwrap();
    let texts: Vec<_> = drawn.addenda.iter().map(|addendum| addendum.to_text().unwrap()).collect();
    let with = |name: &str, refusal, addenda: &[String]| Forgery {
        addenda: addenda.to_vec(),
        ..forgery(name, refusal, receipt.clone())
    };
    let second = texts[1].clone();
    let changed = |pointer: &'static str, refusal, value: Value| {
        let name = format!("addendum, {pointer} is changed: {refusal}");
        with(&name, refusal, &[texts[0].clone(), forge(&second, &format!("/{pointer}"), &value)])
    };
    let replaced_before = drawn.addenda[0].replaced;
    vec![
        with("an addendum is left out", "chain", &[texts[0].clone(), texts[2].clone()]),
        with("an addendum comes twice", "chain", &[texts[0].clone(), texts[0].clone()]),
        with("a receipt as an addendum", "version", std::slice::from_ref(&receipt)),
        changed("before", "chain", json!(Hash::of(&[b"other"]))),
        changed("number", "chain", json!(3)),
        changed("code", "chain", json!("ZZZZ9999")),
        changed("replaced", "replaced", json!(replaced_before)),
        changed("reason", "outcome", json!("void")),
        changed("status", "outcome", json!("inside")),
        changed("walk/0/ticket", "order", json!(drawn.receipt.winners[0])),
        changed("walk/0/outcome", "outcome", json!("reserve")),
        changed("walk", "end", json!([])),
        changed("heir", "result", json!(null)),
        changed("note", "format", json!(5)),
    ]
}

/// A chain that says, one document after the other past the reserves, that nobody is left to inherit.
fn nobody_left() -> Vec<Forgery> {
    let drawn = case("long_chain");
    let receipt = drawn.receipt.to_text().unwrap();
    let texts: Vec<_> = drawn.addenda.iter().map(|addendum| addendum.to_text().unwrap()).collect();
    let lies = (2..texts.len()).map(|at| {
        let nobody = forge(&forge(&texts[at], "/walk", &json!([])), "/heir", &json!(null));
        let addenda = texts[..at].iter().cloned().chain([nobody]).collect();
        let name = format!("addendum {at} past the reserves says that nobody is left");
        Forgery { addenda, ..forgery(&name, "end", receipt.clone()) }
    });
    lies.collect()
}

/// Lies that are carried through to the end, so that only one thing speaks against each.
fn whole() -> Vec<Forgery> {
    let base = Case::new("carried_through", Mode::Beacon, 20, 2, 1);
    let truth = base.draw();
    let carried = |name, refusal, receipt: Receipt| forgery(name, refusal, receipt.to_text().unwrap());
    let mut forged_beacon = truth.receipt.clone();
    if let Some(used) = &mut forged_beacon.beacon {
        used.signature = beacon(1_000).signature;
    }
    let randomness = beacon(1_000).randomness().unwrap();
    redraw(&mut forged_beacon, Some(&randomness));
    let mut other_secret = truth.receipt.clone();
    other_secret.secret = Secret::new([5; 32]);
    let randomness = beacon(657_413).randomness().unwrap();
    redraw(&mut other_secret, Some(&randomness));
    let mut without = truth.receipt.clone();
    without.beacon = None;
    redraw(&mut without, None);
    vec![
        carried("another round's signature, with the draw that it gives", "beacon", forged_beacon),
        carried("another secret, with the draw that it gives", "commitment", other_secret),
        carried("no beacon, with the draw that it gives", "beacon", without),
    ]
}

fn redraw(receipt: &mut Receipt, randomness: Option<&super::beacon::Randomness>) {
    let Receipt { commitment, root, tickets, terms, .. } = receipt.clone();
    let record = receipt.freezes.last_mut().unwrap();
    let (round, attempt) = (record.round, record.attempt);
    record.hash = Freeze { commitment, root, tickets, terms: &terms, round, attempt }.hash();
    let order = Order::new(Seed::new(&receipt.secret, &record.hash, randomness), tickets);
    let mut walk = Walk::new(order, terms.winners(), terms.reserves());
    while walk.candidate().is_some() {
        walk.decide(Decision::Accept, Status::Inside, receipt.drawn_at).unwrap();
    }
    receipt.winners = with_outcome(walk.candidates(), Outcome::Winner);
    receipt.reserves = with_outcome(walk.candidates(), Outcome::Reserve);
    receipt.walk = walk.into_candidates();
    receipt.skips = 0;
}
