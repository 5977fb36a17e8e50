//! Takes an update from the log to the feature that knows it, and its reply to Telegram.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_app::ingest::{HandleError, Handled, UpdateHandler};
use qura_domain::chat::ChatKind;
use qura_domain::ids::{ChatId, UserId};
use qura_i18n::Msg;
use qura_ports::telegram::{Callback, Decoder, Event, Incoming, MembershipChange, TelegramError};
use qura_storage::{StoredUpdate, UpdateState};
use tokio::time::timeout;

use crate::context::{Context, Outcome, Services};
use crate::delivery::Delivery;
use crate::features::info::InfoScreen;
use crate::features::{channels, joining, payments, sharing};
use crate::reply::Reply;
use crate::{callbacks, private};

/// Every button is answered within a second (flows, section 0), the way to Telegram included.
const ANSWER_WITHIN: Duration = Duration::from_millis(700);

/// How long it is looked then whether the person can be written to: the database may be what is slow.
const LOOK_WITHIN: Duration = Duration::from_millis(100);

/// Telegram takes a message a second for one person, and five at once. Where more than this many of their updates wait
/// behind one, its screen would be old before it comes, and everything after it later still.
const OVERTAKEN_BY: usize = 10;

/// The bot: handles every update.
pub struct Dispatcher {
    pub services: Arc<Services>,
    pub decoder: Arc<dyn Decoder>,
    pub delivery: Arc<Delivery>,
}

#[async_trait]
impl UpdateHandler for Dispatcher {
    async fn handle(&self, update: &StoredUpdate, behind: usize) -> Result<Handled, HandleError> {
        if update.state == UpdateState::Applied {
            return self.send_again(update, behind).await;
        }
        let incoming = self.decode(update)?;
        let cx = Context { services: &self.services, seq: update.seq };
        let outcome = match &incoming.event {
            Event::Callback(callback) => self.answer_in_time(cx, &incoming.event, callback).await?,
            event => self.route(cx, event).await?,
        };
        if outcome.superseded {
            return Ok(Handled { screen: None, superseded: true });
        }
        self.services.draws.faults.reach("update.applied");
        let replies = overtaken(outcome.replies, update, behind);
        let screen = self.delivery.deliver(&replies, outcome.record).await?;
        Ok(Handled { screen, superseded: false })
    }

    async fn apologise(&self, update: &StoredUpdate) {
        let Ok(incoming) = self.decode(update) else { return };
        let reply = match incoming.event {
            Event::Callback(callback) => Reply::Answer {
                callback: callback.id.clone(),
                to: Some(callback.from.id),
                text: Some(Msg::AlertError),
                alert: true,
                link: None,
            },
            Event::Message(message) if message.chat.kind == ChatKind::Private => match &message.from {
                Some(person) => Reply::show(person.id, InfoScreen::Apology),
                None => return,
            },
            _ => return,
        };
        if let Err(error) = self.delivery.deliver(&[reply], None).await {
            tracing::error!(error = error.detail(), "an apology cannot be sent");
        }
    }
}

impl Dispatcher {
    fn decode(&self, update: &StoredUpdate) -> Result<Incoming, HandleError> {
        self.decoder.decode(&update.raw).map_err(|malformed| HandleError::Malformed(malformed.to_string()))
    }

    /// The effect is committed; only the reply may be missing.
    async fn send_again(&self, update: &StoredUpdate, behind: usize) -> Result<Handled, HandleError> {
        let stored = update.reply.as_deref().unwrap_or("[]");
        let mut replies: Vec<Reply> = serde_json::from_str(stored)
            .map_err(|error| HandleError::Malformed(format!("stored reply: {error}")))?;
        // The answer of a press that nothing was to be said to is not stored.
        if let Ok(Incoming { event: Event::Callback(callback), .. }) = self.decode(update) {
            answer_first(&mut replies, &callback.id);
        }
        let screen = self.delivery.deliver(&overtaken(replies, update, behind), None).await?;
        Ok(Handled { screen, superseded: false })
    }

    /// Handles a press. Where that takes longer than anybody should wait (Telegram cannot say who is
    /// subscribed, the database is away), the spinner is stopped first; what had to be read follows in a
    /// message of its own.
    async fn answer_in_time(
        &self,
        cx: Context<'_>,
        event: &Event,
        callback: &Callback,
    ) -> Result<Outcome, HandleError> {
        let route = self.route(cx, event);
        tokio::pin!(route);
        if let Ok(outcome) = timeout(ANSWER_WITHIN, &mut route).await {
            let mut outcome = outcome?;
            answer_first(&mut outcome.replies, &callback.id);
            return Ok(outcome);
        }
        let (answered, outcome) = tokio::join!(self.answer_early(callback), route);
        let mut outcome = outcome?;
        if let Err(error) = answered {
            tracing::debug!(%error, "a slow press was not answered in time");
            // Its spinner turns still: it is stopped with what the press came to.
            answer_first(&mut outcome.replies, &callback.id);
            return Ok(outcome);
        }
        let known = self.services.people.get(callback.from.id).await?;
        outcome.replies = belated(outcome.replies, known.map(|record| record.id));
        Ok(outcome)
    }

    /// Stops the spinner of a press that takes long. Whoever never wrote to the bot cannot be written to: they are
    /// asked to press again, which is faster, because what is found out is remembered.
    async fn answer_early(&self, callback: &Callback) -> Result<(), TelegramError> {
        let text = match self.may_write_to(callback).await {
            true => String::new(),
            false => Msg::PressAgain.plain(self.services.defaults.language),
        };
        self.delivery.answer(&callback.id, text, false, None).await
    }

    /// Where it is not known in time, it counts as no.
    async fn may_write_to(&self, callback: &Callback) -> bool {
        // The button is in their chat with the bot.
        if callback.message.as_ref().is_some_and(|(chat, _)| chat.kind == ChatKind::Private) {
            return true;
        }
        let known = timeout(LOOK_WITHIN, self.services.people.get(callback.from.id)).await;
        matches!(known, Ok(Ok(Some(_))))
    }

    async fn route(&self, cx: Context<'_>, event: &Event) -> Result<Outcome, HandleError> {
        metrics::counter!("updates_handled_total", "kind" => kind(event)).increment(1);
        match event {
            Event::Message(message) if message.chat.kind == ChatKind::Private => {
                private::message(cx, message).await
            }
            Event::Callback(callback) => callbacks::pressed(cx, callback).await,
            Event::OwnMembership(change) => self.own_membership(cx, change).await,
            Event::Membership(change) => joining::member_changed(cx, change).await,
            Event::Boosted(person) => joining::boosted(cx, person).await,
            Event::JoinRequest(request) => {
                cx.services.subscription.join_requested(request).await?;
                Ok(cx.say(Vec::new()))
            }
            Event::Message(message) if message.migrated_to.is_some() => {
                channels::rights::migrated(cx, message).await
            }
            Event::InlineQuery(query) => sharing::asked(cx, query).await,
            Event::Checkout(checkout) => Ok(payments::checkout(cx, checkout)),
            // Groups and posts are for the sections to come.
            Event::Message(_) | Event::ChannelPost(_) | Event::Other(_) => Ok(cx.say(Vec::new())),
        }
    }

    async fn own_membership(
        &self,
        cx: Context<'_>,
        change: &MembershipChange,
    ) -> Result<Outcome, HandleError> {
        match change.chat.id.person() {
            Some(person) => cx.services.people.set_blocked(person, !change.after.is_inside()).await?,
            None => {
                cx.services.subscription.own_rights_changed(change.chat.id, change.after).await?;
                return channels::rights::changed(cx, change).await;
            }
        }
        Ok(cx.say(Vec::new()))
    }
}

/// Every button is answered, and before anything else: its spinner stops at once.
fn answer_first(replies: &mut Vec<Reply>, callback: &str) {
    let answer = replies.iter().position(|reply| matches!(reply, Reply::Answer { .. }));
    let answer = match answer {
        Some(place) => replies.remove(place),
        None => {
            Reply::Answer { callback: callback.to_owned(), to: None, text: None, alert: false, link: None }
        }
    };
    replies.insert(0, answer);
}

/// What is left to say where a press is answered already. An alert had to be closed, so it has to be read; a link
/// would have opened. `person`: whom the bot may write to.
fn belated(replies: Vec<Reply>, person: Option<UserId>) -> Vec<Reply> {
    let shows = replies.iter().any(|reply| matches!(reply, Reply::Show { .. }));
    let tell = |text, link| person.map(|to| Reply::Tell { to, text, link });
    let left = |reply| match reply {
        // The screen says it.
        Reply::Answer { text: Some(Msg::AlertStale), .. } if shows => None,
        Reply::Answer { text: Some(text), alert: true, link, .. } => tell(text, link),
        Reply::Answer { link: Some(link), .. } => tell(Msg::PressLate, Some(link)),
        Reply::Answer { .. } => None,
        other => Some(other),
    };
    replies.into_iter().filter_map(left).collect()
}

/// Of somebody who writes faster than they can be answered, only what answers a query is said; their last updates are
/// answered in full.
fn overtaken(mut replies: Vec<Reply>, update: &StoredUpdate, behind: usize) -> Vec<Reply> {
    let is_of_a_person = ChatId::new(update.key).person().is_some();
    if is_of_a_person && behind > OVERTAKEN_BY {
        replies.retain(Reply::answers_a_query);
    }
    replies
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Message(_) => "message",
        Event::ChannelPost(_) => "channel_post",
        Event::Callback(_) => "callback_query",
        Event::InlineQuery(_) => "inline_query",
        Event::OwnMembership(_) => "my_chat_member",
        Event::Membership(_) => "chat_member",
        Event::Boosted(_) => "chat_boost",
        Event::JoinRequest(_) => "chat_join_request",
        Event::Checkout(_) => "pre_checkout_query",
        Event::Other(_) => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(text: Msg) -> Reply {
        let (callback, to) = ("1".to_owned(), Some(UserId::new(7)));
        Reply::Answer { callback, to, text: Some(text), alert: true, link: None }
    }

    #[test]
    fn a_belated_alert_is_told_unless_the_screen_says_it() {
        let (to, screen) = (UserId::new(7), Reply::show(UserId::new(7), InfoScreen::Help));
        let told = |text| Reply::Tell { to, text, link: None };
        assert_eq!(belated(vec![alert(Msg::AlertError)], Some(to)), [told(Msg::AlertError)]);
        assert_eq!(belated(vec![alert(Msg::AlertStale), screen.clone()], Some(to)), [screen]);
        // Without a screen nothing else would say it.
        assert_eq!(belated(vec![alert(Msg::AlertStale)], Some(to)), [told(Msg::AlertStale)]);
        assert_eq!(belated(vec![alert(Msg::AlertError)], None), []);
    }
}
