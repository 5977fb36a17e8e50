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

/// From the first wait on, nobody is waited for any longer than this: thousands may have gone while the program
/// was away for so long that Telegram tells nothing of it any more.
const LONGEST: Duration = Duration::from_secs(10);

/// How long one run waits in all.
#[derive(Debug, Default)]
pub struct Patience {
    ends: OnceLock<Instant>,
}

impl Patience {
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
