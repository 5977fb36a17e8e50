//! Telegram, as the rest of Qura sees it: typed events in, typed requests out.
//!
//! Only the adapter knows the Bot API's JSON. What it cannot understand becomes a [`Malformed`].

mod error;
mod event;
mod inline;
mod keyboard;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use qura_domain::chat::ChatRef;
use qura_domain::ids::{BotId, ChatId, UpdateId, UserId};
use qura_domain::membership::Membership;
use qura_domain::text::RichText;

pub use error::{Malformed, TelegramError};
pub use event::{
    Callback, ChatInfo, ChatSummary, Checkout, Event, Incoming, InlineQuery, JoinRequest, MembershipChange,
    Message, Origin,
};
pub use inline::{InlineContent, InlineResult};
pub use keyboard::{Button, ButtonAction, ChatChoice, ChatRequest, Keyboard, ReplyKeyboard};
pub use request::{Lane, Markup, Posted, Request, Sent};

/// Where updates come from.
#[async_trait]
pub trait UpdateSource: Send + Sync {
    /// Waits for updates past `after` for at most `timeout`, and confirms `after` and all before it
    /// to Telegram, which then forgets them. `None` confirms nothing and takes the oldest.
    ///
    /// At most `limit` (1–100) of them, in the order of their ids.
    async fn poll(
        &self,
        after: Option<UpdateId>,
        limit: u8,
        timeout: Duration,
    ) -> Result<Vec<RawUpdate>, TelegramError>;
}

/// An update as it came, with the little that is needed to store it in the right place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawUpdate {
    pub id: UpdateId,
    pub route: Route,
    /// The update's JSON, to the letter.
    pub raw: String,
}

/// Which updates an update must not overtake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// What a person did: private chats, callbacks, inline queries, their membership.
    Person(UserId),
    /// What happened in a group or channel.
    Chat(ChatId),
    /// Must be answered within seconds and waits for nobody: checks before a payment.
    Urgent(UserId),
    /// Nothing that can be read tells whose it is.
    Unknown,
}

/// Understands stored updates.
pub trait Decoder: Send + Sync {
    /// Fails when the update is of a known kind but not of its shape. An unknown kind is
    /// [`Event::Other`].
    fn decode(&self, raw: &str) -> Result<Incoming, Malformed>;
}

/// The bot's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotAccount {
    pub id: BotId,
    /// Without its `@`.
    pub username: String,
    pub supports_inline: bool,
}

/// The only way out to Telegram. Keeps Telegram's limits, waits and retries by itself.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends one request in its lane. Returns once Telegram took it, or once it is clear that
    /// it never will.
    async fn send(&self, lane: Lane, request: Request) -> Result<Sent, TelegramError>;

    /// Posts a text of its own accord, in the notice lane, and tells Telegram's date of the post.
    async fn post(&self, chat: ChatId, text: RichText) -> Result<Posted, TelegramError>;

    /// Who the bot is.
    async fn me(&self) -> Result<BotAccount, TelegramError>;

    /// A person's relation to a chat. Whoever was never there is [`Membership::Left`].
    async fn membership(&self, chat: ChatId, user: UserId) -> Result<Membership, TelegramError>;

    /// How many are in a chat.
    async fn member_count(&self, chat: ChatId) -> Result<u32, TelegramError>;

    /// What a chat is.
    async fn chat(&self, chat: ChatRef) -> Result<ChatInfo, TelegramError>;

    /// How many boosts a person gives to a chat now (`getUserChatBoosts`); the bot must be an
    /// administrator there.
    async fn boosts(&self, chat: ChatId, user: UserId) -> Result<u32, TelegramError>;

    /// A new primary invite link of the bot's own (`exportChatInviteLink`); the one before leads nowhere any more.
    /// Needs the right to invite.
    async fn invite_link(&self, chat: ChatId) -> Result<String, TelegramError>;
}
