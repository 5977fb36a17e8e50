//! Whether every call of every repository is looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Repositories of tables that stay small whatever happens: there is a row a setting, an alert, a schedule.
const SMALL: [&str; 3] = ["alerts", "schedules", "settings"];

/// `repository.method` of all calls that are made in this test, as its source says.
fn looked_at(sources: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files(&sources.join("tests/plans")).into_iter().chain([sources.join("tests/plans.rs")]) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let call = line.trim_start().split('(').next().unwrap_or_default();
            let is_name = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if let Some((repository, method)) = call.split_once('.')
                && is_name(repository)
                && is_name(method)
            {
                found.insert(format!("{repository}.{method}"));
            }
        }
    }
    found
}

/// The same of all that there are.
fn there_are(sources: &Path) -> BTreeSet<String> {
    let connection = std::fs::read_to_string(sources.join("src/connection.rs")).unwrap();
    let names: Vec<(&str, &str)> = connection
        .lines()
        .filter_map(|line| line.trim().split_once(": tables::"))
        .filter_map(|(name, path)| Some((name, path.rsplit("::").next()?.split('<').next()?)))
        .collect();
    let mut found = BTreeSet::new();
    for file in files(&sources.join("src/tables")) {
        let mut repository = None;
        for line in std::fs::read_to_string(file).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("impl ") {
                let kind = rest.split('<').next().unwrap_or_default();
                repository = names.iter().find(|(_, of)| *of == kind).map(|(name, _)| *name);
            }
            let method =
                line.trim_start().strip_prefix("pub async fn ").and_then(|rest| rest.split('(').next());
            found.extend(repository.zip(method).map(|(repository, method)| format!("{repository}.{method}")));
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_call_is_looked_at() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (looked_at, there_are) = (looked_at(sources), there_are(sources));
    assert!(there_are.len() > 100, "the sources are not read any more: {there_are:?}");
    let is_small = |call: &&String| SMALL.iter().any(|name| call.starts_with(&format!("{name}.")));
    let missing: Vec<&String> = there_are.difference(&looked_at).filter(|call| !is_small(call)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "calls that nobody looks at");
}
