//! The step of the template («كليشة»): what the post is to say.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_domain::template::{Template, TemplateError};
use qura_i18n::Msg;
use qura_ports::telegram::Message;
use serde::{Deserialize, Serialize};

use super::{DraftStep, Step, lost, moved, rows};
use crate::context::Context;
use crate::features::roulette::{RouletteButton, RouletteScreen};
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Wizard};

/// Code points of the template that the step shows again.
const EXCERPT: usize = 100;

/// The question for a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateScreen {
    code: Code,
    /// The beginning of what was sent before; `None` for nothing, empty for a picture alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<String>,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
}

impl TemplateScreen {
    pub fn of(lottery: &Lottery, error: Option<Msg>) -> Self {
        let template = &lottery.template;
        let current = (!template.is_blank()).then(|| template.excerpt(EXCERPT).into_parts().0);
        Self { code: lottery.code.clone(), current, error }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::RouletteTemplate);
        if let Some(error) = &self.error {
            view = view.above(error);
        }
        if let Some(current) = &self.current {
            view = view.below(&Msg::RouletteTemplateCurrent { text: current.clone() });
        }
        let next = self.current.as_ref().map(|_| (&Msg::NavNext, Step::Winners));
        let back = RouletteButton::Go { code: self.code.clone(), step: Step::Conditions };
        rows(view, &self.code, next, &back)
    }
}

/// Somebody sent what is to be the template.
pub async fn sent(
    cx: Context<'_>,
    person: &Person,
    message: &Message,
    place: &DraftStep,
) -> Result<Answer, HandleError> {
    let code = &place.code;
    if message.album.is_some() && message.album == place.album {
        return Ok(Answer::Stay(Vec::new()));
    }
    let Some(lottery) = cx.services.lotteries.draft(person.id, code).await? else {
        return lost(cx, person, code).await;
    };
    let again = |error: Msg| RouletteScreen::Template(TemplateScreen::of(&lottery, Some(error)));
    if message.album.is_some() {
        let mut tx = cx.begin().await?;
        let place = DraftStep { album: message.album.clone(), ..place.clone() };
        wizard::go_on(cx, &mut tx, person.id, &Wizard::Roulette(place)).await?;
        return Ok(Answer::Moved(tx, vec![Reply::show(person.id, again(Msg::RouletteErrorAlbum))]));
    }
    if message.has_other_content || message.chat_shared.is_some() {
        return Ok(Answer::Again(again(Msg::RouletteErrorKind).into()));
    }
    let template = match Template::new(message.text.clone(), message.media.clone()) {
        Ok(template) => template,
        Err(error) => return Ok(Answer::Again(again(refused(error)).into())),
    };
    let mut tx = cx.begin().await?;
    let set = move |lottery: &mut Lottery| lottery.template = template;
    match cx.services.lotteries.change(&mut tx, person.id, code, set).await? {
        Some(lottery) => moved(cx, tx, person, &lottery, Step::Winners, None).await,
        None => {
            tx.rollback().await?;
            lost(cx, person, code).await
        }
    }
}

pub fn refused(error: TemplateError) -> Msg {
    match error {
        TemplateError::Empty => Msg::RouletteErrorKind,
        TemplateError::TooLong { length, limit } => {
            let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            Msg::RouletteErrorTooLong { length: number(length), limit: number(limit) }
        }
        TemplateError::BrokenFormatting => Msg::RouletteErrorFormatting,
    }
}
