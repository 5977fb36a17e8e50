//! Makes sure that one process works on a PostgreSQL database when nothing coordinates several.

use sqlx::{Connection, PgConnection};

use crate::db::Db;
use crate::error::StorageError;

/// Any number will do, as long as every version of the program uses the same.
const LOCK: i64 = 0x51_75_72_61;

/// The right to be the only process. Lost with its connection: see [`Alone::is_kept`].
pub struct Alone(PgConnection);

impl Db {
    /// `None` when another process has the right. On SQLite the lock of the file is that right, and
    /// this is `None` too: there is nothing to take.
    pub async fn take_alone(&self) -> Result<Option<Alone>, StorageError> {
        let Self::Pg { pool, .. } = self else { return Ok(None) };
        let mut connection = pool.acquire().await?.detach();
        let (taken,): (bool,) =
            sqlx::query_as("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut connection).await?;
        Ok(taken.then_some(Alone(connection)))
    }
}

impl Alone {
    /// Whether the connection, and with it the right, still stands.
    pub async fn is_kept(&mut self) -> bool {
        self.0.ping().await.is_ok()
    }
}
