//! Looks a chat up, and what keeps the bot or the person from using it. Everything is asked of Telegram now.

use qura_domain::channel::{Channel, Obstacle, Purpose, bot_obstacles, person_obstacles};
use qura_domain::chat::{ChatKind, ChatRef};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::membership::Membership;
use qura_ports::telegram::{ChatInfo, TelegramError};
use qura_storage::StorageError;

use super::ChannelService;

/// A chat as Telegram tells of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    pub channel: Channel,
    /// What the bot and the person lack. Empty: it may be linked.
    pub obstacles: Vec<Obstacle>,
}

/// Why there is nothing to examine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatRefusal {
    /// No such chat, one that the bot cannot see, or a private one that the person is not in: strangers do not
    /// learn its title.
    NotFound { name: String },
    /// The account of a person or a bot.
    NotAChannel,
}

/// Why a chat was not examined.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    #[error("the chat cannot be used")]
    Refused(ChatRefusal),
    #[error(transparent)]
    Telegram(#[from] TelegramError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What was found, before it is decided who may know.
struct Found {
    examined: Examined,
    person: Membership,
}

impl ChannelService {
    /// Looks a chat up that a person wants to use, and names every right that they or the bot lack. Asks
    /// Telegram, so it is called before the transaction.
    pub async fn examine(
        &self,
        person: UserId,
        chat: ChatRef,
        purpose: Purpose,
    ) -> Result<Examined, ExamineError> {
        let name = chat.to_string();
        let found = match self.look(person, chat.clone(), purpose).await {
            Err(ExamineError::Telegram(error)) if is_out_of_sight(&error, &chat) => {
                return Err(ExamineError::Refused(ChatRefusal::NotFound { name }));
            }
            found => found?,
        };
        if !found.examined.channel.is_public() && !found.person.is_inside() {
            return Err(ExamineError::Refused(ChatRefusal::NotFound { name }));
        }
        Ok(found.examined)
    }

    /// Examines a chat that the person linked, even where the bot is not let in any more. `None` for a chat
    /// that they did not link.
    pub async fn refresh(
        &self,
        person: UserId,
        chat: ChatId,
        purpose: Purpose,
    ) -> Result<Option<Examined>, ExamineError> {
        let Some(known) = self.get(person, chat).await? else { return Ok(None) };
        self.inspect(person, known, purpose).await.map(Some)
    }

    /// Examines a chat that is known to the person already, because something of theirs is there: so its
    /// title is no secret to them, whatever they or the bot are there by now.
    pub async fn inspect(
        &self,
        person: UserId,
        known: Channel,
        purpose: Purpose,
    ) -> Result<Examined, ExamineError> {
        let checked_at = self.clock.now();
        let chat = ChatRef::from(known.chat);
        match self.look(person, chat.clone(), purpose).await {
            Ok(found) => Ok(found.examined),
            Err(ExamineError::Telegram(error)) if is_out_of_sight(&error, &chat) => {
                let channel = Channel { bot: Membership::Left, checked_at, ..known };
                let obstacles = channel.bot_obstacles(purpose);
                Ok(Examined { channel, obstacles })
            }
            Err(error) => Err(error),
        }
    }

    async fn look(&self, person: UserId, chat: ChatRef, purpose: Purpose) -> Result<Found, ExamineError> {
        // Before Telegram is asked: what is heard meanwhile is newer.
        let checked_at = self.clock.now();
        let info = self.info(chat).await?;
        if info.kind == ChatKind::Private {
            return Err(ExamineError::Refused(ChatRefusal::NotAChannel));
        }
        let bot = self.standing(info.id, UserId::new(self.bot.get())).await?;
        // Of others a channel tells its administrators only; a group may tell anybody.
        let own = match info.kind {
            ChatKind::Channel if !bot.is_administrator() => Membership::Left,
            _ => self.standing(info.id, person).await?,
        };
        let mut obstacles = bot_obstacles(info.kind, info.username.is_some(), purpose, bot);
        if info.kind != ChatKind::Group && bot.is_administrator() {
            obstacles.extend(person_obstacles(info.kind, purpose, own));
        }
        let members = match self.messenger.member_count(info.id).await {
            Ok(count) => Some(count),
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(_) => None,
        };
        let invite_link = self.invite_link(&info, obstacles.is_empty()).await?;
        let channel = Channel {
            chat: info.id,
            kind: info.kind,
            title: info.title.unwrap_or_default(),
            username: info.username,
            invite_link,
            linked: info.linked,
            members,
            bot,
            checked_at,
        };
        Ok(Found { examined: Examined { channel, obstacles }, person: own })
    }

    /// Follows a group that became a supergroup.
    async fn info(&self, chat: ChatRef) -> Result<ChatInfo, TelegramError> {
        match self.messenger.chat(chat).await {
            Err(TelegramError::Migrated(to)) => self.messenger.chat(to.into()).await,
            answer => answer,
        }
    }

    /// Who is out of the bot's sight counts as outside.
    async fn standing(&self, chat: ChatId, user: UserId) -> Result<Membership, TelegramError> {
        match self.messenger.membership(chat, user).await {
            Err(error) if error.is_no_answer() => Err(error),
            Err(_) => Ok(Membership::Left),
            membership => membership,
        }
    }

    /// The bot's primary link, which works, whoever revoked the one before; else a new one, only where everything
    /// else is fine. Where neither can be had, the one that was known before.
    async fn invite_link(&self, info: &ChatInfo, is_ready: bool) -> Result<Option<String>, ExamineError> {
        if info.username.is_some() {
            return Ok(None);
        }
        if info.invite_link.is_some() {
            return Ok(info.invite_link.clone());
        }
        if is_ready {
            match self.messenger.invite_link(info.id).await {
                Ok(link) => return Ok(Some(link)),
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(_) => {}
            }
        }
        let known = self.db.read().await?.channels().get(info.id).await?;
        Ok(known.and_then(|channel| channel.invite_link))
    }
}

/// Whether Telegram says that there is no such chat for the bot. Of a chat that is named by its number any
/// other refusal says nothing about the chat; a name may also be one that Telegram does not take for one.
fn is_out_of_sight(error: &TelegramError, chat: &ChatRef) -> bool {
    match error {
        TelegramError::ChatLost(_) => true,
        TelegramError::Refused(_) | TelegramError::NotAllowed(_) | TelegramError::Unreachable(_) => {
            matches!(chat, ChatRef::Username(_))
        }
        _ => false,
    }
}
