//! The operators' settings in memory, the same in every process within a second.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use qura_domain::ids::UserId;
use qura_domain::settings::{Key, Settings, Value};
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{AuditEntry, Db, StorageError, Tx};
use tokio_util::sync::CancellationToken;

/// A change must reach every process within a second (architecture, section 7).
const SWEEP: Duration = Duration::from_millis(900);

/// Reads and changes settings.
pub struct SettingsService {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    wakeups: Arc<dyn WakeUps>,
    current: RwLock<Arc<Settings>>,
}

impl SettingsService {
    /// Reads all settings once.
    pub async fn load(
        db: Db,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        wakeups: Arc<dyn WakeUps>,
    ) -> Result<Self, StorageError> {
        let service = Self { db, clock, random, wakeups, current: RwLock::default() };
        service.refresh().await?;
        Ok(service)
    }

    /// The settings of this moment; costs nothing.
    pub fn get(&self) -> Arc<Settings> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads what other processes changed.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let rows = self.db.read().await?.settings().all().await?;
        let (settings, rejected) =
            Settings::from_rows(rows.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if **current != settings {
            if !rejected.is_empty() {
                tracing::warn!(?rejected, "stored settings are unknown to this version, or not acceptable");
            }
            *current = Arc::new(settings);
        }
        Ok(())
    }

    /// The setting as the database has it, and nobody else changes it before the transaction ends.
    pub async fn lock(&self, tx: &mut Tx, key: Key) -> Result<Value, StorageError> {
        let default = key.spec().default;
        let stored = tx.settings().lock(key.name(), &default.to_json(), self.clock.now()).await?;
        // A value of another version counts as not set, as everywhere.
        Ok(key.parse(&stored).unwrap_or(default))
    }

    /// Changes a setting in the caller's transaction, with its audit row. Call [`Self::announce`]
    /// after the commit.
    pub async fn change(
        &self,
        tx: &mut Tx,
        key: Key,
        value: &Value,
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        let at = self.clock.now();
        let before = self.lock(tx, key).await?.to_json();
        let after = value.to_json();
        tx.settings().set(key.name(), &after, by, at).await?;
        let entry = AuditEntry {
            id: self.random.id(),
            at,
            actor: by,
            action: "settings.set".to_owned(),
            subject: key.name().to_owned(),
            before: Some(before),
            after: Some(after),
        };
        tx.audit().record(&entry).await
    }

    /// Makes a committed change known, here at once and elsewhere by a wake-up.
    pub async fn announce(&self) {
        if let Err(error) = self.refresh().await {
            tracing::error!(error = error.detail(), "settings cannot be read");
        }
        self.wakeups.wake(Topic::Settings).await;
    }

    /// Keeps the settings fresh until told to stop.
    pub async fn run(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wakeups.wait(Topic::Settings, SWEEP) => {}
            }
            if let Err(error) = self.refresh().await {
                tracing::error!(error = error.detail(), "settings cannot be read");
            }
        }
    }
}
