//! Only `coordination` mentions Redis. Its address is a setting, so `qura` knows the word but not the library.

use crate::forbid;
use crate::manifest::{self, Manifest};
use crate::source::{self, Source};

const LIBRARIES: [&str; 3] = ["redis", "fred", "bb8-redis"];

fn offences(sources: &[Source], manifests: &[Manifest]) -> Vec<String> {
    let sources = sources.iter().filter(|source| source.krate() != "coordination");
    let code =
        sources.flat_map(|source| ["redis::", "fred::"].into_iter().flat_map(|name| source.finds(name)));
    let manifests = manifests.iter().filter(|manifest| manifest.krate != "coordination");
    let manifests =
        manifests.filter(|m| m.dependencies.iter().any(|name| LIBRARIES.contains(&name.as_str())));
    code.chain(manifests.map(|m| format!("crates/{}/Cargo.toml: a library for Redis", m.krate))).collect()
}

#[test]
fn redis_is_in_coordination_only() {
    forbid("Only coordination mentions Redis:", &offences(&source::of_the_program(), &manifest::all()));
}

#[test]
fn notices_redis_elsewhere() {
    let text = "use redis::Client;";
    let here = |path| offences(&[Source::of(path, text)], &[]).len();
    assert_eq!(here("crates/app/src/x.rs"), 1);
    assert_eq!(here("crates/coordination/src/x.rs"), 0);
    let manifest = Manifest::of("app", "[dependencies]\nredis.workspace = true\n");
    assert_eq!(offences(&[], &[manifest]).len(), 1);
}
