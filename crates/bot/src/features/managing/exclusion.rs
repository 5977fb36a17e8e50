//! «استبعاد»: of one participant with a reason, of one who looks suspicious in a tap, and of all of these.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{ManageRefusal, SuspectsExcluded};
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::ParticipantState;
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use super::participants::{Filter, ParticipantScreen, list, name, number};
use super::refusal::{Admitted, Need, admit, not_theirs, refused, word};
use super::{ManageButton, ManageScreen, ManageStep, edit, manager};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::features::roulette::back_and_home;
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// Letters that a reason may have.
const LONGEST_REASON: usize = 200;

/// The question for a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskReason {
    code: Code,
    user: UserId,
    name: String,
    /// The last answer was too long, or no text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_wrong: bool,
}

/// The question before it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfirmExclusion {
    code: Code,
    user: UserId,
    name: String,
    reason: String,
}

impl AskReason {
    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::ManageAskReason { name: self.name.clone() });
        if self.is_wrong {
            view = view.above(&Msg::DrawRedrawLong);
        }
        let view = view.press(&Msg::NavCancel, &MenuButton::Cancel);
        back_and_home(view, &ManageButton::Participant { code: self.code.clone(), user: self.user })
    }
}

impl ConfirmExclusion {
    pub fn view(&self, viewer: &Viewer) -> View {
        let (name, reason) = (self.name.clone(), self.reason.clone());
        let view = View::of(viewer, &Msg::ManageExcludeConfirm { name, reason });
        let back = ManageButton::Participant { code: self.code.clone(), user: self.user };
        let row = vec![
            view.button(&Msg::NavConfirm, &ManageButton::ConfirmExclusion { code: self.code.clone() }),
            view.button(&Msg::NavCancel, &back),
        ];
        back_and_home(view.row(row), &back)
    }
}

pub fn confirm_all(viewer: &Viewer, code: &Code, count: u64) -> View {
    let view = View::of(viewer, &Msg::ManageExcludeAllConfirm { count: number(count) });
    let back = ManageButton::List { code: code.clone(), filter: Filter::Suspicious };
    let row = vec![
        view.button(&Msg::NavConfirm, &ManageButton::ConfirmExcludeAll { code: code.clone() }),
        view.button(&Msg::NavCancel, &back),
    ];
    back_and_home(view.row(row), &back)
}

/// «استبعاد» of a participant: now the reason is typed.
pub async fn asked(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    user: UserId,
) -> Result<Outcome, HandleError> {
    let (person, lotteries) = (press.person.id, &cx.services.lotteries);
    let Some(lottery) = lotteries.managed(manager(cx, person), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let found = lotteries.participant(lottery.id, user).await?;
    let is_void = |state| matches!(state, ParticipantState::Excluded | ParticipantState::Won);
    let Some(record) = found.filter(|record| !is_void(record.state)) else {
        return super::participants::opened(cx, press, code, user, Filter::Everyone).await;
    };
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    let step = ManageStep::Exclude { code: code.clone(), user, reason: None };
    wizard::enter(cx, &mut tx, person, &Wizard::Managing(step), &mut replies).await?;
    let ask = AskReason { code: code.clone(), user, name: name(&record), is_wrong: false };
    replies.push(press.show(ManageScreen::AskReason(ask)));
    cx.commit(tx, replies).await
}

/// The reason was typed.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
    user: UserId,
) -> Result<Answer, HandleError> {
    let lotteries = &cx.services.lotteries;
    let managed = lotteries.managed(manager(cx, person.id), code).await?;
    let Some(lottery) = managed.filter(|lottery| lottery.state.is_changeable()) else {
        return edit::over(cx, person, code).await;
    };
    let Some(record) = lotteries.participant(lottery.id, user).await? else {
        return edit::over(cx, person, code).await;
    };
    let reason = match input {
        Input::Text(text) => text.text().trim().to_owned(),
        Input::Forwarded(_) | Input::Shared(_) => String::new(),
    };
    let name = name(&record);
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let ask = AskReason { code: code.clone(), user, name, is_wrong: true };
        return Ok(Answer::Again(ManageScreen::AskReason(ask).into()));
    }
    let mut tx = cx.begin().await?;
    let step = ManageStep::Exclude { code: code.clone(), user, reason: Some(reason.clone()) };
    wizard::go_on(cx, &mut tx, person.id, &Wizard::Managing(step)).await?;
    let confirm = ConfirmExclusion { code: code.clone(), user, name, reason };
    Ok(Answer::Moved(tx, vec![Reply::show(person.id, ManageScreen::ConfirmExclusion(confirm))]))
}

/// «تأكيد»: whoever presses it must be in the middle of this.
pub async fn confirmed(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let entered = match wizard::current_of(cx, person).await? {
        Some(Wizard::Managing(ManageStep::Exclude { code: entered, user, reason: Some(reason) }))
            if entered == *code =>
        {
            Some((user, reason))
        }
        _ => None,
    };
    let Admitted { manager, lottery } = match admit(cx, person, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let Some((user, reason)) = entered else {
        let list = list(cx, &lottery, Filter::Everyone, Page::First, None).await?;
        let screen = press.show(ManageScreen::Participants(list));
        return Ok(cx.say(vec![press.alert(Msg::AlertStale), screen]));
    };
    let Some(record) = cx.services.lotteries.participant(lottery.id, user).await? else {
        return Ok(not_theirs(cx, &press));
    };
    let mut tx = cx.begin().await?;
    let excluded = match cx.services.lotteries.exclude(&mut tx, manager, code, user, &reason).await? {
        Ok(excluded) => excluded,
        Err(refusal) => {
            tx.rollback().await?;
            return refused(cx, press, code, refusal).await;
        }
    };
    tx.sessions().delete(person).await?;
    let mut record = record;
    if excluded.count > 0 {
        (record.state, record.reason) = (ParticipantState::Excluded, Some(reason));
    }
    let screen = ParticipantScreen::of(&excluded.lottery, &record, Some(Msg::ManageExcluded));
    let outcome = cx.commit(tx, vec![press.show(ManageScreen::Participant(screen))]).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

/// «استبعاد» in the list of those who look suspicious. Only who looks so now is excluded by it.
pub async fn tapped(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    user: UserId,
) -> Result<Outcome, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let found = cx.services.lotteries.participant(lottery.id, user).await?;
    let Some(record) = found.filter(|record| record.signals.is_suspicious()) else {
        return super::participants::opened(cx, press, code, user, Filter::Suspicious).await;
    };
    // The same page, as far as it can be told from one row; read before the transaction, which holds a
    // connection of its own.
    let before = record.ticket.get().saturating_sub(1);
    let page = if before == 0 { Page::First } else { Page::After(before) };
    let list = list(cx, &lottery, Filter::Suspicious, page, Some(Msg::ManageExcluded)).await?;
    let mut tx = cx.begin().await?;
    let reason = reason(cx);
    if let Err(refusal) = cx.services.lotteries.exclude(&mut tx, manager, code, user, &reason).await? {
        tx.rollback().await?;
        return refused(cx, press, code, refusal).await;
    }
    let list = list.without(|one| one == user);
    let outcome = cx.commit(tx, vec![press.show(ManageScreen::Participants(list))]).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

/// What stands beside those who were excluded for what they look like. Whoever manages reads it.
fn reason(cx: Context<'_>) -> String {
    Msg::ManageReasonSuspicious.plain(cx.services.defaults.language)
}

/// «استبعاد الكل»
pub async fn all_asked(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let lotteries = &cx.services.lotteries;
    let Some(lottery) = lotteries.managed(manager(cx, press.person.id), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let count = lotteries.suspects(lottery.id, 0).await?.count;
    Ok(cx.say(vec![press.show(ManageScreen::ConfirmExcludeAll { code: code.clone(), count })]))
}

/// «تأكيد» of all.
pub async fn all_confirmed(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let list = list(cx, &lottery, Filter::Suspicious, Page::First, None).await?;
    let lotteries = &cx.services.lotteries;
    let excluded = match lotteries.exclude_suspects(manager, code, &reason(cx)).await? {
        Ok(excluded) => excluded,
        Err(refusal) => return refused(cx, press, code, refusal).await,
    };
    // Whoever stands on the first page was among the first to go.
    let list = list.without(|_| true);
    let show = |count| {
        let note = Msg::ManageExcludedAll { count: number(count) };
        press.show(ManageScreen::Participants(list.noting(note)))
    };
    let outcome = match excluded {
        SuspectsExcluded::All { count, tx } => cx.commit(tx, vec![show(count)]).await?,
        SuspectsExcluded::Closed { count } => {
            cx.say(vec![press.alert(word(ManageRefusal::NotNow)), show(count)])
        }
    };
    lotteries.announce().await;
    Ok(outcome)
}
