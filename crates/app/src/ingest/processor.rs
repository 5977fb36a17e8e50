//! Sees one update through: its handler, the tries after a failure, and its end in the log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use qura_domain::ids::Seq;
use qura_ports::clock::Clock;
use qura_storage::{Db, StorageError, StoredUpdate, UpdateState, watched};
use tokio::time::sleep;

use super::done::{Done, DoneGroup};
use super::handler::{HandleError, Handled, UpdateHandler};
use super::queue::Place;
use crate::batcher::Batcher;
use crate::settings::SettingsService;

/// Before something that failed is tried again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Handles updates one by one.
pub struct Processor {
    pub db: Db,
    pub handler: Arc<dyn UpdateHandler>,
    pub settings: Arc<SettingsService>,
    pub clock: Arc<dyn Clock>,
    pub done: Batcher<DoneGroup>,
}

impl Processor {
    /// Handles one update until it is done, dead or somebody else's. So many of the same key wait behind it.
    pub async fn see_through(self: Arc<Self>, mut update: StoredUpdate, behind: usize) -> Place {
        let place = Place::of(&update);
        let mut pause = FIRST_PAUSE;
        loop {
            // A bug in one handler must not take the others down.
            let handling = watched(self.handler.handle(&update, behind));
            let handled = AssertUnwindSafe(handling).catch_unwind().await;
            match handled.unwrap_or_else(|_| Err(HandleError::Failed("the handler panicked".to_owned()))) {
                Ok(handled) => {
                    self.finish(&update, handled).await;
                    return place;
                }
                Err(HandleError::Malformed(error)) => {
                    self.give_up(&update, &error).await;
                    return place;
                }
                Err(HandleError::Failed(error)) => {
                    update.attempts += 1;
                    if update.attempts >= self.settings.get().update_tries() {
                        self.give_up(&update, &error).await;
                        return place;
                    }
                    tracing::warn!(seq = update.seq.get(), error, "an update failed and is tried again");
                    self.count_failure(&update, &error).await;
                }
                Err(HandleError::Transient(error)) => {
                    tracing::warn!(
                        seq = update.seq.get(),
                        error,
                        "an update waits for the database or Telegram"
                    );
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.reread(&mut update).await;
        }
    }

    /// The effect may have been committed though its handler failed afterwards. Not knowing it, the handler would
    /// take it for somebody else's, and the reply would be nobody's: so it is asked until there is an answer.
    async fn reread(&self, update: &mut StoredUpdate) {
        let before = Seq::new(update.seq.get() - 1);
        let partition = [update.partition];
        let rows = insists(update.seq, "read again", || async {
            self.db.read().await?.updates().undone(before, &partition, 1).await
        })
        .await;
        if let Some(row) = rows.into_iter().next().filter(|row| row.seq == update.seq) {
            update.state = row.state;
            update.reply = row.reply;
        }
    }

    async fn finish(&self, update: &StoredUpdate, handled: Handled) {
        if handled.superseded {
            return;
        }
        let latency = self.clock.now().since(update.received_at);
        metrics::histogram!("update_duration_seconds").record(latency.as_secs_f64());
        metrics::counter!("updates_total", "result" => "done").increment(1);
        let done = Done { seq: update.seq, screen: handled.screen };
        insists(update.seq, "marked as done", || self.done.submit(done)).await;
    }

    async fn give_up(&self, update: &StoredUpdate, error: &str) {
        tracing::error!(seq = update.seq.get(), error, "an update is given up");
        metrics::counter!("updates_total", "result" => "dead").increment(1);
        insists(update.seq, "given up", || async {
            let mut tx = self.db.begin().await?;
            tx.updates().bury(update.seq, error).await?;
            tx.commit().await
        })
        .await;
        if update.state == UpdateState::Pending {
            self.handler.apologise(update).await;
        }
    }

    async fn count_failure(&self, update: &StoredUpdate, error: &str) {
        insists(update.seq, "counted as failed", || async {
            let mut tx = self.db.begin().await?;
            tx.updates().record_failure(update.seq, error).await?;
            tx.commit().await
        })
        .await;
    }
}

/// Does what must be done with the log, however long the database takes to come back: an update left behind here would
/// wait for the next start of the program.
async fn insists<T, F, W>(seq: Seq, what: &str, act: F) -> T
where
    F: Fn() -> W,
    W: Future<Output = Result<T, StorageError>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match act().await {
            Ok(done) => return done,
            Err(error) => error,
        };
        let (seq, cause) = (seq.get(), error.detail());
        match error.is_transient() {
            true => tracing::warn!(seq, error = cause, "an update waits to be {what}"),
            false => tracing::error!(seq, error = cause, "an update cannot be {what}"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
