//! What the program stands on: the one place that knows which databases the stories run on.

use std::path::Path;

/// A way to run the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// SQLite in a file, everything else within the process.
    Embedded,
}

impl Setup {
    /// The program's settings that choose this set-up.
    pub fn environment(self, folder: &Path) -> Vec<(&'static str, String)> {
        match self {
            Self::Embedded => vec![("DATABASE_URL", database_file(folder))],
        }
    }
}

/// The SQLite file of a world.
pub fn database_file(folder: &Path) -> String {
    folder.join("qura.db").display().to_string()
}
