//! A new template («كليشة») for a lottery that people join.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Edit, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_domain::template::Template;
use qura_i18n::Msg;
use qura_ports::telegram::Message;
use serde::{Deserialize, Serialize};

use super::refusal::{not_theirs, refused};
use super::{ManageButton, ManageScreen, ManageStep, edit, manager};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::features::roulette::back_and_home;
use crate::features::roulette::create::template;
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Wizard};

/// Code points of the template that are shown again.
const EXCERPT: usize = 100;

/// The question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskTemplate {
    code: Code,
    current: String,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
}

impl AskTemplate {
    fn of(lottery: &Lottery, error: Option<Msg>) -> Self {
        let current = lottery.template.excerpt(EXCERPT).into_parts().0;
        Self { code: lottery.code.clone(), current, error }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::RouletteTemplate);
        if let Some(error) = &self.error {
            view = view.above(error);
        }
        let view = view
            .below(&Msg::RouletteTemplateCurrent { text: self.current.clone() })
            .press(&Msg::NavCancel, &MenuButton::Cancel);
        back_and_home(view, &ManageButton::Edit { code: self.code.clone() })
    }
}

pub async fn asked(cx: Context<'_>, press: Press<ManageButton>, code: &Code) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, person), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    let step = ManageStep::Template { code: code.clone(), album: None };
    wizard::enter(cx, &mut tx, person, &Wizard::Managing(step), &mut replies).await?;
    replies.push(press.show(ManageScreen::Template(AskTemplate::of(&lottery, None))));
    cx.commit(tx, replies).await
}

/// Somebody sent what is to be the template.
pub async fn sent(
    cx: Context<'_>,
    person: &Person,
    message: &Message,
    code: &Code,
    refused_album: Option<&str>,
) -> Result<Answer, HandleError> {
    if message.album.is_some() && message.album.as_deref() == refused_album {
        return Ok(Answer::Stay(Vec::new()));
    }
    let managed = cx.services.lotteries.managed(manager(cx, person.id), code).await?;
    let Some(lottery) = managed.filter(|lottery| lottery.state.is_changeable()) else {
        return edit::over(cx, person, code).await;
    };
    let again = |lottery: &Lottery, error: Msg| ManageScreen::Template(AskTemplate::of(lottery, Some(error)));
    if message.album.is_some() {
        let mut tx = cx.begin().await?;
        let step = ManageStep::Template { code: code.clone(), album: message.album.clone() };
        wizard::go_on(cx, &mut tx, person.id, &Wizard::Managing(step)).await?;
        let screen = again(&lottery, Msg::RouletteErrorAlbum);
        return Ok(Answer::Moved(tx, vec![Reply::show(person.id, screen)]));
    }
    if message.has_other_content || message.chat_shared.is_some() {
        return Ok(Answer::Again(again(&lottery, Msg::RouletteErrorKind).into()));
    }
    match Template::new(message.text.clone(), message.media.clone()) {
        Ok(template) => edit::change(cx, person, code, Edit::Template(template), again).await,
        Err(error) => Ok(Answer::Again(again(&lottery, template::refused(error)).into())),
    }
}
