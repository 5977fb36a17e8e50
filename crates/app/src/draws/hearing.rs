//! Waits for the word of how somebody went, before its absence is taken for leaving: who looks at the very moment
//! at which somebody is taken out may be faster than what Telegram tells of it.

use std::sync::OnceLock;
use std::time::Duration;

use qura_domain::ids::{ChatId, UserId};
use qura_storage::{MembershipEvent, StorageError};
use tokio::time::{Instant, sleep};

use super::DrawService;

/// What Telegram tells by itself is in the log within this time, mostly.
const ARRIVES: Duration = Duration::from_secs(1);

/// How long what is in the log is waited for: behind a crowd, or an update that fails, it may take longer.
const HANDLED: Duration = Duration::from_secs(10);
const LOOKS_AGAIN: Duration = Duration::from_millis(100);

/// From the first wait of a batch on, nobody is waited for any longer than this: thousands may have gone while the
/// program was away for so long that Telegram tells nothing of it any more.
const LONGEST: Duration = Duration::from_secs(10);

/// The same of a whole run that keeps batch after batch.
const IN_ALL: Duration = Duration::from_secs(120);

/// How long one run waits.
#[derive(Debug, Default)]
pub struct Patience {
    ends: OnceLock<Instant>,
    /// In the batches before this one.
    spent: Duration,
}

impl Patience {
    /// For the next batch: nobody in it is to pay for those who went before, as long as there is any left.
    pub(super) fn anew(self) -> Self {
        let Some(ends) = self.ends.get() else { return self };
        let left = ends.saturating_duration_since(Instant::now());
        let spent = self.spent + LONGEST.saturating_sub(left);
        if spent >= IN_ALL { self } else { Self { ends: OnceLock::new(), spent } }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= *self.ends.get_or_init(|| Instant::now() + LONGEST)
    }
}

impl DrawService {
    /// How one came to be outside whom Telegram says to be outside now. Where nothing is known of it yet, the log
    /// is waited for once.
    pub(super) async fn exit(
        &self,
        chat: ChatId,
        user: UserId,
        patience: &Patience,
    ) -> Result<Option<MembershipEvent>, StorageError> {
        let known = self.last_exit(chat, user).await?;
        if known.is_some() || patience.is_over() {
            return Ok(known);
        }
        self.catch_up().await?;
        self.last_exit(chat, user).await
    }

    async fn last_exit(&self, chat: ChatId, user: UserId) -> Result<Option<MembershipEvent>, StorageError> {
        let last = self.last_crossing(chat, user).await?;
        Ok(last.filter(|event| !event.after.is_inside()))
    }

    /// Waits until what happened up to now is handled, as far as Telegram tells of it soon.
    async fn catch_up(&self) -> Result<(), StorageError> {
        sleep(ARRIVES).await;
        let Some(newest) = self.db.read().await?.updates().newest_seq().await? else { return Ok(()) };
        let deadline = Instant::now() + HANDLED;
        while Instant::now() < deadline && self.db.read().await?.updates().is_pending(newest).await? {
            sleep(LOOKS_AGAIN).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_batch_has_its_patience_until_there_is_none_left() {
        let mut patience = Patience::default();
        for _ in 0..IN_ALL.as_secs() / LONGEST.as_secs() {
            assert!(!patience.is_over());
            advance(LONGEST).await;
            assert!(patience.is_over());
            patience = patience.anew();
        }
        assert!(patience.is_over());
        assert!(patience.anew().is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_in_which_nobody_is_waited_for_costs_nothing() {
        let patience = Patience::default();
        advance(IN_ALL).await;
        assert!(!patience.anew().is_over());
    }
}
