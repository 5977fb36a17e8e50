//! Who is subscribed: the gate before everything, and what is heard of members coming and going.

use std::collections::HashMap;
use std::sync::Arc;

use qura_domain::gate::{Gate, GateChannel, Standing, Verdict};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::Attendance;
use qura_domain::membership::Membership;
use qura_ports::coordination::MembershipCache;
use qura_ports::telegram::{JoinRequest, MembershipChange, Messenger, TelegramError};
use qura_storage::{Db, StorageError};
use tokio::sync::Mutex;

use crate::alerts::AlertService;
use crate::outbox::Notice;
use crate::settings::SettingsService;

/// Checks subscriptions.
pub struct SubscriptionService {
    pub db: Db,
    pub messenger: Arc<dyn Messenger>,
    pub cache: Arc<dyn MembershipCache>,
    pub settings: Arc<SettingsService>,
    pub alerts: Arc<AlertService>,
    /// Whether the bot sees into a gate channel, as this process wrote it down last, so that it is not written for
    /// each person. Nothing at the start: what another process wrote may be true no more.
    pub sights: Mutex<HashMap<ChatId, bool>>,
}

/// Whether what was heard lately will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// For everyday acts.
    Cached,
    /// For «لقد اشتركت»: asks Telegram.
    Now,
}

/// Why the gate cannot tell.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error("the gate cannot be checked: {0}")]
    Telegram(#[from] TelegramError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SubscriptionService {
    /// Decides whether a person may pass the gate. Fails only when Telegram or the database is out
    /// of reach; a channel that the bot lost sight of lets everyone pass and alerts the operators.
    pub async fn pass_gate(&self, person: UserId, freshness: Freshness) -> Result<Verdict, GateError> {
        let settings = self.settings.get();
        let gate = settings.gate();
        if gate.is_open() {
            return Ok(Verdict::Pass);
        }
        let mut standings = Vec::with_capacity(gate.channels.len());
        for channel in &gate.channels {
            standings.push(self.standing(channel, person, freshness).await?);
        }
        Ok(gate.verdict(&standings))
    }

    /// Whether a person is in a chat. Fails only when Telegram is out of reach for the moment; a chat that
    /// the bot lost sight of is an answer.
    pub async fn attendance(
        &self,
        chat: ChatId,
        person: UserId,
        freshness: Freshness,
    ) -> Result<Attendance, TelegramError> {
        match self.membership(chat, person, freshness).await {
            Ok((membership, _)) => Ok(Attendance::Known(membership)),
            Err(error) if error.is_no_answer() => Err(error),
            Err(error) => {
                tracing::warn!(chat_id = chat.get(), %error, "the members of a chat cannot be seen");
                Ok(Attendance::CannotCheck)
            }
        }
    }

    /// What a person is in a chat, and whether Telegram was asked for it.
    async fn membership(
        &self,
        chat: ChatId,
        person: UserId,
        freshness: Freshness,
    ) -> Result<(Membership, bool), TelegramError> {
        let known = match freshness {
            Freshness::Cached => self.cache.get(chat, person).await,
            Freshness::Now => None,
        };
        metrics::counter!("membership_lookups_total", "from" => if known.is_some() { "cache" } else { "telegram" })
            .increment(1);
        if let Some(membership) = known {
            return Ok((membership, false));
        }
        let membership = self.messenger.membership(chat, person).await?;
        self.cache.put(chat, person, membership).await;
        Ok((membership, true))
    }

    async fn standing(
        &self,
        channel: &GateChannel,
        person: UserId,
        freshness: Freshness,
    ) -> Result<Standing, GateError> {
        let membership = match self.membership(channel.chat, person, freshness).await {
            Ok((membership, is_fresh)) => {
                if is_fresh {
                    self.seen_again(channel.chat).await?;
                }
                membership
            }
            Err(error) if error.is_no_answer() => {
                return Err(error.into());
            }
            Err(error) => {
                self.lost_sight(channel, &error).await?;
                return Ok(Standing::CannotCheck);
            }
        };
        if !membership.is_inside()
            && self.db.read().await?.join_requests().is_waiting(channel.chat, person).await?
        {
            return Ok(Standing::Requested);
        }
        Ok(Standing::Known(membership))
    }

    async fn lost_sight(&self, channel: &GateChannel, error: &TelegramError) -> Result<(), StorageError> {
        self.writes_down(channel.chat, false, async || {
            tracing::warn!(chat_id = channel.chat.get(), %error, "a gate channel cannot be checked: everyone passes");
            self.alerts
                .raise(&alert_name(channel.chat), |operator| Notice::GateUnchecked {
                    person: operator,
                    title: channel.title.clone(),
                })
                .await
        })
        .await
    }

    async fn seen_again(&self, chat: ChatId) -> Result<(), StorageError> {
        self.writes_down(chat, true, async || self.alerts.clear(&alert_name(chat)).await).await
    }

    /// Writes down what is news, one piece of news at a time: else the one that is remembered might not be the one
    /// that was written last. What could not be written is news the next time.
    async fn writes_down(
        &self,
        chat: ChatId,
        is_seen: bool,
        write: impl AsyncFnOnce() -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let mut sights = self.sights.lock().await;
        if sights.get(&chat) != Some(&is_seen) {
            write().await?;
            sights.insert(chat, is_seen);
        }
        Ok(())
    }

    /// Somebody came or went: what is remembered of them is true again at once.
    pub async fn member_changed(&self, change: &MembershipChange) -> Result<(), StorageError> {
        self.cache.put(change.chat.id, change.member.id, change.after).await;
        if change.after.is_inside() && self.gate_channel(change.chat.id).is_some() {
            let mut tx = self.db.begin().await?;
            tx.join_requests().remove(change.chat.id, change.member.id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What is remembered of a person in a chat may be wrong: the next look asks Telegram.
    pub async fn forget(&self, chat: ChatId, person: UserId) {
        self.cache.forget(chat, person).await;
    }

    /// Somebody asks to join a chat that approves its members.
    pub async fn join_requested(&self, request: &JoinRequest) -> Result<(), StorageError> {
        if self.gate_channel(request.chat.id).is_none() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        tx.join_requests().add(request.chat.id, request.from.id, request.date).await?;
        tx.commit().await
    }

    /// The bot's own rights changed: losing sight of a gate channel is told at once.
    pub async fn own_rights_changed(&self, chat: ChatId, now: Membership) -> Result<(), StorageError> {
        let Some(channel) = self.gate_channel(chat) else { return Ok(()) };
        if now.is_administrator() {
            // News whatever this process knew: another one may have lost sight of it.
            self.sights.lock().await.remove(&chat);
            self.seen_again(chat).await
        } else {
            self.lost_sight(&channel, &TelegramError::NotAllowed("no longer an administrator".to_owned()))
                .await
        }
    }

    fn gate_channel(&self, chat: ChatId) -> Option<GateChannel> {
        let settings = self.settings.get();
        let gate: &Gate = settings.gate();
        gate.channels.iter().find(|channel| channel.chat == chat).filter(|_| gate.enabled).cloned()
    }
}

fn alert_name(chat: ChatId) -> String {
    format!("gate.unchecked:{chat}")
}
