//! No call to Telegram while a transaction is open.
//!
//! Judged a function at a time: what takes a `Tx` is all inside of one, and what begins one is inside until
//! it commits, rolls back or ends.

use crate::forbid;
use crate::lexer;
use crate::source::{self, Source};

/// Calls that ask Telegram, themselves or a step further.
const CALLS: &[&str] = &[
    "messenger.",
    "examine_gate_channel(",
    "channels.examine(",
    "channels.refresh(",
    "pass_gate(",
    "gate::check(",
    "delivery.",
    ".deliver(",
];

const BEGINNINGS: [&str; 3] = [".begin()", ".begin_for_many()", "cx.begin("];
const ENDS: [&str; 3] = [".commit(", ".rollback(", ".complete("];

fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources.iter().filter(|source| ["app", "bot", "web"].contains(&source.krate())) {
        for (start, function) in functions(&source.code) {
            let inside = transaction(function);
            for call in CALLS {
                offences.extend(function[inside.clone()].match_indices(call).map(|(at, _)| {
                    source.offence(start + inside.start + at, &format!("{call}…) inside of a transaction"))
                }));
            }
        }
    }
    offences
}

/// Each function with the offset of its `fn`.
fn functions(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = code.match_indices("fn ").map(|(at, _)| at);
    let starts = starts.filter(|at| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    starts.map(|at| (at, &code[at..lexer::item_end(code, at)]))
}

/// The part of a function that runs with a transaction open.
fn transaction(function: &str) -> std::ops::Range<usize> {
    let body = function.find('{').unwrap_or(function.len());
    let takes_one = function[..body].contains("Tx,") || function[..body].contains("Tx)");
    let start = if takes_one {
        Some(body)
    } else {
        BEGINNINGS.iter().filter_map(|beginning| function.find(beginning)).min()
    };
    let Some(start) = start else { return 0..0 };
    let end = ENDS.iter().filter_map(|end| function[start..].find(end)).min();
    start..end.map_or(function.len(), |end| start + end)
}

#[test]
fn telegram_is_asked_outside_of_transactions() {
    forbid("No call to Telegram inside of a transaction:", &offences(&source::of_the_program()));
}

#[test]
fn notices_a_call_inside() {
    let here = |text| offences(&[Source::of("crates/app/src/x.rs", text)]).len();
    assert_eq!(here("async fn x(&self, tx: &mut Tx) { self.messenger.chat(c).await; }"), 1);
    assert_eq!(
        here(
            "async fn x(&self) { let tx = self.db.begin_for_many().await?; self.messenger.me(); tx.commit(); }"
        ),
        1
    );
    assert_eq!(
        here("async fn x(&self) { let tx = self.db.begin().await?; self.messenger.me(); tx.commit(); }"),
        1
    );
    assert_eq!(
        here("async fn x(&self) { let tx = self.db.begin().await?; tx.commit(); self.messenger.me(); }"),
        0
    );
    assert_eq!(here("async fn x(&self) { self.messenger.me(); }\nfn y(tx: Tx) {}"), 0);
}
