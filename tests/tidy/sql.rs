//! Only `storage` mentions SQL.

use crate::forbid;
use crate::manifest::{self, Manifest};
use crate::source::{self, Source};

const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    " SET ",
    "CREATE TABLE ",
    "ALTER TABLE ",
    "ON CONFLICT",
    "PRAGMA ",
];

fn offences(sources: &[Source], manifests: &[Manifest]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources.iter().filter(|source| source.krate() != "storage") {
        offences.extend(source.finds("sqlx"));
        for literal in &source.literals {
            let statement = STATEMENTS.iter().find(|statement| literal.text.contains(*statement));
            offences.extend(statement.map(|statement| source.offence(literal.offset, statement)));
        }
    }
    let others = manifests.iter().filter(|manifest| manifest.krate != "storage");
    let others = others.filter(|manifest| manifest.dependencies.iter().any(|name| name == "sqlx"));
    offences.extend(others.map(|manifest| format!("crates/{}/Cargo.toml: sqlx", manifest.krate)));
    offences
}

#[test]
fn sql_is_in_storage_only() {
    forbid("Only storage mentions SQL:", &offences(&source::of_the_program(), &manifest::all()));
}

#[test]
fn notices_sql_elsewhere() {
    let text = "fn x() { sqlx::query(\"SELECT 1\"); }";
    let here = |path| offences(&[Source::of(path, text)], &[]).len();
    assert_eq!(here("crates/app/src/x.rs"), 2);
    assert_eq!(here("crates/storage/src/x.rs"), 0);
    let manifest = Manifest::of("bot", "[dependencies]\nsqlx.workspace = true\n");
    assert_eq!(offences(&[], &[manifest]).len(), 1);
}
