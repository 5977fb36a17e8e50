//! The only way out to Telegram: turns requests into calls, and answers into what they mean.

mod admission;
mod errand;
mod flood;
mod parcel;

use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::chat::ChatRef;
use qura_domain::ids::{BotId, ChatId, MessageId, UserId};
use qura_domain::membership::Membership;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_ports::coordination::Limits;
use qura_ports::random::Random;
use qura_ports::telegram::{
    BotAccount, ChatInfo, Lane, Malformed, Markup, Messenger, Posted, Request, Sent, TelegramError,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::client::{CallFailure, Client, NOT_MODIFIED};
use crate::decode::{Chat, ChatMember};
use crate::wire;
use admission::Path;
use errand::{Errand, Errands};
use parcel::{Back, Parcel, method};

/// Sends by the Bot API, within limits that it is given.
///
/// Two messengers of one token must share their limits; each alone would use them up.
pub struct TelegramMessenger {
    client: Client,
    errands: Errands,
    random: Arc<dyn Random>,
}

impl TelegramMessenger {
    /// `random` spreads repeated calls, and keeps the parts of uploads apart.
    pub fn new(client: Client, limits: Arc<dyn Limits>, random: Arc<dyn Random>) -> Self {
        Self { client, errands: Errands::new(limits, Arc::clone(&random)), random }
    }

    /// Asks something that changes nothing. Somebody waits for it, so it is in the interactive lane.
    async fn ask<R: DeserializeOwned>(
        &self,
        method: &'static str,
        parameters: impl Serialize + Sync,
    ) -> Result<R, TelegramError> {
        let errand = Errand { repeatable: true, ..Errand::free(method) };
        self.errands.run(errand, || self.client.call(method, &parameters)).await
    }

    /// Makes the one call that the parcel is.
    async fn deliver(&self, parcel: &Parcel) -> Result<Sent, CallFailure> {
        let Parcel { method, body, back } = parcel;
        match *back {
            Back::Sent => {
                let SentMessage { message_id } = self.client.call_with(method, body).await?;
                Ok(Sent::Message(message_id))
            }
            Back::Edited(message) => edited(message, self.client.call_with(method, body).await),
            Back::Nothing => done(self.client.call_with(method, body).await),
        }
    }
}

#[async_trait]
impl Messenger for TelegramMessenger {
    #[tracing::instrument(
        name = "telegram.messenger.send",
        level = "debug",
        skip_all,
        fields(method = method(&request), ?lane, chat_id = request.chat().map(ChatId::get)),
    )]
    async fn send(&self, lane: Lane, request: Request) -> Result<Sent, TelegramError> {
        let parcel = Parcel::pack(&request, &*self.random);
        let parcel = parcel.map_err(|unsendable| TelegramError::Refused(unsendable.to_string()))?;
        let method = parcel.method;
        let path = request.chat().map_or(Path::Free(method), Path::Chat);
        let errand = Errand { lane, path, method, repeatable: request.is_repeatable() };
        let outcome = self.errands.run(errand, || self.deliver(&parcel)).await;
        outcome.map_err(|error| of_a_person(request.chat(), error))
    }

    #[tracing::instrument(
        name = "telegram.messenger.post",
        level = "debug",
        skip_all,
        fields(chat_id = chat.get()),
    )]
    async fn post(&self, chat: ChatId, text: RichText) -> Result<Posted, TelegramError> {
        let request = Request::SendText { chat, text, markup: Markup::None, reply_to: None };
        let Parcel { method, body, .. } = Parcel::pack(&request, &*self.random)
            .map_err(|unsendable| TelegramError::Refused(unsendable.to_string()))?;
        let errand = Errand { lane: Lane::Notice, path: Path::Chat(chat), method, repeatable: false };
        let dated: DatedMessage = self.errands.run(errand, || self.client.call_with(method, &body)).await?;
        Ok(Posted { message: dated.message_id, date: Timestamp::from_secs(dated.date) })
    }

    #[tracing::instrument(name = "telegram.messenger.me", level = "debug", skip_all)]
    async fn me(&self) -> Result<BotAccount, TelegramError> {
        let me: Me = self.ask("getMe", wire::GetMe {}).await?;
        Ok(BotAccount { id: me.id, username: me.username, supports_inline: me.supports_inline_queries })
    }

    #[tracing::instrument(
        name = "telegram.messenger.membership",
        level = "debug",
        skip_all,
        fields(chat_id = chat.get(), user_id = user.get()),
    )]
    async fn membership(&self, chat: ChatId, user: UserId) -> Result<Membership, TelegramError> {
        let request = wire::GetChatMember { chat_id: chat, user_id: user };
        match self.ask::<ChatMember>("getChatMember", request).await {
            Ok(member) => member.membership().map_err(|Malformed(why)| TelegramError::Unreadable(why)),
            Err(TelegramError::Refused(text)) if is_nobody(&text) => Ok(Membership::Left),
            Err(error) => Err(error),
        }
    }

    #[tracing::instrument(
        name = "telegram.messenger.member_count",
        level = "debug",
        skip_all,
        fields(chat_id = chat.get()),
    )]
    async fn member_count(&self, chat: ChatId) -> Result<u32, TelegramError> {
        self.ask("getChatMemberCount", wire::GetChatMemberCount { chat_id: chat }).await
    }

    #[tracing::instrument(name = "telegram.messenger.chat", level = "debug", skip_all)]
    async fn chat(&self, chat: ChatRef) -> Result<ChatInfo, TelegramError> {
        let info: Chat = self.ask("getChat", wire::GetChat { chat_id: &chat }).await?;
        Ok(info.info())
    }

    #[tracing::instrument(
        name = "telegram.messenger.boosts",
        level = "debug",
        skip_all,
        fields(chat_id = chat.get(), user_id = user.get()),
    )]
    async fn boosts(&self, chat: ChatId, user: UserId) -> Result<u32, TelegramError> {
        let request = wire::GetUserChatBoosts { chat_id: chat, user_id: user };
        let boosts: UserChatBoosts = self.ask("getUserChatBoosts", request).await?;
        Ok(u32::try_from(boosts.boosts.len()).unwrap_or(u32::MAX))
    }

    #[tracing::instrument(
        name = "telegram.messenger.invite_link",
        level = "debug",
        skip_all,
        fields(chat_id = chat.get()),
    )]
    async fn invite_link(&self, chat: ChatId) -> Result<String, TelegramError> {
        let method = "exportChatInviteLink";
        let request = wire::ExportChatInviteLink { chat_id: chat };
        // Twice would make the first link a dead one.
        let errand = Errand::free(method);
        self.errands.run(errand, || self.client.call(method, &request)).await
    }
}

/// `User`, as `getMe` returns it.
#[derive(Deserialize)]
struct Me {
    id: BotId,
    username: String,
    #[serde(default)]
    supports_inline_queries: bool,
}

/// `UserChatBoosts`: those that count now.
#[derive(Deserialize)]
struct UserChatBoosts {
    boosts: Vec<IgnoredAny>,
}

/// All that matters of the `Message` that was sent.
#[derive(Deserialize)]
struct SentMessage {
    message_id: MessageId,
}

/// The same where its date matters.
#[derive(Deserialize)]
struct DatedMessage {
    message_id: MessageId,
    date: i64,
}

fn done(answer: Result<IgnoredAny, CallFailure>) -> Result<Sent, CallFailure> {
    answer.map(|_| Sent::Done)
}

/// An edit that would change nothing has its effect already.
fn edited(message: MessageId, answer: Result<IgnoredAny, CallFailure>) -> Result<Sent, CallFailure> {
    match answer {
        Ok(_) => Ok(Sent::Message(message)),
        Err(CallFailure::Answered(TelegramError::Refused(text))) if text.starts_with(NOT_MODIFIED) => {
            Ok(Sent::Message(message))
        }
        Err(failure) => Err(failure),
    }
}

/// A private chat that Telegram does not find is a person who never started the bot.
fn of_a_person(chat: Option<ChatId>, error: TelegramError) -> TelegramError {
    match error {
        TelegramError::ChatLost(text) if chat.is_some_and(|chat| chat.person().is_some()) => {
            TelegramError::Unreachable(text)
        }
        other => other,
    }
}

/// Whether `getChatMember` says that it knows no such member.
fn is_nobody(text: &str) -> bool {
    ["member not found", "user not found", "PARTICIPANT_ID_INVALID", "USER_NOT_PARTICIPANT"]
        .iter()
        .any(|beginning| text.starts_with(beginning))
}
