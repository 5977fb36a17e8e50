//! `domain` has no async, no clock, no randomness and no I/O of its own.

use crate::forbid;
use crate::manifest::{self, Manifest};
use crate::source::{self, Source};

/// What the rules must not do, as it looks in code.
const DOINGS: &[&str] = &[
    "async",
    ".await",
    "::now()",
    "std::time::Instant",
    "SystemTime",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "rand",
    "getrandom",
    "tokio",
];

/// Libraries that bring it.
const LIBRARIES: &[&str] =
    &["async-trait", "futures", "getrandom", "rand", "reqwest", "sqlx", "tokio", "tokio-util", "tracing"];

fn offences(sources: &[Source], manifests: &[Manifest]) -> Vec<String> {
    let sources = sources.iter().filter(|source| source.krate() == "domain");
    let doings = sources.flat_map(|source| DOINGS.iter().flat_map(|doing| source.finds(doing)));
    let domain = manifests.iter().find(|manifest| manifest.krate == "domain");
    let named = domain.into_iter().flat_map(|manifest| &manifest.dependencies);
    let libraries = named.filter(|name| LIBRARIES.contains(&name.as_str()));
    doings.chain(libraries.map(|name| format!("crates/domain/Cargo.toml: {name}"))).collect()
}

#[test]
fn the_domain_is_pure() {
    forbid("The domain has rules only:", &offences(&source::of_the_program(), &manifest::all()));
}

#[test]
fn notices_what_is_not_pure() {
    let source = Source::of(
        "crates/domain/src/x.rs",
        "async fn x() { y().await; }\nfn z() { Utc::now(); }\n// async\n#[cfg(test)]\nmod tests { use std::fs; }\n",
    );
    let manifest = Manifest::of("domain", "[dependencies]\nrand.workspace = true\nserde.workspace = true\n");
    assert_eq!(offences(&[source], &[manifest]).len(), 4);
}
