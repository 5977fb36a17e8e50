//! Finds a participant by what somebody types: a number, or a username.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::person::Person;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::participants::{Filter, ParticipantList, ParticipantScreen};
use super::refusal::not_theirs;
use super::{ManageButton, ManageScreen, ManageStep, edit, manager};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::features::roulette::back_and_home;
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// The question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchScreen {
    code: Code,
    /// The last answer found nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    found_nobody: bool,
}

impl SearchScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::ManageSearchAsk);
        if self.found_nobody {
            view = view.above(&Msg::ManageSearchNobody);
        }
        let view = view.press(&Msg::NavCancel, &MenuButton::Cancel);
        back_and_home(view, &ManageButton::List { code: self.code.clone(), filter: Filter::Everyone })
    }
}

pub async fn asked(cx: Context<'_>, press: Press<ManageButton>, code: &Code) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    if cx.services.lotteries.managed(manager(cx, person), code).await?.is_none() {
        return Ok(not_theirs(cx, &press));
    }
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    let step = ManageStep::Search { code: code.clone() };
    wizard::enter(cx, &mut tx, person, &Wizard::Managing(step), &mut replies).await?;
    replies.push(press.show(ManageScreen::Search(SearchScreen { code: code.clone(), found_nobody: false })));
    cx.commit(tx, replies).await
}

/// Something was typed. One who is found is shown at once.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
) -> Result<Answer, HandleError> {
    let lotteries = &cx.services.lotteries;
    let Some(lottery) = lotteries.managed(manager(cx, person.id), code).await? else {
        return edit::over(cx, person, code).await;
    };
    let found = match input {
        Input::Text(text) => lotteries.search(lottery.id, text.text()).await?,
        Input::Forwarded(_) | Input::Shared(_) => Vec::new(),
    };
    let screen = match found.as_slice() {
        [] => {
            let again = ManageScreen::Search(SearchScreen { code: code.clone(), found_nobody: true });
            return Ok(Answer::Again(again.into()));
        }
        [one] => ManageScreen::Participant(ParticipantScreen::of(&lottery, one, None)),
        _ => ManageScreen::Participants(ParticipantList::found(&lottery, found)),
    };
    Ok(Answer::Finished(cx.begin().await?, vec![Reply::show(person.id, screen)]))
}
