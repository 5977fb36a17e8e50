//! `audit_logs`: who changed what, from what to what, and when. Rows are only added.

use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, text};

repository! {
    /// The audit log.
    AuditRepo
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Made by the program; orders entries of the same microsecond.
    pub id: i64,
    pub at: Timestamp,
    /// `None` for the program itself.
    pub actor: Option<UserId>,
    /// `area.verb`, e.g. `settings.set`.
    pub action: String,
    /// The thing, e.g. `gate.enabled` or `lottery:AbCd1234`.
    pub subject: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl AuditRepo<'_> {
    pub async fn record(&mut self, entry: &AuditEntry) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO audit_logs (created_at, id, actor_id, action, subject, before, after)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            entry.at.micros(),
            entry.id,
            entry.actor.map(UserId::get),
            text(&entry.action),
            text(&entry.subject),
            entry.before.as_deref().map(text),
            entry.after.as_deref().map(text)
        )?;
        Ok(())
    }

    /// The newest entries before the given moment, newest first.
    pub async fn list(&mut self, before: Timestamp, limit: u32) -> Result<Vec<AuditEntry>, StorageError> {
        type Row = (i64, i64, Option<i64>, String, String, Option<String>, Option<String>);
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT id, created_at, actor_id, action, subject, before, after FROM audit_logs
             WHERE created_at < $1 ORDER BY created_at DESC, id DESC LIMIT $2",
            before.micros(),
            i64::from(limit)
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, at, actor, action, subject, before, after)| AuditEntry {
                id,
                at: Timestamp::from_micros(at),
                actor: actor.map(UserId::new),
                action,
                subject,
                before,
                after,
            })
            .collect())
    }
}
