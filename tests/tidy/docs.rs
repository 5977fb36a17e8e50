//! What the documentation points to exists.

use crate::forbid;
use crate::tree;

/// Where paths in backticks are meant literally. Elsewhere they may be examples.
const LITERAL: [&str; 4] = ["README.md", "docs/ARCHITECTURE.md", "docs/CONTRIBUTING.md", "docs/decisions/"];

const FOLDERS: [&str; 7] = ["crates/", "tests/", "docs/", "scripts/", "locales/", "deploy/", ".ci/"];

/// Targets of the relative links of a page, from the root.
fn links(page: &str, text: &str) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let targets = targets.map(|target| target.split('#').next().unwrap_or_default());
    targets.map(|target| resolve(folder, target)).collect()
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Paths in backticks, from the root. What has a placeholder in it is none.
fn paths(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let quoted = quoted.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)));
    let quoted = quoted.filter(|word| !word.contains(['<', '{', '*', ' ', '…']));
    quoted.map(|word| word.trim_end_matches('/').to_owned()).collect()
}

#[test]
fn links_and_paths_lead_somewhere() {
    let pages: Vec<_> = tree::files_below(".").into_iter().filter(|file| file.ends_with(".md")).collect();
    assert!(pages.len() > 3, "{pages:?}");
    let mut offences = Vec::new();
    for page in pages {
        let text = tree::read(&page).unwrap();
        let mut targets = links(&page, &text);
        if LITERAL.iter().any(|literal| page.starts_with(literal)) {
            targets.extend(paths(&text));
        }
        let dead = targets.into_iter().filter(|target| !tree::root().join(target).exists());
        offences.extend(dead.map(|target| format!("{page}: {target}")));
    }
    forbid("The documentation points to what is not there:", &offences);
}

#[test]
fn notices_a_dead_link() {
    let links = links("docs/x.md", "[a](y.md) [b](../README.md#part) [c](https://example.org) [d](#e)");
    assert_eq!(links, ["docs/y.md", "README.md"]);
    assert_eq!(paths("`crates/app/` and `crates/<name>` and `cargo`"), ["crates/app"]);
}
