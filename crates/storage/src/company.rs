//! Makes sure that several processes work on a PostgreSQL database only where all of them coordinate.

use sqlx::{Connection, PgConnection};

use crate::db::Db;
use crate::error::StorageError;

/// Any number will do, as long as every version of the program uses the same.
const LOCK: i64 = 0x51_75_72_61;

/// With whom a process works on a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// With nobody.
    Alone,
    /// With those who coordinate as it does.
    Coordinated,
}

/// The right to work on a database. Lost with its connection: see [`Place::is_kept`].
pub struct Place(PgConnection);

impl Db {
    /// `None` when others work on it who do not suit. On SQLite the lock of the file is that right, and this is `None`
    /// too: there is nothing to take.
    pub async fn take_place(&self, company: Company) -> Result<Option<Place>, StorageError> {
        let Self::Pg { pool, .. } = self else { return Ok(None) };
        let mut connection = pool.acquire().await?.detach();
        let lock = match company {
            Company::Alone => "SELECT pg_try_advisory_lock($1)",
            Company::Coordinated => "SELECT pg_try_advisory_lock_shared($1)",
        };
        let (taken,): (bool,) = sqlx::query_as(lock).bind(LOCK).fetch_one(&mut connection).await?;
        Ok(taken.then_some(Place(connection)))
    }
}

impl Place {
    /// Whether the connection, and with it the right, still stands.
    pub async fn is_kept(&mut self) -> bool {
        self.0.ping().await.is_ok()
    }
}
