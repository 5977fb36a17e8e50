//! What operators do: so far, the gate.

use std::sync::Arc;

use qura_domain::chat::{ChatKind, ChatRef};
use qura_domain::gate::{Gate, GateChannel};
use qura_domain::ids::{BotId, ChatId, UserId};
use qura_domain::settings::{Key, Value};
use qura_ports::telegram::{ChatInfo, Messenger, TelegramError};
use qura_storage::{StorageError, Tx};

use crate::settings::SettingsService;

/// The operators' acts. Callers have checked that the person is one.
pub struct AdminService {
    pub messenger: Arc<dyn Messenger>,
    pub settings: Arc<SettingsService>,
    pub bot: BotId,
}

/// Why a chat cannot be a gate channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateChannelRefusal {
    NotFound,
    /// A private chat, or a basic group.
    WrongKind,
    BotNotAdministrator,
    /// The bot may not make an invite link, and the chat has no public one.
    NoLink,
    AlreadyThere,
    TooMany,
}

/// Why the gate did not change.
#[derive(Debug, thiserror::Error)]
pub enum GateChangeError {
    #[error("the chat cannot be a gate channel")]
    Refused(GateChannelRefusal),
    #[error(transparent)]
    Telegram(#[from] TelegramError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AdminService {
    /// Turns a switch over, in the caller's transaction, and returns its new position.
    pub async fn toggle(&self, tx: &mut Tx, key: Key, by: UserId) -> Result<bool, StorageError> {
        let Value::Switch(on) = self.settings.lock(tx, key).await? else {
            return Err(StorageError::Unreadable("switch"));
        };
        self.settings.change(tx, key, &Value::Switch(!on), Some(by)).await?;
        Ok(!on)
    }

    /// Looks a chat up and checks that it can be a gate channel. Asks Telegram, so it is called
    /// before the transaction.
    pub async fn examine_gate_channel(&self, chat: ChatRef) -> Result<GateChannel, GateChangeError> {
        let refuse = |why| Err(GateChangeError::Refused(why));
        let info = match self.messenger.chat(chat).await {
            Ok(info) => info,
            Err(TelegramError::ChatLost(_) | TelegramError::Refused(_) | TelegramError::Unreachable(_)) => {
                return refuse(GateChannelRefusal::NotFound);
            }
            Err(error) => return Err(error.into()),
        };
        if !matches!(info.kind, ChatKind::Channel | ChatKind::Supergroup) {
            return refuse(GateChannelRefusal::WrongKind);
        }
        match self.messenger.membership(info.id, UserId::new(self.bot.get())).await {
            Ok(own) if own.is_administrator() => {}
            Err(error) if error.is_transient() => return Err(error.into()),
            Ok(_) | Err(_) => return refuse(GateChannelRefusal::BotNotAdministrator),
        }
        let Some(link) = self.link(&info).await? else { return refuse(GateChannelRefusal::NoLink) };
        Ok(GateChannel { chat: info.id, title: info.title.unwrap_or_default(), link })
    }

    async fn link(&self, info: &ChatInfo) -> Result<Option<String>, TelegramError> {
        if let Some(username) = &info.username {
            return Ok(Some(format!("https://t.me/{username}")));
        }
        if let Some(link) = &info.invite_link {
            return Ok(Some(link.clone()));
        }
        match self.messenger.invite_link(info.id).await {
            Ok(link) => Ok(Some(link)),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Adds an examined channel, in the caller's transaction.
    pub async fn add_gate_channel(
        &self,
        tx: &mut Tx,
        channel: GateChannel,
        by: UserId,
    ) -> Result<(), GateChangeError> {
        let mut channels = self.channels(tx).await?;
        if channels.iter().any(|known| known.chat == channel.chat) {
            return Err(GateChangeError::Refused(GateChannelRefusal::AlreadyThere));
        }
        if channels.len() >= Gate::MAX_CHANNELS {
            return Err(GateChangeError::Refused(GateChannelRefusal::TooMany));
        }
        channels.push(channel);
        self.settings.change(tx, Key::GateChannels, &Value::Channels(channels), Some(by)).await?;
        Ok(())
    }

    /// Removes a channel, in the caller's transaction. Returns it, or `None` when it was gone already.
    pub async fn remove_gate_channel(
        &self,
        tx: &mut Tx,
        chat: ChatId,
        by: UserId,
    ) -> Result<Option<GateChannel>, StorageError> {
        let mut channels = self.channels(tx).await?;
        let Some(place) = channels.iter().position(|known| known.chat == chat) else { return Ok(None) };
        let removed = channels.remove(place);
        self.settings.change(tx, Key::GateChannels, &Value::Channels(channels), Some(by)).await?;
        Ok(Some(removed))
    }

    /// As the database has them now: two operators may be at it at once.
    async fn channels(&self, tx: &mut Tx) -> Result<Vec<GateChannel>, StorageError> {
        match self.settings.lock(tx, Key::GateChannels).await? {
            Value::Channels(channels) => Ok(channels),
            _ => Err(StorageError::Unreadable("list of gate channels")),
        }
    }
}
