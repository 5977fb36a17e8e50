//! Each point at which a test may kill the program is one at which a story does.

use crate::forbid;
use crate::source::{self, Source};

/// How the program says that it is at a point.
const REACHED: [&str; 2] = [".reach(", ".reaches("];

/// The points in a file, with where they stand.
fn points(source: &Source) -> Vec<(usize, String)> {
    let calls = REACHED.iter().flat_map(|call| source.code.match_indices(call));
    let named = calls.filter_map(|(at, call)| {
        // Behind the quote.
        let place = at + call.len() + 1;
        source.literals.iter().find(|literal| literal.offset == place)
    });
    named.map(|literal| (literal.offset, literal.text.clone())).collect()
}

fn untold(program: &[Source], stories: &[String]) -> Vec<String> {
    let mut untold = Vec::new();
    for source in program {
        for (offset, point) in points(source) {
            let name = format!("\"{point}\"");
            if !stories.iter().any(|story| story.contains(&name)) {
                untold.push(source.offence(offset, &point));
            }
        }
    }
    untold
}

#[test]
fn the_program_dies_at_every_point_in_some_story() {
    let program = source::of_the_program();
    let known: usize = program.iter().map(|source| points(source).len()).sum();
    assert!(known > 20, "only {known} points are found");
    let stories = source::all()
        .into_iter()
        .filter(|source| source.path.starts_with("tests/") && !source.path.starts_with("tests/tidy/"));
    let stories: Vec<String> = stories.map(|source| source.text).collect();
    forbid("Points at which no story kills the program:", &untold(&program, &stories));
}

#[test]
fn notices_a_point_without_a_story() {
    let text = "fn x() { step.reaches(\"draw.closed\"); faults.reach(point); other.reach(\"draw.walked\") }";
    let source = [Source::of("crates/app/src/x.rs", text)];
    let told = |story: &str| untold(&source, &[story.to_owned()]);
    assert_eq!(told("dies_at(\"draw.closed\")"), ["crates/app/src/x.rs:1: draw.walked"]);
    assert_eq!(told("[\"draw.closed\", \"draw.walked\"]"), Vec::<String>::new());
}
