//! The steps of numbers: «عدد الفائزين» and «الاحتياط», chosen or typed.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::lottery::{Lottery, LotterySettings};
use qura_domain::number::parse_number;
use qura_domain::person::Person;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{Step, lost, moved, rows, shown, stale};
use crate::context::{Context, Outcome};
use crate::features::roulette::{RouletteButton, RouletteScreen};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard::{Answer, Input};

/// Offered as buttons.
const WINNERS: [u32; 8] = [1, 2, 3, 5, 10, 20, 50, 100];
const RESERVES: [u32; 6] = [0, 1, 2, 3, 5, 10];

/// A question for a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberScreen {
    code: Code,
    step: Step,
    current: u32,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
}

impl NumberScreen {
    pub fn of(lottery: &Lottery, step: Step, error: Option<Msg>) -> Self {
        let current = match step {
            Step::Reserves => lottery.settings.reserves(),
            _ => lottery.settings.winners,
        };
        Self { code: lottery.code.clone(), step, current, error }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let (current, is_reserves) = (i64::from(self.current), self.step == Step::Reserves);
        let ask = match is_reserves {
            true => Msg::RouletteReserves { current },
            false => Msg::RouletteWinners { current },
        };
        let mut view = View::of(viewer, &ask);
        if let Some(error) = &self.error {
            view = view.above(error);
        }
        let offered: &[u32] = if is_reserves { &RESERVES } else { &WINNERS };
        for chunk in offered.chunks(4) {
            let button = |number: &u32| {
                let data = match is_reserves {
                    true => RouletteButton::Reserves { code: code(), number: *number },
                    false => RouletteButton::Winners { code: code(), number: *number },
                };
                view.button(&Msg::RouletteNumber { number: i64::from(*number) }, &data)
            };
            let row = chunk.iter().map(button).collect();
            view = view.row(row);
        }
        let (next, back) = match is_reserves {
            true => (Step::Settings, Step::Winners),
            false => (Step::Reserves, Step::Template),
        };
        if is_reserves {
            view = view
                .press(&Msg::RouletteReservesAsWinners, &RouletteButton::ReservesAsWinners { code: code() });
        }
        let back = RouletteButton::Go { code: code(), step: back };
        rows(view, &self.code, Some((&Msg::NavNext, next)), &back)
    }
}

/// A number of winners was chosen.
pub async fn winners_chosen(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    number: u32,
) -> Result<Outcome, HandleError> {
    if !LotterySettings::WINNERS.contains(&number) {
        return stale(cx, press, code).await;
    }
    let set = move |lottery: &mut Lottery| lottery.settings.winners = number;
    chosen(cx, press, code, Step::Reserves, set).await
}

/// A number of reserves was chosen; `None` for as many as winners.
pub async fn reserves_chosen(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    number: Option<u32>,
) -> Result<Outcome, HandleError> {
    if number.is_some_and(|number| !LotterySettings::RESERVES.contains(&number)) {
        return stale(cx, press, code).await;
    }
    chosen(cx, press, code, Step::Settings, move |lottery| lottery.settings.reserves = number).await
}

/// Changes a draft by a button, and goes on to a step.
pub async fn chosen(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    next: Step,
    set: impl FnOnce(&mut Lottery) + Send,
) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.change(&mut tx, press.person.id, code, set).await? {
        Some(lottery) => shown(cx, tx, press, &lottery, next, Vec::new()).await,
        None => {
            tx.rollback().await?;
            stale(cx, press, code).await
        }
    }
}

/// A number was typed.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
    step: Step,
) -> Result<Answer, HandleError> {
    let range = match step {
        Step::Reserves => LotterySettings::RESERVES,
        _ => LotterySettings::WINNERS,
    };
    let accepted = i64::from(*range.start())..=i64::from(*range.end());
    let number = match input {
        Input::Text(text) => parse_number(text.text(), accepted).ok().and_then(|n| u32::try_from(n).ok()),
        Input::Forwarded(_) | Input::Shared(_) => None,
    };
    let Some(number) = number else {
        let Some(lottery) = cx.services.lotteries.draft(person.id, code).await? else {
            return lost(cx, person, code).await;
        };
        let (from, to) = (i64::from(*range.start()), i64::from(*range.end()));
        let error = Some(Msg::RouletteErrorNumber { from, to });
        let screen = RouletteScreen::Number(NumberScreen::of(&lottery, step, error));
        return Ok(Answer::Again(screen.into()));
    };
    match step {
        Step::Reserves => {
            let set = move |lottery: &mut Lottery| lottery.settings.reserves = Some(number);
            entered(cx, person, code, Step::Settings, set).await
        }
        _ => {
            let set = move |lottery: &mut Lottery| lottery.settings.winners = number;
            entered(cx, person, code, Step::Reserves, set).await
        }
    }
}

/// Changes a draft by what was typed, and goes on to a step.
pub async fn entered(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    next: Step,
    set: impl FnOnce(&mut Lottery) + Send,
) -> Result<Answer, HandleError> {
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.change(&mut tx, person.id, code, set).await? {
        Some(lottery) => moved(cx, tx, person, &lottery, next, None).await,
        None => {
            tx.rollback().await?;
            lost(cx, person, code).await
        }
    }
}
