//! What the program stands on: the one place that knows which databases the stories run on.

use std::path::Path;

use super::servers::{Lent, Servers};

/// The two ways to run the program. Each is a test target of its own, with the same stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// SQLite in a file, everything else within the process.
    Embedded,
    /// PostgreSQL and Redis.
    Distributed,
}

impl Setup {
    /// That of this test target.
    pub fn here() -> Self {
        match env!("CARGO_CRATE_NAME") {
            "e2e" => Self::Embedded,
            _ => Self::Distributed,
        }
    }
}

/// What one world stands on. Nobody else has it, and it is gone when this is dropped.
pub enum Ground {
    /// A file in the world's folder.
    Embedded(String),
    /// A database and a prefix of keys.
    Distributed(Lent),
}

impl Ground {
    /// Prepares the ground of a new world; `servers` when it is not to be on those of the test run.
    pub async fn prepare(folder: &Path, servers: Option<Servers>) -> Self {
        match (Setup::here(), servers) {
            (Setup::Embedded, None) => Self::Embedded(folder.join("qura.db").display().to_string()),
            (_, servers) => Self::Distributed(servers.unwrap_or_else(Servers::of_the_run).lend().await),
        }
    }

    /// The program's settings that choose it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Embedded(file) => vec![("DATABASE_URL", file.clone())],
            Self::Distributed(lent) => vec![
                ("DATABASE_URL", lent.database_url().to_string()),
                ("REDIS_URL", lent.redis_url().to_string()),
                ("REDIS_PREFIX", lent.prefix()),
            ],
        }
    }
}
