//! `settings`: what the operators changed from its default.

use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// The operators' settings, as name and JSON.
    SettingsRepo
}

impl SettingsRepo<'_> {
    pub async fn all(&mut self) -> Result<Vec<(String, String)>, StorageError> {
        fetch_all!(self.conn, (String, String), "SELECT name, value FROM settings")
    }

    pub async fn get(&mut self, name: &str) -> Result<Option<String>, StorageError> {
        let row = fetch_optional!(self.conn, (String,), "SELECT value FROM settings WHERE name = $1", name)?;
        Ok(row.map(|(value,)| value))
    }

    /// The value, or `default` where there is none, and until the end of the transaction nobody
    /// else may change it: for changes that rest on what was there.
    pub async fn lock(&mut self, name: &str, default: &str, at: Timestamp) -> Result<String, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (String,),
            "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value",
            name,
            default,
            at.micros()
        )?;
        row.map(|(value,)| value).ok_or(StorageError::Unreadable("setting"))
    }

    /// `by` is `None` for the command line.
    pub async fn set(
        &mut self,
        name: &str,
        value: &str,
        by: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO settings (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
               changed_by = excluded.changed_by",
            name,
            text(value),
            at.micros(),
            by.map(UserId::get)
        )?;
        Ok(())
    }
}
