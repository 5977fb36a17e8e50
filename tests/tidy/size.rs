//! One concept a file: at most 400 lines, and a first line that says what it is for.

use crate::forbid;
use crate::source::{self, Source};

/// Lines of a file, its tests aside. About 200 is good.
const MOST_LINES: usize = 400;

fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let first = source.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") {
            offences.push(format!("{}: the first line does not say what the file is for", source.path));
        }
        let tests = lines_of_tests(source);
        let lines = source.text.lines().count() - tests;
        if !source.is_test && lines > MOST_LINES {
            offences.push(format!("{}: {lines} lines are more than {MOST_LINES}", source.path));
        }
    }
    offences
}

/// What was blanked has no code in it, though its text has.
fn lines_of_tests(source: &Source) -> usize {
    match source.text.find("#[cfg(test)]\nmod tests {") {
        Some(at) => source.text[at..].lines().count(),
        None => 0,
    }
}

#[test]
fn files_are_small_and_say_what_they_are_for() {
    forbid("One concept a file:", &offences(&source::all()));
}

#[test]
fn notices_a_file_that_is_too_long_or_says_nothing() {
    let long = format!("//! Long.\n{}", "fn x() {}\n".repeat(MOST_LINES));
    let tested = format!("//! Short.\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn x() {}\n".repeat(MOST_LINES));
    let here = |text: &str| offences(&[Source::of("crates/app/src/x.rs", text)]).len();
    assert_eq!(here(&long), 1);
    assert_eq!(here(&tested), 0);
    assert_eq!(here("use x;\n"), 1);
}
