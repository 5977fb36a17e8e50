//! «تعديل»: what may be changed while people join, and the questions for it.

use std::time::Duration;

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Edit, Edited, ManageRefusal};
use qura_domain::code::Code;
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings};
use qura_domain::number::parse_number;
use qura_domain::person::Person;
use qura_i18n::{LocalTime, Msg};
use serde::{Deserialize, Serialize};

use super::refusal::{Admitted, Need, admit, not_theirs, refused, word};
use super::{ManageButton, ManageScreen, ManageStep, manager};
use crate::callback::Field;
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::features::roulette::create::choices::moment;
use crate::features::roulette::{RouletteButton, RouletteScreen, back_and_home, manage};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// Offered as buttons.
const WINNERS: [u32; 8] = [1, 2, 3, 5, 10, 20, 50, 100];
const RESERVES: [u32; 8] = [0, 1, 2, 3, 5, 10, 20, 50];
const HOURS_AHEAD: [u32; 8] = [1, 3, 6, 12, 24, 48, 72, 168];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Winners,
    Reserves,
    End,
}

impl Field for Value {
    fn write(&self) -> String {
        match self {
            Self::Winners => "win",
            Self::Reserves => "res",
            Self::End => "end",
        }
        .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Winners, Self::Reserves, Self::End].into_iter().find(|value| value.write() == text)
    }
}

/// What may be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditScreen {
    code: Code,
    settings: LotterySettings,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

impl EditScreen {
    pub fn of(lottery: &Lottery, note: Option<Msg>) -> Self {
        Self { code: lottery.code.clone(), settings: lottery.settings.clone(), note }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let mut view = View::of(viewer, &Msg::ManageEdit);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let (winners, reserves) = (i64::from(self.settings.winners), i64::from(self.settings.reserves()));
        let view = view
            .below(&Msg::RouletteCardWinners { winners, reserves })
            .below(&end(&self.settings, viewer))
            .press(&Msg::ManageEditTemplate, &ManageButton::EditTemplate { code: code() })
            .press(&Msg::ManageEditWinners, &ManageButton::EditValue { code: code(), value: Value::Winners })
            .press(
                &Msg::ManageEditReserves,
                &ManageButton::EditValue { code: code(), value: Value::Reserves },
            )
            .press(&Msg::ManageEditEnd, &ManageButton::EditValue { code: code(), value: Value::End });
        back_and_home(view, &RouletteButton::Card { code: code() })
    }
}

/// When the draw begins.
pub fn end(settings: &LotterySettings, viewer: &Viewer) -> Msg {
    match settings.auto_draw {
        AutoDraw::Never => Msg::ManageEndNever,
        AutoDraw::At(at) => Msg::RouletteCardDraw { time: LocalTime { at, zone: viewer.timezone } },
        AutoDraw::AtCount(count) => {
            Msg::ManageEndAtCount { number: i64::try_from(count).unwrap_or(i64::MAX) }
        }
    }
}

/// A question for a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskScreen {
    code: Code,
    value: Value,
    settings: LotterySettings,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
}

impl AskScreen {
    fn of(lottery: &Lottery, value: Value, error: Option<Msg>) -> Self {
        Self { code: lottery.code.clone(), value, settings: lottery.settings.clone(), error }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let ask = match self.value {
            Value::Winners => Msg::RouletteWinners { current: i64::from(self.settings.winners) },
            Value::Reserves => Msg::RouletteReserves { current: i64::from(self.settings.reserves()) },
            Value::End => Msg::ManageAskEnd { now: LocalTime { at: viewer.now, zone: viewer.timezone } },
        };
        let mut view = View::of(viewer, &ask);
        if let Some(error) = &self.error {
            view = view.above(error);
        }
        let number = |number: u32| Msg::RouletteNumber { number: i64::from(number) };
        view = match self.value {
            Value::Winners => {
                rows(view, 4, &WINNERS, number, |number| ManageButton::Winners { code: code(), number })
            }
            Value::Reserves => {
                rows(view, 4, &RESERVES, number, |number| ManageButton::Reserves { code: code(), number })
                    .press(&Msg::RouletteReservesAsWinners, &ManageButton::ReservesAsWinners { code: code() })
            }
            Value::End => {
                let span = |hours: u32| Duration::from_hours(hours.into());
                let hours = |count| Msg::RouletteAfterHours { span: span(count) };
                rows(view, 2, &HOURS_AHEAD, hours, |hours| ManageButton::EndAfter { code: code(), hours })
                    .press(&Msg::RouletteDrawNever, &ManageButton::EndNever { code: code() })
            }
        };
        let view = view.press(&Msg::NavCancel, &MenuButton::Cancel);
        back_and_home(view, &ManageButton::Edit { code: code() })
    }
}

/// Buttons in rows of so many.
fn rows(
    mut view: ViewBuilder,
    in_a_row: usize,
    values: &[u32],
    label: impl Fn(u32) -> Msg,
    data: impl Fn(u32) -> ManageButton,
) -> ViewBuilder {
    for chunk in values.chunks(in_a_row) {
        let row = chunk.iter().map(|value| view.button(&label(*value), &data(*value))).collect();
        view = view.row(row);
    }
    view
}

/// «تعديل»
pub async fn opened(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, press.person.id), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let screen = ManageScreen::Edit(EditScreen::of(&lottery, None));
    wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
}

/// A value is to be changed.
pub async fn asked(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    value: Value,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, person), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !lottery.state.is_changeable() {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let screen = press.show(ManageScreen::Ask(AskScreen::of(&lottery, value, None)));
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    let step = ManageStep::Value { code: code.clone(), value };
    wizard::enter(cx, &mut tx, person, &Wizard::Managing(step), &mut replies).await?;
    replies.push(screen);
    cx.commit(tx, replies).await
}

/// A button with a value was pressed.
pub async fn chosen(cx: Context<'_>, press: Press<ManageButton>) -> Result<Outcome, HandleError> {
    use ManageButton as B;
    let ahead = |hours: u32| cx.services.clock.now() + Duration::from_hours(u64::from(hours).min(24 * 365));
    let (code, edit) = match press.button.clone() {
        B::Winners { code, number } => (code, Edit::Winners(number)),
        B::Reserves { code, number } => (code, Edit::Reserves(Some(number))),
        B::ReservesAsWinners { code } => (code, Edit::Reserves(None)),
        B::EndNever { code } => (code, Edit::End(AutoDraw::Never)),
        B::EndAfter { code, hours } => (code, Edit::End(AutoDraw::At(ahead(hours)))),
        B::EndAtCount { code, number } => (code, Edit::End(AutoDraw::AtCount(number.into()))),
        // Everything else has its own place.
        _ => return Ok(not_theirs(cx, &press)),
    };
    let person = press.person.id;
    let Admitted { manager, .. } = match admit(cx, person, &code, Need::Everything).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let mut tx = cx.begin().await?;
    let edited = match cx.services.lotteries.edit(&mut tx, manager, &code, edit).await? {
        Ok(edited) => edited,
        Err(refusal) => {
            tx.rollback().await?;
            return refused(cx, press, &code, refusal).await;
        }
    };
    let mut replies = Vec::new();
    wizard::end(&mut tx, person, &mut replies).await?;
    replies.push(press.show(ManageScreen::Edit(EditScreen::of(&edited.lottery, Some(note(&edited))))));
    let outcome = cx.commit(tx, replies).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

/// What is said of a change.
pub fn note(edited: &Edited) -> Msg {
    if edited.is_republished { Msg::ManageEditedAnew } else { Msg::ManageEdited }
}

/// A value was typed.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
    value: Value,
) -> Result<Answer, HandleError> {
    let text = match input {
        Input::Text(text) => text.text(),
        Input::Forwarded(_) | Input::Shared(_) => "",
    };
    let number = |range: std::ops::RangeInclusive<u32>| {
        let (from, to) = (i64::from(*range.start()), i64::from(*range.end()));
        let number = parse_number(text, from..=to).ok().and_then(|number| u32::try_from(number).ok());
        number.ok_or(Msg::RouletteErrorNumber { from, to })
    };
    let edit = match value {
        Value::Winners => number(LotterySettings::WINNERS).map(Edit::Winners),
        Value::Reserves => number(LotterySettings::RESERVES).map(|number| Edit::Reserves(Some(number))),
        // A bare number is a number of participants; a time has more than digits.
        Value::End => match parse_number(text, 1..=1_000_000) {
            Ok(count) => Ok(Edit::End(AutoDraw::AtCount(u64::try_from(count).unwrap_or(1)))),
            Err(_) => moment(cx, person.id, text).await?.map(|at| Edit::End(AutoDraw::At(at))),
        },
    };
    match edit {
        Ok(edit) => change(cx, person, code, edit, |lottery, error| again(lottery, value, error)).await,
        Err(error) => {
            let managed = cx.services.lotteries.managed(manager(cx, person.id), code).await?;
            match managed.filter(|lottery| lottery.state.is_changeable()) {
                Some(lottery) => Ok(Answer::Again(again(&lottery, value, error).into())),
                None => over(cx, person, code).await,
            }
        }
    }
}

fn again(lottery: &Lottery, value: Value, error: Msg) -> ManageScreen {
    ManageScreen::Ask(AskScreen::of(lottery, value, Some(error)))
}

/// Makes a change that was typed; where the value itself is refused, it is asked for again.
pub async fn change(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    edit: Edit,
    again: impl FnOnce(&Lottery, Msg) -> ManageScreen + Send,
) -> Result<Answer, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, person.id, code, Need::Everything).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.answer(cx, person).await,
    };
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.edit(&mut tx, manager, code, edit).await? {
        Ok(edited) => {
            let screen = ManageScreen::Edit(EditScreen::of(&edited.lottery, Some(note(&edited))));
            Ok(Answer::Finished(tx, vec![Reply::show(person.id, screen)]))
        }
        Err(
            refusal @ (ManageRefusal::Settings(_)
            | ManageRefusal::CountReached
            | ManageRefusal::TooOften { .. }),
        ) => {
            tx.rollback().await?;
            Ok(Answer::Again(again(&lottery, word(refusal)).into()))
        }
        Err(_) => {
            tx.rollback().await?;
            over(cx, person, code).await
        }
    }
}

/// What was being changed cannot be any more: the wizard is over.
pub async fn over(cx: Context<'_>, person: &Person, code: &Code) -> Result<Answer, HandleError> {
    let screen = match manage::card(cx, person.id, code, Some(Msg::ManageNotNowAlert)).await? {
        Some(card) => RouletteScreen::Card(card),
        None => RouletteScreen::Home,
    };
    Ok(Answer::Finished(cx.begin().await?, vec![Reply::show(person.id, screen)]))
}
