//! Migrations: the same numbers and names for both databases, each with its way up and down.

use std::collections::BTreeSet;

use crate::forbid;
use crate::tree;

const FOLDERS: [&str; 2] = ["crates/storage/migrations/sqlite/", "crates/storage/migrations/postgres/"];

fn offences(files: &[String]) -> Vec<String> {
    let names: BTreeSet<&str> = files.iter().filter_map(|file| name(file)).collect();
    let mut offences = Vec::new();
    for (number, name) in (1..).zip(&names) {
        if !name.starts_with(&format!("{number:04}_")) {
            offences.push(format!("{name} is not number {number}"));
        }
        for (folder, way) in FOLDERS.iter().flat_map(|folder| [(folder, "up"), (folder, "down")]) {
            let path = format!("{folder}{name}.{way}.sql");
            if !files.contains(&path) {
                offences.push(format!("{path} is missing"));
            }
        }
    }
    let strange = files.iter().filter(|file| name(file).is_none());
    offences.extend(strange.map(|file| format!("{file} is neither …up.sql nor …down.sql")));
    offences
}

fn name(file: &str) -> Option<&str> {
    let file = FOLDERS.iter().find_map(|folder| file.strip_prefix(folder))?;
    file.strip_suffix(".up.sql").or_else(|| file.strip_suffix(".down.sql"))
}

#[test]
fn both_databases_have_the_same_migrations() {
    let files = tree::files_below("crates/storage/migrations");
    assert!(files.len() >= 4, "migrations have moved");
    forbid("Migrations go in pairs, up and down:", &offences(&files));
}

#[test]
fn notices_a_missing_half() {
    let all = |name: &str| {
        let files =
            FOLDERS.iter().flat_map(|folder| ["up", "down"].map(|way| format!("{folder}{name}.{way}.sql")));
        files.collect::<Vec<_>>()
    };
    assert_eq!(offences(&all("0001_a")).len(), 0);
    assert_eq!(offences(&all("0001_a")[1..]).len(), 1);
    assert_eq!(offences(&[all("0001_a"), all("0003_b")].concat()).len(), 1);
    assert_eq!(offences(&[all("0001_a"), all("0001_b")].concat()).len(), 1);
}
