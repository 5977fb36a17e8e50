//! Puts replies into words and sends them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, MessageId, UserId};
use qura_domain::link::DeepLink;
use qura_domain::membership::Rights;
use qura_i18n::Msg;
use qura_ports::telegram::{
    Button, ButtonAction, ChatChoice, ChatRequest, Keyboard, Lane, Markup, Messenger, ReplyKeyboard, Request,
    Sent, TelegramError,
};
use qura_storage::{StorageError, UserRecord};

use crate::context::Services;
use crate::features::Screen;
use crate::features::draw::link_to;
use crate::features::info::InfoScreen;
use crate::features::joining::picture::Drawing;
use crate::features::sharing;
use crate::reply::{Place, Reply};
use crate::view::{View, Viewer};

/// The rights that the bot asks for in the chat picker: in a channel to post, to edit and to invite; in a
/// group to pin, to delete and to invite.
const CHANNEL_RIGHTS: Rights =
    Rights { post_messages: true, edit_messages: true, invite_users: true, ..Rights::NONE };
const GROUP_RIGHTS: Rights =
    Rights { pin_messages: true, delete_messages: true, invite_users: true, ..Rights::NONE };

/// To be a condition, a chat needs the bot as administrator; a private one also a link of the bot's own.
const CONDITION_RIGHTS: Rights = Rights { invite_users: true, ..Rights::NONE };

/// The waits while Telegram is out of reach; a reply is never given up for that.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Sends replies.
pub struct Delivery {
    pub services: Arc<Services>,
    pub messenger: Arc<dyn Messenger>,
}

/// The people that one update's replies go to, read once. Nearly always it is one person.
struct Audience {
    known: Option<(UserId, Option<UserRecord>)>,
}

impl Delivery {
    /// Sends replies one after the other, each until Telegram took it or it is clear that it never
    /// will. Returns the person's new living message, where there is one.
    pub async fn deliver(
        &self,
        replies: &[Reply],
        record: Option<UserRecord>,
    ) -> Result<Option<(UserId, MessageId)>, StorageError> {
        let mut audience = Audience { known: record.map(|record| (record.id, Some(record))) };
        let mut living = None;
        for reply in replies {
            let mut pause = FIRST_PAUSE;
            loop {
                let sent = self.send(reply, &mut audience).await?;
                match sent {
                    Ok(screen) => {
                        living = screen.or(living);
                        break;
                    }
                    Err(error) if error.is_transient() => {
                        tracing::warn!(%error, "a reply waits for Telegram");
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                    Err(error) => {
                        self.undeliverable(reply, &error).await?;
                        break;
                    }
                }
            }
        }
        Ok(living)
    }

    async fn send(
        &self,
        reply: &Reply,
        audience: &mut Audience,
    ) -> Result<Result<Option<(UserId, MessageId)>, TelegramError>, StorageError> {
        Ok(match reply {
            Reply::Answer { callback, to, text, alert, link } => {
                // Only a text has a language: an empty answer need not know who pressed.
                let language = match to.filter(|_| text.is_some()) {
                    Some(person) => self.viewer(person, audience).await?.language,
                    None => self.services.defaults.language,
                };
                let url = link.as_ref().map(|link| link_to(&self.services.bot_username, link));
                let text = text.as_ref().map(|text| text.plain(language)).unwrap_or_default();
                self.answer(callback, text, *alert, url).await.map(|()| None)
            }
            Reply::Show { to, screen, place } => {
                let viewer = self.viewer(*to, audience).await?;
                let view = allowed(screen, &viewer).view(&viewer);
                self.show(&viewer, view, *place).await
            }
            Reply::OfferChats { to, prompt, button, cancel, request, group } => {
                let viewer = self.viewer(*to, audience).await?;
                let choice =
                    |label: &Msg, request| ChatChoice { label: label.plain(viewer.language), request };
                let channels = ChatRequest { id: *request, channel: true, rights: CHANNEL_RIGHTS };
                let mut choices = vec![choice(button, channels)];
                choices.extend(group.as_ref().map(|group| {
                    let groups = ChatRequest { id: group.request, channel: false, rights: GROUP_RIGHTS };
                    choice(&group.button, groups)
                }));
                let keyboard = ReplyKeyboard { choices, cancel: cancel.plain(viewer.language) };
                self.say(&viewer, prompt, Markup::Reply(keyboard)).await.map(|_| None)
            }
            Reply::AnswerInline { query, to, lotteries } => {
                let viewer = self.viewer(*to, audience).await?;
                let (strangers, bot) = (self.services.defaults.language, &self.services.bot_username);
                let answer = Request::AnswerInline {
                    id: query.clone(),
                    results: sharing::results(lotteries, &viewer, strangers, bot),
                    cache: sharing::CACHE,
                    personal: true,
                    next_offset: String::new(),
                };
                self.answer_query(answer).await.map(|()| None)
            }
            Reply::RefuseCheckout { query, to, reason } => {
                let reason = reason.plain(self.viewer(*to, audience).await?.language);
                let answer = Request::AnswerCheckout { id: query.clone(), refusal: Some(reason) };
                self.answer_query(answer).await.map(|()| None)
            }
            Reply::OfferConditionChats { to, prompt, label, cancel, request, channel } => {
                let viewer = self.viewer(*to, audience).await?;
                let request = ChatRequest { id: *request, channel: *channel, rights: CONDITION_RIGHTS };
                let choices = vec![ChatChoice { label: label.plain(viewer.language), request }];
                let keyboard = ReplyKeyboard { choices, cancel: cancel.plain(viewer.language) };
                self.say(&viewer, prompt, Markup::Reply(keyboard)).await.map(|_| None)
            }
            Reply::Preview { to, code } => self.preview(*to, code).await?.map(|()| None),
            Reply::Signpost { chat, message, link } => {
                self.signpost(*chat, *message, link).await;
                Ok(None)
            }
            Reply::Tell { to, text, link } => {
                let viewer = self.viewer(*to, audience).await?;
                self.say(&viewer, text, self.late_link(link.as_ref(), &viewer)).await.map(|_| None)
            }
            Reply::CloseChats { to, text } => {
                let viewer = self.viewer(*to, audience).await?;
                self.say(&viewer, text, Markup::RemoveReply).await.map(|_| None)
            }
        })
    }

    /// The post of a lottery as it will be, shown to its organizer.
    async fn preview(&self, to: UserId, code: &Code) -> Result<Result<(), TelegramError>, StorageError> {
        let Some(lottery) = self.services.lotteries.find(code).await? else { return Ok(Ok(())) };
        let lotteries = &self.services.lotteries;
        let request = lotteries.posts.preview(&lottery, lotteries.draw_mode, to.chat());
        Ok(self.messenger.send(Lane::Interactive, request).await.map(drop))
    }

    /// The link that an answer in time would have opened.
    fn late_link(&self, link: Option<&DeepLink>, viewer: &Viewer) -> Markup {
        let row = |link: &DeepLink| {
            let action = ButtonAction::Url(link_to(&self.services.bot_username, link));
            vec![Button { label: Msg::PressLateButton.plain(viewer.language), action }]
        };
        Markup::Inline(Keyboard(link.map(row).into_iter().collect()))
    }

    async fn viewer(&self, id: UserId, audience: &mut Audience) -> Result<Viewer, StorageError> {
        let record = match audience.known {
            Some((known, record)) if known == id => record,
            _ => {
                let record = self.services.people.get(id).await?;
                audience.known = Some((id, record));
                record
            }
        };
        Ok(self.services.viewer(id, record.as_ref()))
    }

    /// Answers a button. Too late is no harm: whoever pressed has given up waiting.
    pub async fn answer(
        &self,
        callback: &str,
        text: String,
        alert: bool,
        url: Option<String>,
    ) -> Result<(), TelegramError> {
        let request = Request::AnswerCallback { id: callback.to_owned(), text, alert, url };
        self.answer_query(request).await
    }

    /// Answers a press, an inline query or a checkout; one that is too old needs no answer any more.
    async fn answer_query(&self, answer: Request) -> Result<(), TelegramError> {
        match self.messenger.send(Lane::Interactive, answer).await {
            Ok(_) | Err(TelegramError::QueryExpired) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn say(&self, viewer: &Viewer, text: &Msg, markup: Markup) -> Result<Sent, TelegramError> {
        let text = text.rich(viewer.language);
        let request = Request::SendText { chat: viewer.id.chat(), text, markup, reply_to: None };
        self.messenger.send(Lane::Interactive, request).await
    }

    /// Edits the living message, or sends a new one where it cannot be edited any more.
    async fn show(
        &self,
        viewer: &Viewer,
        view: View,
        place: Place,
    ) -> Result<Option<(UserId, MessageId)>, TelegramError> {
        let chat = viewer.id.chat();
        let picture = drawn(view.picture.clone()).await?;
        if let Place::Edit(message) = place {
            let edit = edit(chat, message, view.clone(), picture.clone());
            match self.messenger.send(Lane::Interactive, edit).await {
                Ok(_) => {
                    return Ok((viewer.screen != Some(message)).then_some((viewer.id, message)));
                }
                Err(TelegramError::MessageGone(_) | TelegramError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let send = send(chat, view, picture);
        let Sent::Message(message) = self.messenger.send(Lane::Interactive, send).await? else {
            return Err(TelegramError::Unreadable("a message was sent without an id".to_owned()));
        };
        if let Place::Replace(old) = place {
            self.remove(chat, old).await;
        } else if let Some(old) = viewer.screen.filter(|old| *old != message) {
            self.strip(chat, old).await;
        }
        Ok(Some((viewer.id, message)))
    }

    /// Takes an older screen away, whose place the new one takes. One that is too old to be deleted (48
    /// hours; Bot API, `deleteMessage`) loses its buttons.
    async fn remove(&self, chat: ChatId, message: MessageId) {
        let request = Request::DeleteMessage { chat, message };
        if let Err(error) = self.messenger.send(Lane::Interactive, request).await {
            tracing::debug!(%error, "an old screen cannot be deleted");
            self.strip(chat, message).await;
        }
    }

    /// Takes the buttons of an older screen away. Not worth a second try: a press of a button that
    /// stayed shows its screen anew.
    async fn strip(&self, chat: ChatId, message: MessageId) {
        let request = Request::EditKeyboard { chat, message, keyboard: Keyboard::default() };
        if let Err(error) = self.messenger.send(Lane::Interactive, request).await {
            tracing::debug!(%error, "an old screen keeps its buttons");
        }
    }

    /// Not worth a second try either: the next press brings it.
    async fn signpost(&self, chat: ChatId, message: MessageId, link: &str) {
        let request = self.services.lotteries.posts.moved(chat, message, link);
        if let Err(error) = self.messenger.send(Lane::Counter, request).await {
            tracing::debug!(%error, "an older post keeps its buttons");
        }
    }

    async fn undeliverable(&self, reply: &Reply, error: &TelegramError) -> Result<(), StorageError> {
        metrics::counter!("replies_undeliverable_total").increment(1);
        match (reply, error) {
            (Reply::Show { to, .. } | Reply::Tell { to, .. }, TelegramError::Unreachable(_)) => {
                self.services.people.set_blocked(*to, true).await
            }
            _ => {
                tracing::error!(%error, "a reply cannot be delivered");
                Ok(())
            }
        }
    }
}

/// The picture of a view, drawn where it holds nobody up.
async fn drawn(picture: Option<Drawing>) -> Result<Option<Bytes>, TelegramError> {
    let Some(drawing) = picture else { return Ok(None) };
    let unreadable = |why: String| TelegramError::Unreadable(format!("a picture cannot be drawn: {why}"));
    let drawn = tokio::task::spawn_blocking(move || drawing.render()).await;
    let png = drawn.map_err(|error| unreadable(error.to_string()))?;
    png.map(|png| Some(Bytes::from(png))).map_err(|error| unreadable(error.to_string()))
}

fn edit(chat: ChatId, message: MessageId, view: View, picture: Option<Bytes>) -> Request {
    let View { text, keyboard, .. } = view;
    match picture {
        Some(picture) => Request::EditPicture { chat, message, picture, caption: text, keyboard },
        None => Request::EditText { chat, message, text, keyboard },
    }
}

fn send(chat: ChatId, view: View, picture: Option<Bytes>) -> Request {
    let View { text, keyboard, .. } = view;
    match picture {
        Some(picture) => Request::SendPicture { chat, picture, caption: text, keyboard },
        None => Request::SendText { chat, text, markup: Markup::Inline(keyboard), reply_to: None },
    }
}

/// Who is shut out sees only what concerns money and rights.
fn allowed<'a>(screen: &'a Screen, viewer: &Viewer) -> &'a Screen {
    const BANNED: &Screen = &Screen::Info(InfoScreen::Banned);
    match screen {
        Screen::Info(InfoScreen::PaySupport | InfoScreen::Privacy | InfoScreen::Terms) => screen,
        _ if viewer.is_banned => BANNED,
        _ => screen,
    }
}
