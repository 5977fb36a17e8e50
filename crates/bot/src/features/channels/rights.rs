//! What the bot hears of its own rights in chats: an offer to link one, a loss, a return. Also their notices.

use qura_app::ingest::HandleError;
use qura_app::outbox::Notice;
use qura_domain::channel::Obstacle;
use qura_domain::chat::ChatKind;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, UserId};
use qura_i18n::Msg;
use qura_ports::telegram::{MembershipChange, Message};

use super::{ChannelButton, obstacles};
use crate::context::{Context, Outcome};
use crate::view::{View, Viewer};
use crate::wizard;

/// The bot's membership in a group or channel changed.
pub async fn changed(cx: Context<'_>, change: &MembershipChange) -> Result<Outcome, HandleError> {
    let offer = offer(cx, change).await?;
    let mut tx = cx.begin().await?;
    cx.services.channels.own_rights_changed(&mut tx, cx.seq, change).await?;
    if let Some(notice) = offer {
        cx.services.channels.write(&mut tx, &notice).await?;
    }
    let outcome = cx.commit(tx, Vec::new()).await?;
    cx.services.channels.announce().await;
    Ok(outcome)
}

/// A basic group became a supergroup.
pub async fn migrated(cx: Context<'_>, message: &Message) -> Result<Outcome, HandleError> {
    let Some(to) = message.migrated_to else { return Ok(cx.say(Vec::new())) };
    let mut tx = cx.begin().await?;
    cx.services.channels.migrated(&mut tx, message.chat.id, to).await?;
    let outcome = cx.commit(tx, Vec::new()).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

/// An offer to whoever made the bot an administrator, unless they are linking it by themselves just now.
async fn offer(cx: Context<'_>, change: &MembershipChange) -> Result<Option<Notice>, HandleError> {
    let (person, chat) = (change.actor, change.chat.id);
    let is_new = change.after.is_administrator() && !change.before.is_administrator();
    let settings = cx.services.settings.get();
    let is_gate = settings.gate().channels.iter().any(|channel| channel.chat == chat);
    if !is_new || is_gate || change.chat.kind == ChatKind::Group || !may_hear(cx, person).await? {
        return Ok(None);
    }
    // In this order: whoever leaves the wizard by linking the chat has linked it by then.
    if wizard::picks_a_chat(cx, person).await? || cx.services.channels.is_linked(person, chat).await? {
        return Ok(None);
    }
    let title = change.chat.title.clone().unwrap_or_default();
    Ok(Some(Notice::ChannelOffered { person, chat, title }))
}

/// Only who has a chat with the bot can be written to.
async fn may_hear(cx: Context<'_>, person: UserId) -> Result<bool, HandleError> {
    Ok(cx.services.people.get(person).await?.is_some_and(|record| !record.banned))
}

pub fn offered(viewer: &Viewer, chat: ChatId, title: &str) -> View {
    let title = title.to_owned();
    View::of(viewer, &Msg::ChannelsOffer { title: title.clone() })
        .press(&Msg::ChannelsOfferButton { title }, &ChannelButton::Link { chat })
        .done()
}

pub fn lost(viewer: &Viewer, chat: ChatId, title: &str, lacks: &[Obstacle], paused: &[Code]) -> View {
    let view = View::of(viewer, &Msg::ChannelsLost { title: title.to_owned() });
    let mut view = obstacles::name_all(view, viewer, lacks);
    if !paused.is_empty() {
        view = view.below(&Msg::ChannelsLostPaused);
        let name = |code: &Code| Msg::ChannelsRunningRow { code: code.to_string() };
        view = paused.iter().fold(view, |view, code| view.below(&name(code)));
    }
    view.press(&Msg::ChannelsRecheck, &ChannelButton::Refresh { chat }).done()
}

/// What was paused goes on once somebody wants it to.
pub fn regained(viewer: &Viewer, title: &str, chat: Option<ChatId>) -> View {
    let view = View::of(viewer, &Msg::ChannelsRegained { title: title.to_owned() });
    match chat {
        Some(chat) => view.press(&Msg::ChannelsRecheck, &ChannelButton::Refresh { chat }).done(),
        None => view.done(),
    }
}
