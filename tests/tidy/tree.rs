//! Finds the files of the project.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands in the root without being part of the project (compare `.gitignore`).
const FOREIGN: [&str; 4] = [".git", ".env", "data", "target"];

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All files below a folder of the project, as paths from the root with `/` between, in order.
pub fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root(), Path::new(folder), &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = folder.join(&name);
        if FOREIGN.iter().any(|foreign| path == Path::new(".").join(foreign)) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            collect(root, &path, found);
        } else {
            found.push(path.to_str().unwrap().trim_start_matches("./").to_owned());
        }
    }
}

/// A file as text; `None` for what is not.
pub fn read(path: &str) -> Option<String> {
    String::from_utf8(fs::read(root().join(path)).unwrap()).ok()
}

#[test]
fn finds_itself() {
    let files = files_below(".");
    assert!(files.iter().any(|file| file == "tests/tidy/tree.rs"), "{files:?}");
    assert!(files.iter().all(|file| !file.starts_with("target/")));
}
