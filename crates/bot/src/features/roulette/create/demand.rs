//! Asks which chat or lottery a condition is about.

use qura_app::channels::{ChatRefusal, ExamineError};
use qura_app::ingest::HandleError;
use qura_domain::channel::Obstacle;
use qura_domain::chat::{ChatRef, ChatRefError};
use qura_domain::code::Code;
use qura_domain::condition::ConditionRefusal;
use qura_domain::ids::UserId;
use qura_domain::link::DeepLink;
use qura_domain::person::Person;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{Step, lost, moved, rows};
use crate::context::Context;
use crate::features::channels::{failure, name_all};
use crate::features::roulette::{RouletteButton, RouletteScreen};
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{Answer, Input};

/// The numbers of our requests in Telegram's chat picker; they come back with the choice.
const PICK_CHANNEL: i32 = 4;
const PICK_GROUP: i32 = 5;

/// A question for a chat or a lottery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemandScreen {
    code: Code,
    step: Step,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
    /// What is missing in the chat that was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Obstacle>,
}

impl DemandScreen {
    pub fn of(code: &Code, step: Step) -> Self {
        Self { code: code.clone(), step, error: None, obstacles: Vec::new() }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let ask = match self.step {
            Step::Group => Msg::RouletteAskGroup,
            Step::Lottery => Msg::RouletteAskLottery,
            Step::Boost => Msg::RouletteAskBoost,
            _ => Msg::RouletteAskChannel,
        };
        let view = match &self.error {
            Some(error) => name_all(View::of(viewer, error), viewer, &self.obstacles).below(&ask),
            None => View::of(viewer, &ask),
        };
        let back = RouletteButton::Go { code: self.code.clone(), step: Step::Conditions };
        rows(view, &self.code, None, &back)
    }
}

/// Telegram's own picker, beside the questions that it can answer.
pub fn picker(to: UserId, step: Step) -> Option<Reply> {
    let (label, request, channel) = match step {
        Step::Channel | Step::Boost => (Msg::ChannelsPickerChannel, PICK_CHANNEL, true),
        Step::Group => (Msg::ChannelsPickerGroup, PICK_GROUP, false),
        _ => return None,
    };
    let (prompt, cancel) = (Msg::RoulettePickerPrompt, Msg::NavCancel);
    Some(Reply::OfferConditionChats { to, prompt, label, cancel, request, channel })
}

fn again(code: &Code, step: Step, error: Msg, obstacles: Vec<Obstacle>) -> Answer {
    let screen = DemandScreen { code: code.clone(), step, error: Some(error), obstacles };
    Answer::Again(RouletteScreen::Demand(screen).into())
}

/// Somebody named a chat.
pub async fn named_chat(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
    step: Step,
) -> Result<Answer, HandleError> {
    let Some(kind) = step.demands() else { return lost(cx, person, code).await };
    let error = |error| Ok(again(code, step, error, Vec::new()));
    let chat = match input {
        Input::Shared(chat) | Input::Forwarded(chat) => ChatRef::Id(*chat),
        Input::Text(text) => match ChatRef::parse(text.text()) {
            Ok(chat) => chat,
            Err(ChatRefError::PrivateLink) => return error(Msg::ChannelsErrorPrivateLink),
            Err(ChatRefError::NotAChat) => return error(Msg::ChannelsErrorNotAReference),
        },
    };
    let found = match cx.services.lotteries.look_up_condition(person.id, kind, chat).await {
        Ok(found) => found,
        Err(ExamineError::Refused(ChatRefusal::NotFound { name })) => {
            return error(Msg::ChannelsErrorNotFound { name });
        }
        Err(ExamineError::Refused(ChatRefusal::NotAChannel)) => return error(Msg::ChannelsErrorNotAChannel),
        Err(error) => return Err(failure(error)),
    };
    let title = found.examined.channel.title.clone();
    let Some(condition) = found.condition else {
        let wrong = match step {
            Step::Group => Msg::RouletteErrorNotAGroup { title },
            _ => Msg::RouletteErrorNotAChannel { title },
        };
        return error(wrong);
    };
    if !found.examined.obstacles.is_empty() {
        let lacking = Msg::RouletteErrorLacking { title };
        return Ok(again(code, step, lacking, found.examined.obstacles));
    }
    let mut tx = cx.begin().await?;
    let channel = &found.examined.channel;
    match cx.services.lotteries.demand_chat(&mut tx, person.id, code, &condition, channel).await? {
        Some(Ok(lottery)) => {
            let note = Msg::RouletteConditionAdded { title };
            moved(cx, tx, person, &lottery, Step::Conditions, Some(note)).await
        }
        Some(Err(refusal)) => {
            tx.rollback().await?;
            error(refused(refusal))
        }
        None => {
            tx.rollback().await?;
            lost(cx, person, code).await
        }
    }
}

/// Somebody named a lottery, by its code or by its link.
pub async fn named_lottery(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
) -> Result<Answer, HandleError> {
    let error = |error| Ok(again(code, Step::Lottery, error, Vec::new()));
    let Input::Text(text) = input else { return error(Msg::RouletteErrorNotACode) };
    let typed = text.text().trim();
    let payload = typed.rsplit_once("start=").map(|(_, payload)| payload);
    let other = match payload.and_then(DeepLink::parse) {
        Some(DeepLink::Join(code)) => Some(code),
        _ => Code::parse(typed),
    };
    let Some(other) = other else { return error(Msg::RouletteErrorNotACode) };
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.demand_lottery(&mut tx, person.id, code, &other).await? {
        Some(Ok(lottery)) => {
            let note = Msg::RouletteConditionAdded { title: other.to_string() };
            moved(cx, tx, person, &lottery, Step::Conditions, Some(note)).await
        }
        Some(Err(refusal)) => {
            tx.rollback().await?;
            error(refused(refusal))
        }
        None => {
            tx.rollback().await?;
            lost(cx, person, code).await
        }
    }
}

const fn refused(refusal: ConditionRefusal) -> Msg {
    match refusal {
        ConditionRefusal::Unknown => Msg::RouletteErrorUnknown,
        ConditionRefusal::Twice => Msg::RouletteErrorTwice,
        ConditionRefusal::TooMany => Msg::RouletteErrorTooMany,
        ConditionRefusal::BotNotAdministrator => Msg::ChannelsObstacleBotNotAdministrator,
        ConditionRefusal::PersonNotAdministrator => Msg::ChannelsObstaclePersonNotAdministrator,
        ConditionRefusal::Ended => Msg::RouletteErrorEnded,
        ConditionRefusal::Circle => Msg::RouletteErrorCircle,
    }
}
