//! Reads what a crate depends on from its Cargo.toml.

use crate::tree;

/// A crate of the workspace.
pub struct Manifest {
    /// The folder's name below `crates/`.
    pub krate: String,
    pub dependencies: Vec<String>,
    pub dev_dependencies: Vec<String>,
}

impl Manifest {
    pub fn of(krate: &str, text: &str) -> Self {
        Self {
            krate: krate.to_owned(),
            dependencies: names(text, "[dependencies]"),
            dev_dependencies: names(text, "[dev-dependencies]"),
        }
    }

    pub fn all_dependencies(&self) -> impl Iterator<Item = &str> {
        self.dependencies.iter().chain(&self.dev_dependencies).map(String::as_str)
    }
}

/// Every crate of the workspace.
pub fn all() -> Vec<Manifest> {
    let files = tree::files_below("crates");
    let manifests = files.iter().filter_map(|file| file.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"));
    manifests
        .map(|krate| Manifest::of(krate, &tree::read(&format!("crates/{krate}/Cargo.toml")).unwrap()))
        .collect()
}

fn names(text: &str, section: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| line.trim() != section).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let lines = lines.filter(|line| !line.trim_start().starts_with('#'));
    let names = lines.filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn reads_both_sections() {
    let text = "[package]\nname = \"x\"\n\n[dependencies]\na.workspace = true\n# b = \"1\"\nc = { workspace = true }\n\n[dev-dependencies]\nd = \"1\"\n[[test]]\nname = \"y\"\n";
    let manifest = Manifest::of("x", text);
    assert_eq!(manifest.dependencies, ["a", "c"]);
    assert_eq!(manifest.dev_dependencies, ["d"]);
    assert!(all().iter().any(|m| m.krate == "app" && m.dependencies.contains(&"qura-storage".to_owned())));
}
