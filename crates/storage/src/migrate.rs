//! Bringing the schema up, taking it down, and refusing a database that is newer than the program.

use sqlx::migrate::{MigrateError, Migrator};

use crate::db::Db;
use crate::error::{OpenError, StorageError};
use crate::sql::{fetch_all, fetch_optional};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The number of a migration.
pub type SchemaVersion = i64;

/// A migration that this program knows, and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    pub version: SchemaVersion,
    pub name: String,
    pub applied: bool,
}

impl Db {
    /// Applies what is missing. Two processes that start together do not collide: PostgreSQL's
    /// advisory lock and SQLite's file lock let one go first.
    ///
    /// A database with migrations that this program does not know is accepted as long as its
    /// `min_program` allows: that is what a rolling upgrade looks like to the old program.
    pub async fn migrate_up(&self) -> Result<(), OpenError> {
        self.refuse_if_newer().await?;
        let migrator = self.migrator();
        match self {
            Self::Pg { pool, .. } => migrator.run(pool).await,
            Self::Lite { write, .. } => migrator.run(write).await,
        }
        .map_err(OpenError::Migration)
    }

    /// Takes back every migration above `target`; 0 empties the database. Refused while there are
    /// migrations that this program does not know: it would pull the ground from under them.
    pub async fn migrate_down(&self, target: SchemaVersion) -> Result<(), OpenError> {
        let migrator = self.migrator();
        let known = newest(&migrator);
        let applied = self.applied_versions().await.map_err(|e| migration_error(&e))?;
        let needed = applied.into_iter().max().unwrap_or(0);
        if needed > known {
            return Err(OpenError::TooNew { needed, known });
        }
        match self {
            Self::Pg { pool, .. } => migrator.undo(pool, target).await,
            Self::Lite { write, .. } => migrator.undo(write, target).await,
        }
        .map_err(OpenError::Migration)
    }

    /// Every migration that the program knows, oldest first.
    pub async fn migration_states(&self) -> Result<Vec<MigrationState>, OpenError> {
        let applied = self.applied_versions().await.map_err(|e| migration_error(&e))?;
        let ups = self.migrator();
        let ups = ups.iter().filter(|migration| migration.migration_type.is_up_migration());
        Ok(ups
            .map(|migration| MigrationState {
                version: migration.version,
                name: migration.description.to_string(),
                applied: applied.contains(&migration.version),
            })
            .collect())
    }

    /// Fails when the database needs a program that knows more migrations than this one.
    async fn refuse_if_newer(&self) -> Result<(), OpenError> {
        let known = newest(&self.migrator());
        let needed = self.min_program().await.map_err(|e| migration_error(&e))?;
        if needed > known { Err(OpenError::TooNew { needed, known }) } else { Ok(()) }
    }

    fn migrator(&self) -> Migrator {
        let known = match self {
            Self::Pg { .. } => &POSTGRES,
            Self::Lite { .. } => &SQLITE,
        };
        let mut migrator = Migrator::with_migrations(known.iter().cloned().collect());
        migrator.set_ignore_missing(true);
        migrator
    }

    /// 0 for an empty database.
    async fn min_program(&self) -> Result<SchemaVersion, StorageError> {
        if !self.has_table("schema_support").await? {
            return Ok(0);
        }
        let mut reader = self.read().await?;
        let row = fetch_optional!(reader.conn(), (i64,), "SELECT min_program FROM schema_support")?;
        Ok(row.map_or(0, |(version,)| version))
    }

    async fn applied_versions(&self) -> Result<Vec<SchemaVersion>, StorageError> {
        if !self.has_table("_sqlx_migrations").await? {
            return Ok(Vec::new());
        }
        let mut reader = self.read().await?;
        let rows = fetch_all!(
            reader.conn(),
            (i64,),
            "SELECT version FROM _sqlx_migrations WHERE success ORDER BY 1"
        )?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    async fn has_table(&self, name: &str) -> Result<bool, StorageError> {
        let mut reader = self.read().await?;
        let rows = fetch_all!(reader.conn(), (i64,),
            pg: "SELECT 1::BIGINT FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1" [name],
            lite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1" [name])?;
        Ok(!rows.is_empty())
    }
}

fn newest(migrator: &Migrator) -> SchemaVersion {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn migration_error(error: &StorageError) -> OpenError {
    OpenError::Migration(MigrateError::Execute(sqlx::Error::Protocol(error.detail())))
}
