//! Adding a chat in the first step, without leaving the wizard: the chat that was added is where it goes on.

use qura_app::ingest::HandleError;
use qura_app::lotteries::DraftRefusal;
use qura_domain::code::Code;
use qura_domain::ids::ChatId;
use qura_domain::person::Person;
use qura_i18n::Msg;

use super::{Step, chats, moved};
use crate::context::{Context, Outcome};
use crate::features::channels::{ChannelScreen, Origin, adding};
use crate::features::roulette::RouletteButton;
use crate::press::Press;
use crate::reply::Reply;
use crate::wizard::{self, Answer, Input, Wizard};

/// «إضافة قناة/مجموعة جديدة» among the chats to publish in.
pub async fn asked(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    draft: Option<Code>,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    let wizard = Wizard::RouletteChat { draft: draft.clone() };
    wizard::enter(cx, &mut tx, person, &wizard, &mut replies).await?;
    let origin = Origin::Roulette { draft };
    replies.extend([press.show(ChannelScreen::Ask { error: None, origin }), adding::picker(person)]);
    cx.commit(tx, replies).await
}

/// Somebody named a chat.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    draft: Option<&Code>,
) -> Result<Answer, HandleError> {
    let origin = Origin::Roulette { draft: draft.cloned() };
    let channel = match adding::named(cx, person, input, origin).await? {
        Ok(channel) => channel,
        Err(answer) => return Ok(answer),
    };
    let mut card = adding::added(cx, person.id, &channel).await?;
    let mut tx = cx.begin().await?;
    cx.services.channels.link(&mut tx, person.id, &channel).await?;
    match chats::begun(cx, &mut tx, person.id, channel.chat, draft).await? {
        Some(Ok(lottery)) => {
            let note = Msg::ChannelsAdded { title: channel.title };
            moved(cx, tx, person, &lottery, Step::Conditions, Some(note)).await
        }
        // It is linked all the same.
        refused => {
            if matches!(refused, Some(Err(DraftRefusal::TooMany))) {
                card.note(Msg::RouletteDraftsTooManyAlert);
            }
            Ok(Answer::Finished(tx, vec![Reply::show(person.id, ChannelScreen::Card(card))]))
        }
    }
}

/// What was missing in a chat is looked at again.
pub async fn linked(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    chat: ChatId,
    draft: Option<Code>,
) -> Result<Outcome, HandleError> {
    let origin = Origin::Roulette { draft: draft.clone() };
    let channel = match adding::rechecked(cx, &press, chat, origin).await? {
        Ok(channel) => channel,
        Err(outcome) => return Ok(outcome),
    };
    let mut tx = cx.begin().await?;
    cx.services.channels.link(&mut tx, press.person.id, &channel).await?;
    chats::goes_on(cx, tx, press, chat, draft).await
}
