//! Opening a database, and the way to its units of work.

use std::fmt;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, SqlitePool};

use crate::connection::{Reader, Tx};
use crate::error::{OpenError, StorageError};
use crate::nesting::{self, Held};

/// Where the database is.
#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl fmt::Debug for DatabaseUrl {
    /// Where, and no more: the options' own `Debug` shows the password and the client's key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(options) => f
                .debug_struct("Postgres")
                .field("host", &options.get_host())
                .field("port", &options.get_port())
                .field("database", &options.get_database())
                .finish_non_exhaustive(),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    /// A path, `sqlite:path`, or `postgres://user:password@host/database`. SQLite takes no options
    /// after a `?` and is always a file.
    fn from_str(text: &str) -> Result<Self, OpenError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(text).map_err(|_| OpenError::NotAnUrl)?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").unwrap_or(path);
        // SQLite itself would take the last two for a database in memory and for an URI.
        let is_file = !path.is_empty() && !path.starts_with(":memory:") && !path.starts_with("file:");
        if !is_file || path.contains("://") || path.contains(['?', '\0']) {
            return Err(OpenError::NotAnUrl);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// What every session of PostgreSQL is set to.
///
/// `users` and `updates` grow and shrink faster than statistics follow. So each statement is planned
/// for the size that its tables have now, and what is a good plan for small ones only is not even
/// considered. A query that does want a scan or a hash says `SET LOCAL`.
const SESSION: [(&str, &str); 10] = [
    ("plan_cache_mode", "force_custom_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    // A page of a list that grew within a minute would be sorted out of all that is behind it.
    ("enable_bitmapscan", "off"),
    // An unavoidable scan is so dear by the first of these that it would be compiled each time.
    ("jit", "off"),
    // A process that froze or lost its machine in the middle of a unit of work would keep its locks for hours.
    // By this time its leases have run out as well.
    ("idle_in_transaction_session_timeout", "6s"),
    // A machine that lost its power says no goodbye. The server finds out by these (seconds), and lets go of the lock
    // of `company.rs`; by what systems have it would take hours.
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
];

/// How the sessions of [`Db::begin_for_many`] and [`Db::read_for_many`] differ: the planner is spared.
const KEPT_PLANS: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];

/// How long a server that let nobody in is asked for the reason.
const ASK_WHY: Duration = Duration::from_secs(5);

/// A database. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    Pg {
        pool: PgPool,
        /// For what crowds do.
        crowds: PgPool,
    },
    Lite {
        /// One connection: SQLite has one writer, and a queue before it beats a race for its lock.
        write: SqlitePool,
        read: SqlitePool,
        /// Held as long as the database is open.
        lock: Arc<File>,
    },
}

impl Db {
    /// Opens the database, creating an SQLite file and its folder when there is none.
    ///
    /// `connections` bounds PostgreSQL's sessions (two at the least) and SQLite's readers.
    pub async fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::open_sqlite(path, connections).await,
            DatabaseUrl::Postgres(options) => Self::open_postgres(options, connections).await,
        }
    }

    async fn open_postgres(options: &PgConnectOptions, connections: u32) -> Result<Self, OpenError> {
        let few = (connections / 2).max(1);
        let options = options.clone().options(SESSION);
        let crowds = pool(few).connect_lazy_with(options.clone().options(KEPT_PLANS));
        match pool(connections.saturating_sub(few).max(1)).connect_with(options.clone()).await {
            Ok(pool) => Ok(Self::Pg { pool, crowds }),
            // The pool waits for a server that is starting, and then does not tell what kept it.
            Err(sqlx::Error::PoolTimedOut) => {
                let asked = tokio::time::timeout(ASK_WHY, options.connect()).await;
                let cause = asked.ok().and_then(Result::err).unwrap_or(sqlx::Error::PoolTimedOut);
                Err(OpenError::Unreachable(cause))
            }
            Err(error) => Err(OpenError::Unreachable(error)),
        }
    }

    async fn open_sqlite(path: &Path, connections: u32) -> Result<Self, OpenError> {
        let lock = lock_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit survives a power cut, which NORMAL does not promise in WAL mode.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Unreachable)?;
        let read = SqlitePoolOptions::new()
            .max_connections(connections.max(1))
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await
            .map_err(OpenError::Unreachable)?;
        Ok(Self::Lite { write, read, lock: Arc::new(lock) })
    }

    /// Begins a unit of work. On SQLite it waits for the one before it.
    pub async fn begin(&self) -> Result<Tx, StorageError> {
        nesting::asks();
        match self {
            Self::Pg { pool, .. } => Ok(Tx::Pg(Box::pin(pool.begin()).await?, Held::begin())),
            Self::Lite { write, .. } => {
                let tx = Box::pin(write.begin_with("BEGIN IMMEDIATE")).await?;
                Ok(Tx::Lite(tx, Held::begin()))
            }
        }
    }

    /// Begins a unit of work that writes what crowds do, hundreds of times a second.
    ///
    /// PostgreSQL keeps the plans of its statements, which spares the planner, and it keeps them
    /// whatever becomes of the tables. So none of them may leave a choice: they look rows up by key, one
    /// or those of an array.
    pub async fn begin_for_many(&self) -> Result<Tx, StorageError> {
        match self {
            Self::Pg { crowds, .. } => {
                nesting::asks();
                Ok(Tx::Pg(Box::pin(crowds.begin()).await?, Held::begin()))
            }
            Self::Lite { .. } => self.begin().await,
        }
    }

    /// A connection for reading what each of a crowd needs, by statements like those of
    /// [`Self::begin_for_many`].
    pub async fn read_for_many(&self) -> Result<Reader, StorageError> {
        match self {
            Self::Pg { crowds, .. } => {
                nesting::asks();
                Ok(Reader::Pg(Box::pin(crowds.acquire()).await?))
            }
            Self::Lite { .. } => self.read().await,
        }
    }

    /// A connection for reading, outside of any unit of work.
    pub async fn read(&self) -> Result<Reader, StorageError> {
        nesting::asks();
        match self {
            Self::Pg { pool, .. } => Ok(Reader::Pg(Box::pin(pool.acquire()).await?)),
            Self::Lite { read, .. } => Ok(Reader::Lite(Box::pin(read.acquire()).await?)),
        }
    }

    /// Lets an SQLite file grow no further than this many pages, or than it is by now; `None`: as far as it
    /// ever could. A disk that is full, for tests. Does nothing to PostgreSQL.
    pub async fn bound_pages(&self, most: Option<u32>) -> Result<(), StorageError> {
        let Self::Lite { write, .. } = self else { return Ok(()) };
        // A bound belongs to a connection, and one alone writes. Zero would only ask for it.
        let bound = format!("PRAGMA max_page_count = {}", most.unwrap_or(u32::MAX - 1).max(1));
        sqlx::raw_sql(sqlx::AssertSqlSafe(bound)).execute(write).await?;
        Ok(())
    }

    /// Connections in use, and connections that wait for use.
    pub fn connections(&self) -> (u32, u32) {
        let count = |size: u32, idle: usize| {
            let idle = u32::try_from(idle).unwrap_or(size).min(size);
            (size - idle, idle)
        };
        match self {
            Self::Pg { pool, crowds } => {
                count(pool.size() + crowds.size(), pool.num_idle() + crowds.num_idle())
            }
            Self::Lite { write, read, .. } => {
                count(write.size() + read.size(), write.num_idle() + read.num_idle())
            }
        }
    }

    /// Closes all connections, after those in use are given back.
    pub async fn close(&self) {
        match self {
            Self::Pg { pool, crowds } => {
                crowds.close().await;
                pool.close().await;
            }
            Self::Lite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// A pool of PostgreSQL's sessions, none of them open yet.
fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        // A ping before each use costs a round trip; a broken connection shows anyway.
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
}

/// Makes this process the only one that uses the file. The lock goes with the process, however it ends.
fn lock_file(path: &Path) -> Result<File, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |reason| OpenError::Folder { path: folder.to_owned(), reason };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(PathBuf::from(name)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
