//! `operator_alerts`: troubles that the operators were told of once.

use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::execute;

repository! {
    /// Troubles under way.
    AlertsRepo
}

impl AlertsRepo<'_> {
    /// Whether the trouble is new: then somebody is to be told.
    pub async fn raise(&mut self, name: &str, at: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO operator_alerts (name, raised_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            name,
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// Whether there was such a trouble; the next one is told again.
    pub async fn clear(&mut self, name: &str) -> Result<bool, StorageError> {
        Ok(execute!(self.conn, "DELETE FROM operator_alerts WHERE name = $1", name)? > 0)
    }
}
