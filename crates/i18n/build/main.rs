//! Turns the message files into the enum `Msg`, or stops the build with one sentence on what is wrong.

mod catalog;
mod codegen;
mod json;
mod markup;
mod name;
mod plural;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fmt, fs, io};

use catalog::Catalog;

#[expect(clippy::print_stderr, reason = "cargo shows what a failing build script writes there")]
fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "how a build script tells cargo what it depends on")]
fn generate() -> Result<(), Failure> {
    println!("cargo::rerun-if-changed=build");
    let locales = directory("CARGO_MANIFEST_DIR")?.join("../../locales");
    let mut sources = Vec::new();
    for language in &plural::LANGUAGES {
        let path = locales.join(language.file);
        println!("cargo::rerun-if-changed={}", path.display());
        sources.push((language, fs::read_to_string(&path).map_err(Failure::file(&path))?));
    }
    let catalog = Catalog::read(&sources).map_err(Failure::Messages)?;
    let target = directory("OUT_DIR")?.join("messages.rs");
    fs::write(&target, codegen::source(&catalog)).map_err(Failure::file(&target))
}

fn directory(variable: &'static str) -> Result<PathBuf, Failure> {
    env::var_os(variable).map(PathBuf::from).ok_or(Failure::NotUnderCargo(variable))
}

/// Why there is no `Msg` to compile.
enum Failure {
    NotUnderCargo(&'static str),
    File(PathBuf, io::Error),
    Messages(catalog::CatalogError),
}

impl Failure {
    fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        |error| Self::File(path.to_owned(), error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUnderCargo(variable) => write!(f, "cargo did not set {variable}"),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Messages(error) => write!(f, "{error}"),
        }
    }
}
