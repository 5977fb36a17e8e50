//! What can go wrong with a database, sorted by who has to act.

use std::path::PathBuf;

/// A statement failed. Rules of the product never show here: they are row counts, not errors.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// A stored value is not of the form that this program writes.
    #[error("the database holds an unreadable {0}")]
    Unreadable(&'static str),
    /// Another poller has taken over: what this one read must not be stored.
    #[error("another poller took over")]
    Fenced,
    /// What many effects were written with was interrupted: whether one of them is there has to be read.
    #[error("a group of effects was interrupted")]
    Interrupted,
    /// The program is stopping.
    #[error("the database is being closed")]
    Stopped,
}

impl StorageError {
    /// Whether the same unit of work may succeed when it is run again from its beginning:
    /// a conflict with another transaction, a connection that broke, a disk that is full.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| is_transient_code(&code))
            }
            Self::Database(error) => {
                matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed)
            }
            Self::Interrupted => true,
            Self::Unreadable(_) | Self::Fenced | Self::Stopped => false,
        }
    }
}

impl StorageError {
    /// The error with its cause, on one line, for logs.
    pub fn detail(&self) -> String {
        match self {
            Self::Database(cause) => format!("{self}: {cause}"),
            other => other.to_string(),
        }
    }
}

/// Whether a database's code tells of a conflict, of a server that goes down, or of one without room.
fn is_transient_code(code: &str) -> bool {
    // PostgreSQL's codes have five characters, SQLite's are numbers below 10,000.
    if code.len() == 5 {
        // 40001 serialization failure, 40P01 deadlock; 25P03 this process slept in the middle of it;
        // 57P01–57P03 the server stops, crashes, starts; class 08 the connection broke; class 53 no room:
        // disk, memory, connections.
        return matches!(code, "40001" | "40P01" | "25P03" | "57P01" | "57P02" | "57P03")
            || code.starts_with("08")
            || code.starts_with("53");
    }
    // 5 busy, 6 locked, 13 the disk is full; the bits above the lowest eight tell why.
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 13))
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Why a database cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("DATABASE_URL is neither a path, nor sqlite:…, nor postgres://…")]
    NotAnUrl,
    #[error("the database file {} is used by another process of Qura; stop it first, or set DATABASE_URL to PostgreSQL and REDIS_URL to run several", .0.display())]
    InUse(PathBuf),
    #[error("the folder of the database, {}, cannot be written: {reason}", path.display())]
    Folder { path: PathBuf, reason: std::io::Error },
    /// Names its cause itself, so that it is one sentence: the cause is not also its source.
    #[error("the database cannot be opened: {0}")]
    Unreachable(sqlx::Error),
    #[error(
        "the database is newer than this program: it needs one that knows migration {needed}, this one knows {known}"
    )]
    TooNew { needed: i64, known: i64 },
    /// Names its cause itself, as above.
    #[error("the database could not be brought up to date: {0}")]
    Migration(sqlx::migrate::MigrateError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_may_pass_by_itself() {
        // 517 busy snapshot, 261 busy recovery, 262 locked shared cache; 53100 and 13 a full disk.
        for code in
            ["40001", "40P01", "25P03", "57P01", "08006", "53100", "5", "6", "13", "517", "261", "262"]
        {
            assert!(is_transient_code(code), "{code}");
        }
        // Unique violation, undefined table, constraint, read-only, unique constraint.
        for code in ["23505", "42P01", "19", "8", "2067", "", "x"] {
            assert!(!is_transient_code(code), "{code}");
        }
    }
}
