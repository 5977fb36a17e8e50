//! Nothing in the project tells of the machine that it was written on.

use crate::forbid;
use crate::tree;

/// Split, so that this file does not offend itself.
const FORBIDDEN: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("DEVEL", "OPERS.md")];

fn offences(path: &str, text: &str) -> Vec<String> {
    let lines = (1..).zip(text.lines());
    let found = lines.flat_map(|(number, line)| {
        FORBIDDEN.iter().filter(move |word| line.contains(**word)).map(move |word| (number, word))
    });
    found.map(|(number, word): (usize, _)| format!("{path}:{number}: {word}")).collect()
}

#[test]
fn no_file_names_a_machine() {
    let files = tree::files_below(".");
    let texts = files.iter().filter_map(|file| Some((file, tree::read(file)?)));
    let offences: Vec<_> = texts.flat_map(|(file, text)| offences(file, &text)).collect();
    forbid("The project stands on its own:", &offences);
}

#[test]
fn notices_a_machine() {
    assert_eq!(offences("x.md", &format!("a\nsee {}x\n", FORBIDDEN[0])).len(), 1);
}
