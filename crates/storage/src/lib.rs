//! The database: one door ([`Db`]), one unit of work ([`Tx`]), one repository a table.
//!
//! The same SQL text runs on SQLite and on PostgreSQL. A repository is reached through a [`Tx`] for
//! writing, or through a [`Reader`] for reading: `tx.users().see(…)`, `reader.settings().all()`.

mod alone;
mod connection;
mod db;
mod error;
mod migrate;
mod sql;
mod tables;

pub use alone::Alone;
pub use connection::{Reader, Tx};
pub use db::{DatabaseUrl, Db};
pub use error::{OpenError, StorageError};
pub use migrate::{MigrationState, SchemaVersion};
pub use tables::{
    alerts::AlertsRepo,
    audit::{AuditEntry, AuditRepo},
    jobs::{ClaimedJob, JobsRepo, NewJob},
    join_requests::JoinRequestsRepo,
    outbox::{DueNotice, OutboxRepo},
    schedules::SchedulesRepo,
    sessions::{Session, SessionsRepo},
    settings::SettingsRepo,
    updates::{Applied, Batch, NewUpdate, Position, StoredUpdate, UpdateState, UpdatesRepo},
    users::{Seen, UserRecord, UsersRepo},
};
