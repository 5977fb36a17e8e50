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
    /// The program is stopping.
    #[error("the database is being closed")]
    Stopped,
}

impl StorageError {
    /// Whether the same unit of work may succeed when it is run again from its beginning:
    /// a conflict with another transaction, or a connection that broke.
    pub fn is_transient(&self) -> bool {
        match self {
            // 40001 serialization failure, 40P01 deadlock (PostgreSQL); 5 busy, 6 locked (SQLite).
            Self::Database(sqlx::Error::Database(e)) => {
                matches!(e.code().as_deref(), Some("40001" | "40P01" | "5" | "6"))
            }
            Self::Database(error) => {
                matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed)
            }
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
    #[error("the database file {} is used by another process of Qura; set DATABASE_URL to PostgreSQL and REDIS_URL to run several", .0.display())]
    InUse(PathBuf),
    #[error("the folder of the database, {}, cannot be written: {reason}", path.display())]
    Folder { path: PathBuf, reason: std::io::Error },
    #[error("the database cannot be opened: {0}")]
    Unreachable(#[source] sqlx::Error),
    #[error(
        "the database is newer than this program: it needs one that knows migration {needed}, this one knows {known}"
    )]
    TooNew { needed: i64, known: i64 },
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
}
