//! The Rust sources of the workspace, with what rules look at.

use std::collections::HashSet;

use crate::lexer::{self, Literal};
use crate::tree;

/// A Rust file.
pub struct Source {
    /// From the root, e.g. `crates/app/src/jobs.rs`.
    pub path: String,
    pub text: String,
    /// Without comments, contents of literals and test items; same length and lines as `text`.
    pub code: String,
    /// Outside of test items.
    pub literals: Vec<Literal>,
    /// Whether all of it is a test.
    pub is_test: bool,
    test_modules: Vec<String>,
}

impl Source {
    pub fn of(path: &str, text: &str) -> Self {
        let lexed = lexer::lex(text);
        let (items, modules) = lexer::test_items(&lexed.code);
        let mut code = lexed.code.into_bytes();
        for item in &items {
            lexer::blank(&mut code, item.clone());
        }
        let mut literals = lexed.literals;
        literals.retain(|literal| items.iter().all(|item| !item.contains(&literal.offset)));
        let folder = path.strip_suffix(".rs").unwrap_or(path);
        let folder =
            ["/lib", "/main", "/mod"].iter().find_map(|name| folder.strip_suffix(name)).unwrap_or(folder);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: String::from_utf8(code).unwrap(),
            literals,
            is_test: path.starts_with("tests/") || path.contains("/tests/"),
            test_modules: modules.iter().map(|name| format!("{folder}/{name}")).collect(),
        }
    }

    /// The crate's name, e.g. `app`; nothing for what is in no crate.
    pub fn krate(&self) -> &str {
        self.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
    }

    pub fn line(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    /// Where in the code a needle stands, as `path:line: needle`. One that begins or ends with a letter is a
    /// whole name there, not a part of one.
    pub fn finds(&self, needle: &str) -> Vec<String> {
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let whole = |at: usize| {
            let before = self.code[..at].ends_with(joins) && needle.starts_with(joins);
            let after = self.code[at + needle.len()..].starts_with(joins) && needle.ends_with(joins);
            !before && !after
        };
        let found = self.code.match_indices(needle).filter(|(at, _)| whole(*at));
        found.map(|(at, _)| self.offence(at, needle)).collect()
    }

    pub fn offence(&self, offset: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, self.line(offset))
    }
}

/// Every Rust file of the workspace.
pub fn all() -> Vec<Source> {
    let files = ["benches", "crates", "tests"].into_iter().flat_map(tree::files_below);
    let files = files.filter(|file| file.ends_with(".rs"));
    let mut sources: Vec<_> = files.map(|file| Source::of(&file, &tree::read(&file).unwrap())).collect();
    let tests: HashSet<String> = sources.iter().flat_map(|source| source.test_modules.clone()).collect();
    for source in &mut sources {
        let module = source.path.strip_suffix(".rs").unwrap().to_owned();
        source.is_test |= tests.contains(&module);
    }
    sources
}

/// What ends up in the program: no tests and benchmarks, and nothing of the simulator, which speaks for
/// Telegram and not for Qura.
pub fn of_the_program() -> Vec<Source> {
    let is_ours = |source: &Source| !source.is_test && !["", "simulator"].contains(&source.krate());
    all().into_iter().filter(is_ours).collect()
}

#[test]
fn tells_tests_from_the_rest() {
    let all = all();
    let is_test = |path: &str| all.iter().find(|source| source.path == path).unwrap().is_test;
    assert!(is_test("tests/tidy/source.rs"));
    assert!(is_test("crates/telegram/src/decode/tests.rs"));
    assert!(is_test("crates/i18n/src/sample.rs"));
    assert!(!is_test("crates/app/src/lib.rs"));
}

#[test]
fn finds_whole_names_only() {
    let source = Source::of("crates/app/src/x.rs", "fn x() { sqlx_like(); sqlx::query(); my_sqlx }\n// sqlx");
    assert_eq!(source.finds("sqlx"), ["crates/app/src/x.rs:1: sqlx"]);
}
