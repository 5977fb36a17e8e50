//! «إعادة سحب فائز» and opening a lottery again: what only those who manage it may do.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::lottery::{LotteryState, Ticket};
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_ports::coordination::Topic;
use qura_storage::{PAGE_ROWS, Page, Shown};
use serde::{Deserialize, Serialize};

use super::{DrawButton, DrawScreen, result};
use crate::context::{Context, Outcome};
use crate::features::managing::refusal::{Admitted, Need, admit};
use crate::features::menu::MenuButton;
use crate::features::roulette::back_and_home;
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// Letters that a reason may have.
const LONGEST_REASON: usize = 200;

/// The screens of organizers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedrawScreen {
    /// Who is to be replaced: place, ticket and name.
    Winners {
        code: Code,
        winners: Vec<(u32, u64, String)>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_before: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_after: bool,
    },
    AskReason {
        code: Code,
        is_wrong: bool,
    },
    Confirm {
        code: Code,
        name: String,
        reason: String,
    },
    Ordered,
    AskReopening {
        code: Code,
    },
    Reopened {
        code: Code,
    },
}

impl RedrawScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Winners { code, winners, has_before, has_after } => {
                let mut view = View::of(viewer, &Msg::DrawRedrawTitle);
                for (place, ticket, name) in winners {
                    let label = Msg::DrawRedrawWinnerButton { place: i64::from(*place), name: name.clone() };
                    let button = DrawButton::RedrawOf { code: code.clone(), ticket: *ticket };
                    view = view.press(&label, &button);
                }
                let newer = winners.first().filter(|_| *has_before).map(|(place, ..)| {
                    let button = DrawButton::RedrawBefore { code: code.clone(), place: *place };
                    view.button(&Msg::NavNewer, &button)
                });
                let older = winners.last().filter(|_| *has_after).map(|(place, ..)| {
                    let button = DrawButton::RedrawAfter { code: code.clone(), place: *place };
                    view.button(&Msg::NavOlder, &button)
                });
                let view = view.row(newer.into_iter().chain(older).collect());
                back_and_home(view, &MenuButton::Home)
            }
            Self::AskReason { code, is_wrong } => {
                let mut view = View::of(viewer, &Msg::DrawRedrawReason);
                if *is_wrong {
                    view = view.above(&Msg::DrawRedrawLong);
                }
                let view = view.press(&Msg::NavCancel, &MenuButton::Cancel);
                back_and_home(view, &DrawButton::Redraw { code: code.clone() })
            }
            Self::Confirm { code, name, reason } => {
                let (name, reason) = (name.clone(), reason.clone());
                let view = View::of(viewer, &Msg::DrawRedrawConfirm { name, reason });
                let row = vec![
                    view.button(&Msg::NavConfirm, &DrawButton::ConfirmRedraw { code: code.clone() }),
                    view.button(&Msg::NavCancel, &MenuButton::Cancel),
                ];
                back_and_home(view.row(row), &DrawButton::Redraw { code: code.clone() })
            }
            Self::Ordered => {
                View::of(viewer, &Msg::DrawRedrawOrdered).press(&Msg::NavHome, &MenuButton::Home).done()
            }
            Self::AskReopening { code } => {
                let view = View::of(viewer, &Msg::DrawReopenConfirm);
                let row = vec![
                    view.button(&Msg::NavConfirm, &DrawButton::ConfirmReopening { code: code.clone() }),
                    view.button(&Msg::NavCancel, &MenuButton::Home),
                ];
                back_and_home(view.row(row), &MenuButton::Home)
            }
            Self::Reopened { code } => View::of(viewer, &Msg::DrawReopenOrdered { code: code.to_string() })
                .press(&Msg::NavHome, &MenuButton::Home)
                .done(),
        }
    }
}

/// Somebody who may do this to a lottery that is drawn, or what they hear instead. `need` says whose rights in
/// the chat it takes; whether there is something to do is asked in the transaction.
async fn admitted(
    cx: Context<'_>,
    press: &Press<DrawButton>,
    code: &Code,
    (need, refusal): (Need, Msg),
) -> Result<Result<Admitted, Outcome>, HandleError> {
    let admitted = match admit(cx, press.person.id, code, need).await? {
        Ok(admitted) => admitted,
        Err(denied) => return Ok(Err(denied.say(cx, press.clone()).await?)),
    };
    if admitted.lottery.state == LotteryState::Announced {
        return Ok(Ok(admitted));
    }
    Ok(Err(cx.say(vec![press.alert(refusal)])))
}

/// An heir is looked for without anybody's rights; a new post takes those of the bot, too.
const REDRAW: (Need, Msg) = (Need::Person, Msg::DrawRedrawAlertRefused);
const REOPEN: (Need, Msg) = (Need::Everything, Msg::DrawReopenAlertRefused);

/// A page of those who have won as of now, by their places.
pub async fn opened(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
    page: Page<u32>,
) -> Result<Outcome, HandleError> {
    let screen = match winners(cx, &press, code, page).await? {
        Ok(screen) => screen,
        Err(outcome) => return Ok(outcome),
    };
    wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
}

/// The same in a message of its own: the one whose button was pressed says who has won.
pub async fn opened_below(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let screen = match winners(cx, &press, code, Page::First).await? {
        Ok(screen) => screen,
        Err(outcome) => return Ok(outcome),
    };
    wizard::leave(cx, press.person.id, vec![Reply::show(press.person.id, screen)]).await
}

async fn winners(
    cx: Context<'_>,
    press: &Press<DrawButton>,
    code: &Code,
    page: Page<u32>,
) -> Result<Result<DrawScreen, Outcome>, HandleError> {
    let lottery = match admitted(cx, press, code, REDRAW).await? {
        Ok(admitted) => admitted.lottery,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let draw = cx.services.draws.view(lottery).await?;
    let winner = |record: &_| {
        let record: &qura_storage::WinnerRecord = record;
        (record.winner.place, record.winner.ticket.get(), result::name(record))
    };
    let winners = draw.winners.iter().map(winner).collect();
    let Shown { rows, has_before, has_after } = of_page(winners, page);
    let screen = RedrawScreen::Winners { code: code.clone(), winners: rows, has_before, has_after };
    Ok(Ok(DrawScreen::Redraw(screen)))
}

/// The rows of a page, of all winners by their places, of whom there are a hundred at most.
fn of_page(mut winners: Vec<(u32, u64, String)>, page: Page<u32>) -> Shown<(u32, u64, String)> {
    match page {
        Page::First => {}
        Page::After(place) => winners.retain(|(other, ..)| *other > place),
        Page::Before(place) => winners.retain(|(other, ..)| *other < place),
    }
    let one_more = PAGE_ROWS as usize + 1;
    if matches!(page, Page::Before(_)) {
        winners.drain(..winners.len().saturating_sub(one_more));
    } else {
        winners.truncate(one_more);
    }
    page.shown(winners)
}

/// A winner was chosen: now the reason is typed.
pub async fn chosen(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
    ticket: u64,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let lottery = match admitted(cx, &press, code, REDRAW).await? {
        Ok(admitted) => admitted.lottery,
        Err(outcome) => return Ok(outcome),
    };
    let draw = cx.services.draws.view(lottery).await?;
    if draw.winners.iter().all(|record| record.winner.ticket.get() != ticket) {
        return Ok(cx.say(vec![press.alert(Msg::DrawRedrawAlertRefused)]));
    }
    let screen = DrawScreen::Redraw(RedrawScreen::AskReason { code: code.clone(), is_wrong: false });
    let wizard = Wizard::Redraw { code: code.clone(), ticket, reason: None };
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    wizard::enter(cx, &mut tx, person, &wizard, &mut replies).await?;
    replies.push(press.show(screen));
    cx.commit(tx, replies).await
}

/// The reason was typed.
pub async fn typed_reason(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    ticket: u64,
    input: &Input,
) -> Result<Answer, HandleError> {
    let reason = match input {
        Input::Text(text) => text.text().trim().to_owned(),
        _ => String::new(),
    };
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let screen = RedrawScreen::AskReason { code: code.clone(), is_wrong: true };
        return Ok(Answer::Again(DrawScreen::Redraw(screen).into()));
    }
    let lottery = match admit(cx, person.id, code, REDRAW.0).await? {
        Ok(admitted) => admitted.lottery,
        Err(denied) => return denied.answer(cx, person).await,
    };
    let named = cx.services.draws.view(lottery).await?.winners;
    let name = named.iter().find(|record| record.winner.ticket.get() == ticket).map(result::name);
    let wizard = Wizard::Redraw { code: code.clone(), ticket, reason: Some(reason.clone()) };
    let mut tx = cx.begin().await?;
    wizard::go_on(cx, &mut tx, person.id, &wizard).await?;
    let name = name.unwrap_or_default();
    let screen = DrawScreen::Redraw(RedrawScreen::Confirm { code: code.clone(), name, reason });
    Ok(Answer::Moved(tx, vec![Reply::show(person.id, screen)]))
}

/// «تأكيد»: whoever presses it must be in the middle of this, and organize the lottery.
pub async fn confirmed(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let refused = || Ok(cx.say(vec![press.alert(Msg::DrawRedrawAlertRefused)]));
    let Some(Wizard::Redraw { code: entered, ticket, reason: Some(reason) }) =
        wizard::current_of(cx, person).await?
    else {
        return refused();
    };
    if entered != *code {
        return refused();
    }
    let manager = match admitted(cx, &press, code, REDRAW).await? {
        Ok(admitted) => admitted.manager,
        Err(outcome) => return Ok(outcome),
    };
    let mut tx = cx.begin().await?;
    let ordered = cx.services.draws.redraw(&mut tx, manager, code, Ticket::new(ticket), &reason).await?;
    if ordered.is_err() {
        tx.rollback().await?;
        return refused();
    }
    tx.sessions().delete(person).await?;
    let screen = press.show(DrawScreen::Redraw(RedrawScreen::Ordered));
    cx.services.draws.faults.reach("draw.redrawing");
    let outcome = cx.commit(tx, vec![screen]).await?;
    cx.services.draws.faults.reach("draw.redrawn");
    cx.services.draws.wakeups.wake(Topic::Jobs).await;
    Ok(outcome)
}

pub async fn reopening_asked(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    if let Err(outcome) = admitted(cx, &press, code, REOPEN).await? {
        return Ok(outcome);
    }
    let screen = DrawScreen::Redraw(RedrawScreen::AskReopening { code: code.clone() });
    wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
}

pub async fn reopened(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let manager = match admitted(cx, &press, code, REOPEN).await? {
        Ok(admitted) => admitted.manager,
        Err(outcome) => return Ok(outcome),
    };
    let mut tx = cx.begin().await?;
    let Ok(new) = cx.services.draws.reopen(&mut tx, manager, code).await? else {
        tx.rollback().await?;
        return Ok(cx.say(vec![press.alert(Msg::DrawReopenAlertRefused)]));
    };
    let screen = press.show(DrawScreen::Redraw(RedrawScreen::Reopened { code: new.code }));
    cx.services.draws.faults.reach("draw.reopening");
    let outcome = cx.commit(tx, vec![screen]).await?;
    cx.services.draws.faults.reach("draw.reopened");
    cx.services.draws.wakeups.wake(Topic::Jobs).await;
    Ok(outcome)
}
