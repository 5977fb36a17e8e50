//! Lists the playground page's files, so that a new one is served without being named anywhere.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=page");
    let mut names = Vec::new();
    for entry in fs::read_dir("page")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if [".html", ".css", ".js"].iter().any(|ending| name.ends_with(ending)) {
            names.push(name);
        }
    }
    names.sort();
    let mut table = String::from("&[\n");
    for name in names {
        table += &format!(
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/page/{name}\"))),\n"
        );
    }
    table += "]\n";
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("page_files.rs"), table)
}
