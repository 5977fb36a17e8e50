//! Wizards: questions that people answer by typing, one at a time.
//!
//! Where somebody is lives in the database, so a restart changes nothing. A wizard is data: which
//! one, and what was entered so far. Its feature judges what was typed; this engine keeps the
//! place, and ends it.

use qura_app::ingest::HandleError;
use qura_app::outbox::Notice;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::person::Person;
use qura_domain::text::RichText;
use qura_i18n::Msg;
use qura_ports::telegram::{Message, Origin};
use qura_storage::{Session, Tx};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Outcome};
use crate::features::info::InfoScreen;
use crate::features::managing::{self, ManageStep};
use crate::features::menu::MenuScreen;
use crate::features::roulette::create::{self, DraftStep};
use crate::features::{Screen, admin, channels, draw, joining, settings};
use crate::reply::Reply;

/// Every wizard, with what was entered so far. Rows of older programs must stay readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "wizard", rename_all = "snake_case")]
pub enum Wizard {
    /// An operator names a channel for the gate.
    GateChannel,
    /// Somebody names a chat to publish in.
    Channel,
    /// The same within «إنشاء روليت»; with the draft that is to be published elsewhere.
    RouletteChat { draft: Option<Code> },
    /// Somebody names their timezone.
    Timezone,
    /// The card of a lottery's conditions is open. Nothing is to be typed.
    JoinCard {
        code: Code,
        /// They came from the card of this one, which demands it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        then: Option<Code>,
    },
    /// A challenge is before somebody who came from the card of this lottery, which demands what is behind it.
    /// Nothing is to be typed.
    JoinThen { code: Code },
    /// An organizer tells why a winner is to be replaced; the reason is there once it was typed.
    Redraw { code: Code, ticket: u64, reason: Option<String> },
    /// Somebody creates a lottery.
    Roulette(DraftStep),
    /// Somebody changes a lottery that runs, or looks for a participant.
    Managing(ManageStep),
}

/// What somebody sent into a wizard.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Text, or media with a caption.
    Text(RichText),
    /// A post of a channel.
    Forwarded(ChatId),
    /// A chat from Telegram's own picker.
    Shared(ChatId),
}

impl Input {
    pub fn of(message: &Message) -> Self {
        match (&message.chat_shared, &message.origin) {
            (Some((_, chat)), _) => Self::Shared(*chat),
            (None, Some(Origin::Channel { chat, .. })) => Self::Forwarded(chat.id),
            (None, _) => Self::Text(message.text.clone()),
        }
    }
}

/// What a wizard makes of an input.
pub enum Answer {
    /// Not acceptable: the screen says why, and the wizard stays where it is.
    Again(Screen),
    /// Not acceptable either, and more than a screen is to be said.
    Stay(Vec<Reply>),
    /// It goes on elsewhere: the transaction holds the effect, and the wizard that the person is in now.
    Moved(Tx, Vec<Reply>),
    /// It is done: the transaction holds its effect. The engine ends the wizard in it.
    Finished(Tx, Vec<Reply>),
}

impl Wizard {
    async fn judge(
        &self,
        cx: Context<'_>,
        person: &Person,
        message: &Message,
    ) -> Result<Answer, HandleError> {
        let input = &Input::of(message);
        match self {
            Self::GateChannel => admin::gate::typed_channel(cx, person, input).await,
            Self::Channel => channels::adding::typed(cx, person, input).await,
            Self::RouletteChat { draft } => create::adding::typed(cx, person, input, draft.as_ref()).await,
            Self::Timezone => settings::typed_timezone(cx, person, input).await,
            Self::JoinCard { code, .. } => joining::typed(cx, person, code).await,
            Self::JoinThen { .. } => Ok(Answer::Again(MenuScreen::with(person, Msg::InputUnknown).into())),
            Self::Redraw { code, ticket, .. } => draw::typed_reason(cx, person, code, *ticket, input).await,
            Self::Roulette(place) => create::typed(cx, person, input, message, place).await,
            Self::Managing(step) => managing::typed(cx, person, input, message, step).await,
        }
    }

    /// What follows its commit.
    async fn finished(&self, cx: Context<'_>) {
        match self {
            Self::GateChannel => cx.services.settings.announce().await,
            Self::Channel | Self::RouletteChat { .. } => cx.services.channels.announce().await,
            Self::Timezone | Self::JoinCard { .. } | Self::JoinThen { .. } | Self::Redraw { .. } => {}
            Self::Roulette(_) | Self::Managing(_) => cx.services.lotteries.announce().await,
        }
    }

    /// What must be taken back when it ends, however it ends.
    fn closing(&self, person: UserId) -> Option<Reply> {
        match self {
            Self::GateChannel => Some(Reply::CloseChats { to: person, text: Msg::AdminGatePickerClosed }),
            Self::Channel | Self::RouletteChat { .. } => {
                Some(Reply::CloseChats { to: person, text: Msg::ChannelsPickerClosed })
            }
            Self::Roulette(place) if place.step.picks_a_chat() => {
                Some(Reply::CloseChats { to: person, text: Msg::ChannelsPickerClosed })
            }
            Self::Timezone
            | Self::JoinCard { .. }
            | Self::JoinThen { .. }
            | Self::Redraw { .. }
            | Self::Roulette(_)
            | Self::Managing(_) => None,
        }
    }

    /// The lottery whose card is still to be finished by somebody who was on the way into this one.
    pub fn unfinished(&self, code: &Code) -> Option<Code> {
        match self {
            Self::JoinCard { code: open, then } if open == code => then.clone(),
            Self::JoinCard { code: open, .. } | Self::JoinThen { code: open } => {
                Some(open.clone()).filter(|open| open != code)
            }
            _ => None,
        }
    }
}

/// Puts somebody into a wizard, in the caller's transaction; any that they were in ends, and what must be taken
/// back of it is said first.
pub async fn enter(
    cx: Context<'_>,
    tx: &mut Tx,
    person: UserId,
    wizard: &Wizard,
    replies: &mut Vec<Reply>,
) -> Result<(), HandleError> {
    end(tx, person, replies).await?;
    go_on(cx, tx, person, wizard).await
}

/// Keeps what was entered so far into the wizard that the person is in, in the caller's transaction.
pub async fn go_on(cx: Context<'_>, tx: &mut Tx, person: UserId, wizard: &Wizard) -> Result<(), HandleError> {
    let state = serde_json::to_string(wizard).map_err(|e| HandleError::Failed(e.to_string()))?;
    Ok(cx.services.sessions.save(tx, person, state).await?)
}

/// Says something and ends the wizard that the person is in, if any.
pub async fn leave(cx: Context<'_>, person: UserId, mut replies: Vec<Reply>) -> Result<Outcome, HandleError> {
    let Some(session) = current(cx, person).await? else { return Ok(cx.say(replies)) };
    close(&session, &mut replies);
    let mut tx = cx.begin().await?;
    tx.sessions().delete(person).await?;
    cx.commit(tx, replies).await
}

/// Ends the wizard that the person is in, if any, in the caller's transaction. Returns it.
pub async fn end(
    tx: &mut Tx,
    person: UserId,
    replies: &mut Vec<Reply>,
) -> Result<Option<Wizard>, HandleError> {
    let Some(session) = tx.sessions().get(person).await? else { return Ok(None) };
    close(&session, replies);
    tx.sessions().delete(person).await?;
    Ok(serde_json::from_str(&session.state).ok())
}

/// Whether somebody is about to name a chat.
pub async fn picks_a_chat(cx: Context<'_>, person: UserId) -> Result<bool, HandleError> {
    let session = current(cx, person).await?;
    let wizard = session.and_then(|session| serde_json::from_str(&session.state).ok());
    Ok(match wizard {
        Some(Wizard::Channel | Wizard::RouletteChat { .. } | Wizard::GateChannel) => true,
        Some(Wizard::Roulette(place)) => place.step.picks_a_chat(),
        Some(
            Wizard::Timezone
            | Wizard::JoinCard { .. }
            | Wizard::JoinThen { .. }
            | Wizard::Redraw { .. }
            | Wizard::Managing(_),
        )
        | None => false,
    })
}

/// /cancel, or the button of the same name below the chat.
pub async fn cancel(cx: Context<'_>, person: &Person) -> Result<Outcome, HandleError> {
    let session = current(cx, person.id).await?;
    let wizard = session.as_ref().map(|session| serde_json::from_str(&session.state).ok());
    let note = match wizard {
        Some(Some(Wizard::Roulette(_) | Wizard::RouletteChat { draft: Some(_) })) => Msg::RouletteDraftKept,
        Some(_) => Msg::WizardCancelled,
        None => Msg::WizardNothing,
    };
    leave(cx, person.id, vec![Reply::show(person.id, MenuScreen::with(person, note))]).await
}

/// Something was sent that is no command. `None` when the person is in no wizard.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    message: &Message,
) -> Result<Option<Outcome>, HandleError> {
    let Some(session) = current(cx, person.id).await? else { return Ok(None) };
    let wizard = serde_json::from_str::<Wizard>(&session.state).ok();
    let has_expired = cx.services.sessions.has_expired(&session);
    let Some(wizard) = wizard.filter(|_| !has_expired) else {
        if farewell(&session).is_none() {
            return Ok(None);
        }
        let replies = vec![Reply::show(person.id, InfoScreen::WizardExpired)];
        return leave(cx, person.id, replies).await.map(Some);
    };
    match wizard.judge(cx, person, message).await? {
        Answer::Stay(replies) => Ok(Some(cx.say(replies))),
        Answer::Again(screen) => Ok(Some(cx.say(vec![Reply::show(person.id, screen)]))),
        Answer::Moved(tx, replies) => {
            let outcome = cx.commit(tx, replies).await?;
            wizard.finished(cx).await;
            Ok(Some(outcome))
        }
        Answer::Finished(mut tx, mut replies) => {
            close(&session, &mut replies);
            tx.sessions().delete(person.id).await?;
            let outcome = cx.commit(tx, replies).await?;
            wizard.finished(cx).await;
            Ok(Some(outcome))
        }
    }
}

/// The wizard that a person is in, if it has not expired.
pub async fn current_of(cx: Context<'_>, person: UserId) -> Result<Option<Wizard>, HandleError> {
    let session = current(cx, person).await?.filter(|session| !cx.services.sessions.has_expired(session));
    Ok(session.and_then(|session| serde_json::from_str(&session.state).ok()))
}

async fn current(cx: Context<'_>, person: UserId) -> Result<Option<Session>, HandleError> {
    Ok(cx.services.db.read_for_many().await?.sessions().get(person).await?)
}

/// Puts what the wizard must take back before everything else, so that the screen comes last.
fn close(session: &Session, replies: &mut Vec<Reply>) {
    replies.splice(0..0, closing(&session.state, session.user));
}

/// See [`Wizard::unfinished`], of a wizard that has ended, given as it was stored.
pub fn unfinished(state: &str, code: &Code) -> Option<Code> {
    serde_json::from_str::<Wizard>(state).ok()?.unfinished(code)
}

/// What somebody hears when their wizard, given as it was stored, ended because they did not come back to it.
/// Whoever did not finish joining hears nothing: they began nothing that they could take up again, and may be thousands.
pub fn farewell(session: &Session) -> Option<Notice> {
    let wizard = serde_json::from_str::<Wizard>(&session.state).ok();
    if matches!(wizard, Some(Wizard::JoinCard { .. } | Wizard::JoinThen { .. })) {
        return None;
    }
    let has_picker = wizard.is_some_and(|wizard| wizard.closing(session.user).is_some());
    Some(Notice::WizardExpired { person: session.user, has_picker })
}

/// What must be taken back of a wizard that has ended, given as it was stored.
pub fn closing(state: &str, person: UserId) -> Option<Reply> {
    serde_json::from_str::<Wizard>(state).ok()?.closing(person)
}
