//! Points at which a test may kill the program, as `kill -9` would: between what is written and what is
//! said, where chance alone would hardly strike.
//!
//! Inert unless the program runs on the clock of tests, which is accepted on loopback only.

use std::path::PathBuf;

/// Where a test names the point at which to die.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    file: Option<PathBuf>,
}

impl Faults {
    /// Dies at the point that the file names, once: the file is gone by then.
    pub fn of_tests(file: PathBuf) -> Self {
        Self { file: Some(file) }
    }

    /// The program is at this point.
    pub fn reach(&self, point: &str) {
        let Some(file) = &self.file else { return };
        let named = std::fs::read_to_string(file).is_ok_and(|name| name.trim() == point);
        // Of several processes, the one that takes the file away dies.
        if named && std::fs::remove_file(file).is_ok() {
            std::process::abort();
        }
    }
}
