//! No panics outside of tests: what can go wrong is an error that somebody handles.

use crate::forbid;
use crate::source::{self, Source};

const PANICS: &[&str] =
    &[".unwrap()", ".unwrap_err()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"];

fn offences(sources: &[Source]) -> Vec<String> {
    let sources = sources.iter().filter(|source| !source.is_test);
    sources.flat_map(|source| PANICS.iter().flat_map(|panic| source.finds(panic))).collect()
}

#[test]
fn nothing_panics() {
    forbid("No panics outside of tests:", &offences(&source::all()));
}

#[test]
fn notices_a_panic() {
    let text = "fn x() { y().unwrap(); todo!() }\n// .unwrap()\n#[cfg(test)]\nmod tests { fn z() { y().unwrap(); } }\n";
    assert_eq!(offences(&[Source::of("crates/app/src/x.rs", text)]).len(), 2);
    assert_eq!(offences(&[Source::of("crates/app/tests/x.rs", text)]).len(), 0);
}
