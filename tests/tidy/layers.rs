//! Dependencies point one way, and only the binary names adapters.

use crate::forbid;
use crate::manifest::{self, Manifest};

/// Which crates of ours each may depend on; `qura` may name all. A new crate takes its place here.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ports", &["domain"]),
    ("storage", &["domain"]),
    ("i18n", &["domain"]),
    ("dial", &[]),
    ("beacon", &["dial", "domain", "ports"]),
    ("coordination", &["domain", "ports"]),
    ("telegram", &["dial", "domain", "ports"]),
    ("app", &["domain", "ports", "storage"]),
    ("bot", &["app", "domain", "i18n", "ports", "storage"]),
    ("web", &["app", "domain", "i18n", "ports", "storage"]),
    ("simulator", &[]),
];

/// Held to the same in their tests: what they must not know must not help to test them either.
const ALSO_IN_TESTS: [&str; 2] = ["domain", "simulator"];

fn offences(manifests: &[Manifest]) -> Vec<String> {
    let mut offences = Vec::new();
    for manifest in manifests.iter().filter(|manifest| manifest.krate != "qura") {
        let Some((_, allowed)) = ALLOWED.iter().find(|(krate, _)| *krate == manifest.krate) else {
            offences.push(format!("crates/{} has no place in the list of layers", manifest.krate));
            continue;
        };
        let mut named: Vec<&str> = manifest.dependencies.iter().map(String::as_str).collect();
        if ALSO_IN_TESTS.contains(&manifest.krate.as_str()) {
            named = manifest.all_dependencies().collect();
        }
        let ours = named.into_iter().filter_map(|name| name.strip_prefix("qura-"));
        let wrong = ours.filter(|name| !allowed.contains(name));
        offences.extend(wrong.map(|name| format!("crates/{} must not depend on {name}", manifest.krate)));
    }
    offences
}

#[test]
fn dependencies_point_one_way() {
    let manifests = manifest::all();
    assert!(manifests.len() >= ALLOWED.len(), "crates are missing");
    forbid("Dependencies point one way:", &offences(&manifests));
}

#[test]
fn notices_a_dependency_that_points_back() {
    let found = |krate, text| offences(&[Manifest::of(krate, text)]).len();
    assert_eq!(found("domain", "[dependencies]\nqura-ports.workspace = true\n"), 1);
    assert_eq!(
        found("bot", "[dependencies]\nqura-telegram.workspace = true\nqura-app.workspace = true\n"),
        1
    );
    assert_eq!(found("simulator", "[dev-dependencies]\nqura-domain.workspace = true\n"), 1);
    assert_eq!(found("app", "[dev-dependencies]\nqura-coordination.workspace = true\n"), 0);
    assert_eq!(found("newcomer", ""), 1);
}
