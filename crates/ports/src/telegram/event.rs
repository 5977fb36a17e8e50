//! What happens on Telegram, in the words of Qura.

use qura_domain::chat::ChatKind;
use qura_domain::ids::{ChatId, MessageId, UpdateId, UserId};
use qura_domain::membership::Membership;
use qura_domain::person::Person;
use qura_domain::template::Media;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;

/// A decoded update.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    pub id: UpdateId,
    pub event: Event,
}

/// The kinds of updates that Qura acts on.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Message(Box<Message>),
    ChannelPost(Box<Message>),
    Callback(Box<Callback>),
    InlineQuery(Box<InlineQuery>),
    /// The bot's own membership changed; in a private chat: blocked or unblocked.
    OwnMembership(Box<MembershipChange>),
    /// Somebody else's membership changed.
    Membership(Box<MembershipChange>),
    JoinRequest(Box<JoinRequest>),
    /// Somebody boosted a chat.
    Boosted(Box<Person>),
    /// Somebody is about to pay.
    Checkout(Box<Checkout>),
    /// Anything else, by its name in the Bot API.
    Other(String),
}

/// A message in a private chat, group or channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: MessageId,
    pub chat: ChatSummary,
    /// `None` for channel posts and anonymous administrators.
    pub from: Option<Person>,
    pub date: Timestamp,
    /// The text or the caption; empty for neither.
    pub text: RichText,
    /// The photo, video or animation in it; of a photo's sizes the largest.
    pub media: Option<Media>,
    /// It holds something else: a sticker, a voice, a file, a place.
    pub has_other_content: bool,
    /// The album that it is a part of, by the name that all its parts have in common.
    pub album: Option<String>,
    pub reply_to: Option<MessageId>,
    /// Where it was forwarded from.
    pub origin: Option<Origin>,
    /// The chat that the person chose in Telegram's own picker, with the request's number.
    pub chat_shared: Option<(i32, ChatId)>,
    /// The group's new id, on the last message of a basic group.
    pub migrated_to: Option<ChatId>,
}

/// Who a forwarded message comes from, as far as Telegram tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Channel { chat: ChatSummary, message: MessageId },
    Elsewhere,
}

/// The short form of a chat that updates carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatSummary {
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: Option<String>,
    /// Without its `@`.
    pub username: Option<String>,
}

/// The long form of a chat, from `getChat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatInfo {
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: Option<String>,
    /// Without its `@`.
    pub username: Option<String>,
    /// The bot's own primary invite link, where it has one. It works: in place of one that is revoked there is a
    /// new one at once (Bot API, `revokeChatInviteLink`).
    pub invite_link: Option<String>,
    /// A channel's discussion group, or a group's channel.
    pub linked: Option<ChatId>,
}

/// A press of an inline button.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    /// To be answered exactly once, within seconds.
    pub id: String,
    pub from: Person,
    /// `None` for a button under an inline result.
    pub message: Option<(ChatSummary, MessageId)>,
    /// Forged until checked.
    pub data: String,
}

/// Somebody types `@bot …` somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineQuery {
    pub id: String,
    pub from: Person,
    pub query: String,
    pub offset: String,
}

/// A member's status changed in a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct MembershipChange {
    pub chat: ChatSummary,
    /// Who acted: the member, or an administrator.
    pub actor: UserId,
    pub member: Person,
    pub date: Timestamp,
    pub before: Membership,
    pub after: Membership,
}

/// Somebody asks to join a chat that approves its members.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinRequest {
    pub chat: ChatSummary,
    pub from: Person,
    pub date: Timestamp,
}

/// The last question before a payment. Without an answer within 10 s the payment fails (Bot API,
/// `answerPreCheckoutQuery`).
#[derive(Clone, Debug, PartialEq)]
pub struct Checkout {
    /// To be answered exactly once.
    pub id: String,
    pub from: Person,
}
