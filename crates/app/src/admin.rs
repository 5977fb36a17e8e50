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
    /// No such chat, or one that the bot cannot see.
    NotFound {
        name: String,
    },
    NotAChannel {
        title: String,
    },
    BotNotAdministrator {
        title: String,
    },
    /// The chat has no public link, and the bot may not make another.
    NoInviteRight {
        title: String,
    },
    AlreadyThere {
        title: String,
    },
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
        let name = chat.to_string();
        let info = match self.messenger.chat(chat).await {
            Ok(info) => info,
            Err(TelegramError::ChatLost(_) | TelegramError::Refused(_) | TelegramError::Unreachable(_)) => {
                return refuse(GateChannelRefusal::NotFound { name });
            }
            Err(error) => return Err(error.into()),
        };
        let title = info.title.clone().unwrap_or(name);
        if info.kind != ChatKind::Channel {
            return refuse(GateChannelRefusal::NotAChannel { title });
        }
        match self.messenger.membership(info.id, UserId::new(self.bot.get())).await {
            Ok(own) if own.is_administrator() => {}
            Err(error) if error.is_transient() => return Err(error.into()),
            Ok(_) | Err(_) => return refuse(GateChannelRefusal::BotNotAdministrator { title }),
        }
        match self.link(&info).await? {
            Some(link) => Ok(GateChannel { chat: info.id, title, link }),
            None => refuse(GateChannelRefusal::NoInviteRight { title }),
        }
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

    /// Adds an examined channel, in the caller's transaction, and returns the gate as it will be.
    pub async fn add_gate_channel(
        &self,
        tx: &mut Tx,
        channel: GateChannel,
        by: UserId,
    ) -> Result<Gate, GateChangeError> {
        let mut channels = self.channels(tx).await?;
        if channels.iter().any(|known| known.chat == channel.chat) {
            let title = channel.title;
            return Err(GateChangeError::Refused(GateChannelRefusal::AlreadyThere { title }));
        }
        if channels.len() >= Gate::MAX_CHANNELS {
            return Err(GateChangeError::Refused(GateChannelRefusal::TooMany));
        }
        channels.push(channel);
        let value = Value::Channels(channels.clone());
        self.settings.change(tx, Key::GateChannels, &value, Some(by)).await?;
        Ok(Gate { channels, ..self.settings.get().gate().clone() })
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
