//! What handles an update, as the consumer sees it.

use async_trait::async_trait;
use qura_domain::ids::{MessageId, UserId};
use qura_storage::{StorageError, StoredUpdate};

/// Brings an update about: its effect, then its reply.
#[async_trait]
pub trait UpdateHandler: Send + Sync + 'static {
    /// Handles a pending update; of an applied one it only sends the reply, again. `behind`: how many of the
    /// same person (or chat) were waiting for it when it began.
    async fn handle(&self, update: &StoredUpdate, behind: usize) -> Result<Handled, HandleError>;

    /// The update was given up: its sender hears one apology.
    async fn apologise(&self, update: &StoredUpdate);
}

/// An update that needs nothing more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handled {
    /// The person's living message, where it changed.
    pub screen: Option<(UserId, MessageId)>,
    /// Somebody else did it and will finish it: it is to be forgotten here, not in the log.
    pub superseded: bool,
}

/// Why an update is not done.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// It can never be understood.
    #[error("{0}")]
    Malformed(String),
    /// The database or Telegram is out of reach: tried again for as long as it takes.
    #[error("{0}")]
    Transient(String),
    /// Anything else: tried again a few times, then given up.
    #[error("{0}")]
    Failed(String),
}

impl From<StorageError> for HandleError {
    fn from(error: StorageError) -> Self {
        if error.is_transient() { Self::Transient(error.detail()) } else { Self::Failed(error.detail()) }
    }
}
