//! Takes an update from the log to the feature that knows it, and its reply to Telegram.

use std::sync::Arc;

use async_trait::async_trait;
use qura_app::ingest::{HandleError, Handled, UpdateHandler};
use qura_domain::chat::ChatKind;
use qura_i18n::Msg;
use qura_ports::telegram::{Decoder, Event, Incoming, MembershipChange};
use qura_storage::{StoredUpdate, UpdateState};

use crate::context::{Context, Outcome, Services};
use crate::delivery::Delivery;
use crate::features::info::InfoScreen;
use crate::reply::Reply;
use crate::{callbacks, private};

/// The bot: handles every update.
pub struct Dispatcher {
    pub services: Arc<Services>,
    pub decoder: Arc<dyn Decoder>,
    pub delivery: Arc<Delivery>,
}

#[async_trait]
impl UpdateHandler for Dispatcher {
    async fn handle(&self, update: &StoredUpdate) -> Result<Handled, HandleError> {
        if update.state == UpdateState::Applied {
            return self.send_again(update).await;
        }
        let incoming = self.decode(update)?;
        let cx = Context { services: &self.services, seq: update.seq };
        let mut outcome = self.route(cx, &incoming.event).await?;
        if outcome.superseded {
            return Ok(Handled { screen: None, superseded: true });
        }
        if let Event::Callback(callback) = &incoming.event {
            answer_first(&mut outcome.replies, &callback.id);
        }
        let screen = self.delivery.deliver(&outcome.replies, outcome.record).await?;
        Ok(Handled { screen, superseded: false })
    }

    async fn apologise(&self, update: &StoredUpdate) {
        let Ok(incoming) = self.decode(update) else { return };
        let reply = match incoming.event {
            Event::Callback(callback) => Reply::Answer {
                callback: callback.id.clone(),
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
    async fn send_again(&self, update: &StoredUpdate) -> Result<Handled, HandleError> {
        let stored = update.reply.as_deref().unwrap_or("[]");
        let replies: Vec<Reply> = serde_json::from_str(stored)
            .map_err(|error| HandleError::Malformed(format!("stored reply: {error}")))?;
        let screen = self.delivery.deliver(&replies, None).await?;
        Ok(Handled { screen, superseded: false })
    }

    async fn route(&self, cx: Context<'_>, event: &Event) -> Result<Outcome, HandleError> {
        metrics::counter!("updates_handled_total", "kind" => kind(event)).increment(1);
        match event {
            Event::Message(message) if message.chat.kind == ChatKind::Private => {
                private::message(cx, message).await
            }
            Event::Callback(callback) => callbacks::pressed(cx, callback).await,
            Event::OwnMembership(change) => self.own_membership(cx, change).await,
            Event::Membership(change) => {
                cx.services.subscription.member_changed(change).await?;
                Ok(cx.say(Vec::new()))
            }
            Event::JoinRequest(request) => {
                cx.services.subscription.join_requested(request).await?;
                Ok(cx.say(Vec::new()))
            }
            // Groups, posts and inline queries are for the sections to come.
            Event::Message(_) | Event::ChannelPost(_) | Event::InlineQuery(_) | Event::Other(_) => {
                Ok(cx.say(Vec::new()))
            }
        }
    }

    async fn own_membership(
        &self,
        cx: Context<'_>,
        change: &MembershipChange,
    ) -> Result<Outcome, HandleError> {
        match change.chat.id.person() {
            Some(person) => cx.services.people.set_blocked(person, !change.after.is_inside()).await?,
            None => cx.services.subscription.own_rights_changed(change.chat.id, change.after).await?,
        }
        Ok(cx.say(Vec::new()))
    }
}

/// Every button is answered, and before anything else: its spinner stops at once.
fn answer_first(replies: &mut Vec<Reply>, callback: &str) {
    let answer = replies.iter().position(|reply| matches!(reply, Reply::Answer { .. }));
    let answer = match answer {
        Some(place) => replies.remove(place),
        None => Reply::Answer { callback: callback.to_owned(), text: None, alert: false, link: None },
    };
    replies.insert(0, answer);
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Message(_) => "message",
        Event::ChannelPost(_) => "channel_post",
        Event::Callback(_) => "callback_query",
        Event::InlineQuery(_) => "inline_query",
        Event::OwnMembership(_) => "my_chat_member",
        Event::Membership(_) => "chat_member",
        Event::JoinRequest(_) => "chat_join_request",
        Event::Other(_) => "other",
    }
}
