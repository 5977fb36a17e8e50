//! The mistakes that the chaos suite is shown to catch can still be made: their patches fit the sources.

use crate::forbid;
use crate::tree;

const FOLDER: &str = "tests/chaos/broken";

/// What a patch expects to find, hunk by hunk, each with its file.
fn expected(patch: &str) -> Vec<(String, String)> {
    let (mut hunks, mut file) = (Vec::new(), String::new());
    for line in patch.lines() {
        if let Some(path) = line.strip_prefix("+++ b/") {
            file = path.to_owned();
        } else if line.starts_with("@@ ") {
            hunks.push((file.clone(), String::new()));
        } else if let Some((_, text)) = hunks.last_mut()
            && let Some(old) = line.strip_prefix([' ', '-']).filter(|_| !line.starts_with("--- "))
        {
            text.push_str(old);
            text.push('\n');
        }
    }
    hunks
}

/// The files of the hunks that do not fit.
fn offences(patch: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let hunks = expected(patch);
    let misfits = hunks.iter().filter(|(file, text)| !read(file).is_some_and(|source| source.contains(text)));
    let mut offences: Vec<String> = misfits.map(|(file, _)| file.clone()).collect();
    if hunks.is_empty() || !patch.lines().any(|line| line.starts_with("caught by: ")) {
        offences.push("nothing is broken, or no check is named".to_owned());
    }
    offences
}

#[test]
fn the_patches_still_fit() {
    let patches: Vec<_> =
        tree::files_below(FOLDER).into_iter().filter(|file| file.ends_with(".patch")).collect();
    assert_eq!(patches.len(), 3, "{patches:?}");
    let offences = patches.iter().flat_map(|patch| {
        let text = tree::read(patch).unwrap();
        offences(&text, tree::read).into_iter().map(move |what| format!("{patch}: {what}"))
    });
    forbid("Make these patches anew (scripts/broken.sh):", &offences.collect::<Vec<_>>());
}

#[test]
fn notices_a_patch_that_does_not_fit() {
    let patch = "It breaks.\ncaught by: x\n\n--- a/f.rs\n+++ b/f.rs\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";
    assert!(offences(patch, |_| Some("a\nb\n".into())).is_empty());
    assert_eq!(offences(patch, |_| Some("a\nx\nb\n".into())), ["f.rs"]);
    assert_eq!(offences(patch, |_| None), ["f.rs"]);
}
