//! Troubles that the operators must hear of: once, until mended.

use std::sync::Arc;

use qura_domain::ids::{NoticeId, UserId};
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{AuditEntry, Db, StorageError};

use crate::outbox::{Notice, write_notice};

/// Tells the operators.
pub struct AlertService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
    /// `ADMIN_IDS`.
    pub operators: Arc<[UserId]>,
}

impl AlertService {
    /// Tells every operator of a trouble with the given name, unless they know of it. The audit log
    /// keeps it.
    pub async fn raise(&self, name: &str, notice: impl Fn(UserId) -> Notice) -> Result<(), StorageError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !tx.alerts().raise(name, now).await? {
            return tx.rollback().await;
        }
        let entry = AuditEntry {
            id: self.random.id(),
            at: now,
            actor: None,
            action: "alert.raise".to_owned(),
            subject: name.to_owned(),
            before: None,
            after: None,
        };
        tx.audit().record(&entry).await?;
        for operator in self.operators.iter() {
            write_notice(&mut tx, NoticeId::new(self.random.id()), &notice(*operator), now).await?;
        }
        tx.commit().await?;
        self.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }

    /// The trouble is over: the next one is told again.
    pub async fn clear(&self, name: &str) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        tx.alerts().clear(name).await?;
        tx.commit().await
    }
}
