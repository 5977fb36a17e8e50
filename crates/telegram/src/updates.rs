//! Fetches updates by `getUpdates`.

mod batch;

use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::UpdateId;
use qura_ports::telegram::{RawUpdate, Route, TelegramError, UpdateSource};

use crate::client::{CallFailure, Client};
use crate::decode;
use crate::wire::GetUpdates;
use batch::Item;

/// The kinds of updates that Telegram is asked for. It applies the list when an update comes about,
/// so a kind that is missing here is lost for good; `chat_member` must be named to come at all.
pub const ALLOWED_UPDATES: &[&str] = &[
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "pre_checkout_query",
    "poll_answer",
    "chat_boost",
    "removed_chat_boost",
];

/// What a refusal to poll says that is due to a webhook.
const WEBHOOK: &str = "webhook is active";

/// Most updates that Telegram gives at once (Bot API, `getUpdates`).
const LARGEST_BATCH: u8 = 100;

/// Longest wait that Telegram keeps; it shortens longer ones itself (`telegram-bot-api`, `Client.h`).
const LONGEST_POLL: Duration = Duration::from_secs(50);

/// The updates of the client's bot. Only one poller at a time may use a token.
///
/// A server without long polling answers at once, maybe with nothing: pacing is up to the caller.
#[derive(Clone, Debug)]
pub struct ClientUpdates {
    client: Client,
}

impl ClientUpdates {
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl UpdateSource for ClientUpdates {
    #[tracing::instrument(name = "telegram.updates.poll", level = "debug", skip_all, fields(after = ?after, limit))]
    async fn poll(
        &self,
        after: Option<UpdateId>,
        limit: u8,
        timeout: Duration,
    ) -> Result<Vec<RawUpdate>, TelegramError> {
        let timeout = timeout.min(LONGEST_POLL);
        let limit = limit.clamp(1, LARGEST_BATCH);
        let request = GetUpdates {
            offset: after.map(|id| id.get().saturating_add(1)),
            limit,
            timeout: timeout.as_secs(),
            allowed_updates: ALLOWED_UPDATES,
        };
        match self.client.long_call(timeout, "getUpdates", &request, batch::read).await {
            Ok(batch) => Ok(addressed(batch, limit)),
            Err(CallFailure::Answered(TelegramError::Conflict(text))) if text.contains(WEBHOOK) => {
                self.remove_webhook().await?;
                Ok(Vec::new())
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

impl ClientUpdates {
    /// One that an earlier program left behind would keep this one deaf for good. What waits for it is fetched.
    async fn remove_webhook(&self) -> Result<(), TelegramError> {
        tracing::warn!("the bot had a webhook, and polls instead: the webhook is removed");
        let removed: bool = self.client.call("deleteWebhook", &serde_json::Map::new()).await?;
        tracing::debug!(removed, "deleteWebhook");
        Ok(())
    }
}

/// Reads whose each update is, and puts them in order. What has no usable number is left behind: the
/// next good update's number confirms it too.
fn addressed(batch: Vec<Item>, limit: u8) -> Vec<RawUpdate> {
    let fetched = batch.len();
    let mut updates: Vec<RawUpdate> = batch.into_iter().filter_map(with_address).collect();
    if updates.len() < fetched {
        tracing::warn!(unreadable = fetched - updates.len(), fetched, "updates without a usable update_id");
    }
    updates.sort_by_key(|update| update.id);
    updates.truncate(usize::from(limit));
    updates
}

/// A torn one is kept for the operator, where its number is whole: so it does not come again.
fn with_address(item: Item) -> Option<RawUpdate> {
    match item {
        Item::Whole(raw) => {
            let (id, route) = decode::address(raw.get())?;
            Some(RawUpdate { id, route, raw: Box::<str>::from(raw).into_string() })
        }
        Item::Torn(raw) => Some(RawUpdate { id: decode::first_number(&raw)?, route: Route::Unknown, raw }),
    }
}
