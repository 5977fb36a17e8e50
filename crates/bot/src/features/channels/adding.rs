//! Adding a chat: by Telegram's picker, by its public name, by a forwarded post, or by a button that offers it.

use qura_app::channels::{ChatRefusal, ExamineError, Examined};
use qura_app::ingest::HandleError;
use qura_domain::channel::{Channel, Purpose};
use qura_domain::chat::{ChatRef, ChatRefError};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_storage::Page;

use super::{ChannelButton, ChannelScreen, ObstacleScreen, Origin, card, failure};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::press::Press;
use crate::reply::{GroupChoice, Reply};
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// The numbers of our requests in Telegram's chat picker; they come back with the choice.
const PICK_CHANNEL: i32 = 2;
const PICK_GROUP: i32 = 3;

pub fn ask_view(viewer: &Viewer, error: Option<&Msg>, origin: &Origin) -> View {
    let mut view = View::of(viewer, &Msg::ChannelsAsk);
    if let Some(error) = error {
        view = view.above(error);
    }
    origin.back_and_home(view.press(&Msg::NavCancel, &MenuButton::Cancel))
}

/// Telegram's own picker, for a chat to publish in.
pub fn picker(to: UserId) -> Reply {
    Reply::OfferChats {
        to,
        prompt: Msg::ChannelsPickerPrompt,
        button: Msg::ChannelsPickerChannel,
        cancel: Msg::NavCancel,
        request: PICK_CHANNEL,
        group: Some(GroupChoice { button: Msg::ChannelsPickerGroup, request: PICK_GROUP }),
    }
}

/// Somebody wants to add a chat.
pub async fn asked(cx: Context<'_>, press: Press<ChannelButton>) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    wizard::enter(cx, &mut tx, person, &Wizard::Channel, &mut replies).await?;
    let screen = press.show(ChannelScreen::Ask { error: None, origin: Origin::List });
    replies.extend([screen, picker(person)]);
    cx.commit(tx, replies).await
}

/// Somebody named a chat.
pub async fn typed(cx: Context<'_>, person: &Person, input: &Input) -> Result<Answer, HandleError> {
    let channel = match named(cx, person, input, Origin::List).await? {
        Ok(channel) => channel,
        Err(answer) => return Ok(answer),
    };
    let mut card = added(cx, person.id, &channel).await?;
    let mut tx = cx.begin().await?;
    if !cx.services.channels.link(&mut tx, person.id, &channel).await? {
        card.note(Msg::ChannelsAlreadyAdded { title: channel.title });
    }
    Ok(Answer::Finished(tx, vec![Reply::show(person.id, ChannelScreen::Card(card))]))
}

/// The chat that somebody named, looked at now and without obstacles; else what they hear.
pub async fn named(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    origin: Origin,
) -> Result<Result<Channel, Answer>, HandleError> {
    let ask = |error, origin| ChannelScreen::Ask { error: Some(error), origin };
    let chat = match input {
        Input::Shared(chat) | Input::Forwarded(chat) => ChatRef::Id(*chat),
        Input::Text(text) => match ChatRef::parse(text.text()) {
            Ok(chat) => chat,
            Err(ChatRefError::PrivateLink) => {
                let again = Reply::show(person.id, ask(Msg::ChannelsErrorPrivateLink, origin));
                return Ok(Err(Answer::Stay(vec![picker(person.id), again])));
            }
            Err(ChatRefError::NotAChat) => {
                return Ok(Err(Answer::Again(ask(Msg::ChannelsErrorNotAReference, origin).into())));
            }
        },
    };
    let examined = match cx.services.channels.examine(person.id, chat, Purpose::Publish).await {
        Ok(examined) => examined,
        Err(ExamineError::Refused(why)) => return Ok(Err(Answer::Again(ask(refusal(why), origin).into()))),
        Err(error) => return Err(failure(error)),
    };
    let Examined { channel, obstacles } = examined;
    if !obstacles.is_empty() {
        let screen = ObstacleScreen::of(channel, obstacles, origin);
        return Ok(Err(Answer::Again(ChannelScreen::Obstacles(screen).into())));
    }
    Ok(Ok(channel))
}

/// A button offers a chat, or checks again what was missing.
pub async fn pressed(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let channel = match rechecked(cx, &press, chat, Origin::List).await? {
        Ok(channel) => channel,
        Err(outcome) => return Ok(outcome),
    };
    let mut card = added(cx, person, &channel).await?;
    let mut tx = cx.begin().await?;
    if !cx.services.channels.link(&mut tx, person, &channel).await? {
        card.note(Msg::ChannelsAlreadyAdded { title: channel.title });
    }
    let mut replies = vec![press.show(ChannelScreen::Card(card))];
    wizard::end(&mut tx, person, &mut replies).await?;
    let outcome = cx.commit(tx, replies).await?;
    cx.services.channels.announce().await;
    Ok(outcome)
}

/// The chat that a button names, looked at now and without obstacles; else what is said.
pub async fn rechecked<B>(
    cx: Context<'_>,
    press: &Press<B>,
    chat: ChatId,
    origin: Origin,
) -> Result<Result<Channel, Outcome>, HandleError> {
    match cx.services.channels.examine(press.person.id, chat.into(), Purpose::Publish).await {
        Ok(Examined { channel, obstacles }) if obstacles.is_empty() => Ok(Ok(channel)),
        Ok(Examined { channel, obstacles }) => {
            let screen = ChannelScreen::Obstacles(ObstacleScreen::of(channel, obstacles, origin));
            Ok(Err(cx.say(vec![press.toast(Msg::ChannelsRecheckLacking), press.show(screen)])))
        }
        Err(ExamineError::Refused(ChatRefusal::NotFound { .. } | ChatRefusal::NotAChannel)) => {
            Ok(Err(cx.say(vec![press.alert(Msg::ChannelsNotFoundAlert)])))
        }
        Err(error) => Err(failure(error)),
    }
}

/// The screen of a chat that is being linked.
pub async fn added(
    cx: Context<'_>,
    person: UserId,
    channel: &Channel,
) -> Result<card::ChannelCard, HandleError> {
    let note = Msg::ChannelsAdded { title: channel.title.clone() };
    card::of(cx, person, channel.clone(), Vec::new(), Page::First, Some(note)).await
}

fn refusal(why: ChatRefusal) -> Msg {
    match why {
        ChatRefusal::NotFound { name } => Msg::ChannelsErrorNotFound { name },
        ChatRefusal::NotAChannel => Msg::ChannelsErrorNotAChannel,
    }
}
