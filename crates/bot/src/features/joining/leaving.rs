//! «انسحاب», after a question.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::lottery::{JoinRefusal, ParticipantState};
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::refusal::number;
use super::{JoinButton, JoinScreen, Way, failed, home};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuScreen;
use crate::press::Press;
use crate::view::{View, Viewer};

/// The question before leaving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeavingScreen {
    pub code: Code,
    pub ticket: u64,
}

/// After leaving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftScreen {
    pub code: Code,
    pub ticket: u64,
}

impl LeavingScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let view = View::of(viewer, &Msg::JoinLeaveAsk { ticket: number(self.ticket) });
        let confirm = view.button(&Msg::NavConfirm, &JoinButton::LeaveNow { code: self.code.clone() });
        let cancel = view.button(&Msg::NavCancel, &JoinButton::Stay { code: self.code.clone() });
        home(view.row(vec![confirm, cancel]))
    }
}

impl LeftScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let view = View::of(viewer, &Msg::JoinLeft { ticket: number(self.ticket) });
        home(view.press(&Msg::JoinReturn, &JoinButton::Check { code: self.code.clone() }))
    }
}

/// «انسحاب» was pressed.
pub async fn asked(cx: Context<'_>, press: &Press<JoinButton>, code: &Code) -> Result<Outcome, HandleError> {
    let look = cx.services.joining.preview(&press.person, code).await.map_err(failed)?;
    let Some(look) = look else { return Ok(unknown(cx, press)) };
    match look.verdict {
        Err(JoinRefusal::AlreadyIn(_)) if !look.application.terms.state.is_changeable() => {
            closed(cx, press, code).await
        }
        Err(JoinRefusal::AlreadyIn(ticket)) => {
            let screen = LeavingScreen { code: code.clone(), ticket: ticket.get() };
            Ok(cx.say(Way::edit(press, false).show(JoinScreen::Leaving(screen))))
        }
        // Left already, or never there: the screen shows what is so.
        _ => super::arrived(cx, &press.person, code, Way::edit(press, false)).await,
    }
}

/// «تأكيد» was pressed.
pub async fn confirmed(
    cx: Context<'_>,
    press: &Press<JoinButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let joining = &cx.services.joining;
    let look = joining.preview(&press.person, code).await.map_err(failed)?;
    let Some(look) = look else { return Ok(unknown(cx, press)) };
    let way = Way::edit(press, false);
    let Some((ticket, state)) = look.application.ticket else {
        return super::arrived(cx, &press.person, code, way).await;
    };
    let left = JoinScreen::Left(LeftScreen { code: code.clone(), ticket: ticket.get() });
    match state {
        ParticipantState::Withdrawn => return Ok(cx.say(way.show(left))),
        // The screen shows what is so.
        ParticipantState::Excluded | ParticipantState::Won => {
            return super::arrived(cx, &press.person, code, way).await;
        }
        ParticipantState::Registered => {}
    }
    let mut tx = cx.begin().await?;
    if !joining.leave(&mut tx, look.application.lottery, press.person.id).await? {
        tx.rollback().await?;
        return closed(cx, press, code).await;
    }
    let outcome = cx.commit(tx, way.show(left)).await?;
    joining.announce().await;
    Ok(outcome)
}

/// Nobody leaves any more; the screen shows what is so.
async fn closed(cx: Context<'_>, press: &Press<JoinButton>, code: &Code) -> Result<Outcome, HandleError> {
    let way = Way::edit(press, false).saying(press, Msg::JoinLeaveClosedAlert);
    super::arrived(cx, &press.person, code, way).await
}

fn unknown(cx: Context<'_>, press: &Press<JoinButton>) -> Outcome {
    cx.say(vec![press.show(MenuScreen::with(&press.person, Msg::LinkUnknown))])
}
