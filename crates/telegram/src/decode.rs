//! Understands updates: first only whose they are, later what they say.

mod frame;
mod membership;
mod message;
mod object;
mod route;
mod shape;

use qura_domain::ids::UpdateId;
use qura_domain::person::Person;
use qura_ports::telegram::{
    Callback, Checkout, Decoder, Event, Incoming, InlineQuery, JoinRequest, Malformed, MembershipChange,
    Route,
};
use serde::Deserialize;

use frame::Frame;
use object::from_objects;
use route::route;
use shape::Sender;

pub use frame::first_number;
pub use membership::ChatMember;
pub use shape::{Chat, read};

/// Reads the Bot API's JSON. Fields and kinds that Qura does not know are ignored, so that a new
/// version of the Bot API changes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct BotApiDecoder;

impl Decoder for BotApiDecoder {
    fn decode(&self, raw: &str) -> Result<Incoming, Malformed> {
        let frame = Frame::read(raw)?;
        let (kind, body) = frame.body().ok_or_else(|| Malformed("an update without content".into()))?;
        let event = event(kind, body.get()).map_err(|Malformed(why)| Malformed(format!("{kind}: {why}")))?;
        Ok(Incoming { id: frame.id, event })
    }
}

fn event(kind: &str, body: &str) -> Result<Event, Malformed> {
    Ok(match kind {
        "message" => Event::Message(Box::new(message::read(body)?)),
        "channel_post" => Event::ChannelPost(Box::new(message::read(body)?)),
        "callback_query" => Event::Callback(Box::new(callback(body)?)),
        "inline_query" => Event::InlineQuery(Box::new(inline_query(body)?)),
        "my_chat_member" => Event::OwnMembership(Box::new(membership_change(body)?)),
        "chat_member" => Event::Membership(Box::new(membership_change(body)?)),
        "chat_join_request" => Event::JoinRequest(Box::new(join_request(body)?)),
        "chat_boost" => match boosted(body)? {
            Some(person) => Event::Boosted(Box::new(person)),
            None => Event::Other(kind.to_owned()),
        },
        "pre_checkout_query" => Event::Checkout(Box::new(checkout(body)?)),
        other => Event::Other(other.to_owned()),
    })
}

/// Whose an update is and which number it has; `None` for what has no usable number.
pub fn address(raw: &str) -> Option<(UpdateId, Route)> {
    let frame = Frame::read(raw).ok()?;
    Some((frame.id, route(&frame)))
}

/// `CallbackQuery`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct CallbackShape {
    id: String,
    from: Sender,
    message: Option<message::Place>,
    /// Missing when the button opens a game, which Qura has none of.
    #[serde(default)]
    data: String,
}

fn callback(body: &str) -> Result<Callback, Malformed> {
    let CallbackShape { id, from, message, data } = read(body)?;
    Ok(Callback { id, from: from.into(), message: message.map(Into::into), data })
}

/// `InlineQuery`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct InlineQueryShape {
    id: String,
    from: Sender,
    query: String,
    offset: String,
}

fn inline_query(body: &str) -> Result<InlineQuery, Malformed> {
    let InlineQueryShape { id, from, query, offset } = read(body)?;
    Ok(InlineQuery { id, from: from.into(), query, offset })
}

/// `ChatMemberUpdated`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct MembershipChangeShape {
    chat: Chat,
    from: Sender,
    date: i64,
    old_chat_member: ChatMember,
    new_chat_member: ChatMember,
}

fn membership_change(body: &str) -> Result<MembershipChange, Malformed> {
    let change: MembershipChangeShape = read(body)?;
    Ok(MembershipChange {
        chat: change.chat.summary(),
        actor: change.from.id,
        date: shape::date(change.date),
        before: change.old_chat_member.membership()?,
        after: change.new_chat_member.membership()?,
        member: change.new_chat_member.user.into(),
    })
}

/// `ChatJoinRequest`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct JoinRequestShape {
    chat: Chat,
    from: Sender,
    date: i64,
}

fn join_request(body: &str) -> Result<JoinRequest, Malformed> {
    let JoinRequestShape { chat, from, date } = read(body)?;
    Ok(JoinRequest { chat: chat.summary(), from: from.into(), date: shape::date(date) })
}

/// `ChatBoostUpdated`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct BoostedShape {
    boost: Boost,
}

#[derive(Deserialize)]
struct Boost {
    source: BoostSource,
}

#[derive(Deserialize)]
struct BoostSource {
    /// Missing of a giveaway that nobody has won yet.
    user: Option<Sender>,
}

/// Who boosted.
fn boosted(body: &str) -> Result<Option<Person>, Malformed> {
    let boosted: BoostedShape = read(body)?;
    Ok(boosted.boost.source.user.map(Into::into))
}

/// `PreCheckoutQuery`.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct CheckoutShape {
    id: String,
    from: Sender,
}

fn checkout(body: &str) -> Result<Checkout, Malformed> {
    let CheckoutShape { id, from } = read(body)?;
    Ok(Checkout { id, from: from.into() })
}

from_objects!(
    BoostedShape,
    CallbackShape,
    CheckoutShape,
    InlineQueryShape,
    MembershipChangeShape,
    JoinRequestShape
);

#[cfg(test)]
mod tests;
