//! Values of the settings that are chosen among several or typed: times, a count, hours to confirm.

use std::time::Duration;

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::language::Language;
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings, Publication};
use qura_domain::number::parse_number;
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_i18n::{LocalTime, Msg, WhenError, when};
use serde::{Deserialize, Serialize};

use super::numbers::{chosen as changed, entered};
use super::{Step, lost, rows, stale};
use crate::context::{Context, Outcome};
use crate::features::roulette::{RouletteButton, RouletteScreen};
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard::{Answer, Input};

/// Offered as buttons.
const HOURS_AHEAD: [u32; 8] = [1, 3, 6, 12, 24, 48, 72, 168];
const COUNTS: [u32; 8] = [10, 50, 100, 250, 500, 1_000, 5_000, 10_000];
const HOURS_TO_CONFIRM: [u32; 6] = [1, 6, 12, 24, 48, 72];

/// A question for a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceScreen {
    code: Code,
    step: Step,
    settings: LotterySettings,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Msg>,
}

impl ChoiceScreen {
    pub fn of(lottery: &Lottery, step: Step, error: Option<Msg>) -> Self {
        Self { code: lottery.code.clone(), step, settings: lottery.settings.clone(), error }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let now = LocalTime { at: viewer.now, zone: viewer.timezone };
        let ask = match self.step {
            Step::DrawTime => Msg::RouletteAskDrawTime { now },
            Step::DrawCount => Msg::RouletteAskDrawCount,
            Step::Publication => Msg::RouletteAskPublication { now },
            Step::Confirmation => Msg::RouletteAskConfirmation,
            _ => Msg::RouletteAskDraw,
        };
        let mut view = View::of(viewer, &ask);
        if let Some(error) = &self.error {
            view = view.above(error);
        }
        let hours = |count: u32| Msg::RouletteAfterHours { span: Duration::from_hours(count.into()) };
        view = match self.step {
            Step::DrawTime => {
                pairs(view, &HOURS_AHEAD, hours, |hours| RouletteButton::DrawAfter { code: code(), hours })
            }
            Step::DrawCount => {
                let label = |number: u32| Msg::RouletteNumber { number: i64::from(number) };
                pairs(view, &COUNTS, label, |number| RouletteButton::DrawAtCount { code: code(), number })
            }
            Step::Publication => {
                let view =
                    view.press(&Msg::RoulettePublicationNow, &RouletteButton::PublishNow { code: code() });
                pairs(view, &HOURS_AHEAD, hours, |hours| RouletteButton::PublishAfter { code: code(), hours })
            }
            Step::Confirmation => {
                let off = RouletteButton::ConfirmWithin { code: code(), hours: 0 };
                let view = view.press(&Msg::RouletteOff, &off);
                let label = |hours: u32| Msg::RouletteHours { count: i64::from(hours) };
                pairs(view, &HOURS_TO_CONFIRM, label, |hours| RouletteButton::ConfirmWithin {
                    code: code(),
                    hours,
                })
            }
            _ => view
                .press(&Msg::RouletteDrawNever, &RouletteButton::DrawNever { code: code() })
                .press(&Msg::RouletteDrawByTime, &RouletteButton::Go { code: code(), step: Step::DrawTime })
                .press(
                    &Msg::RouletteDrawByCount,
                    &RouletteButton::Go { code: code(), step: Step::DrawCount },
                ),
        };
        let back = match self.step {
            Step::DrawTime | Step::DrawCount => Step::Draw,
            _ => Step::Settings,
        };
        rows(view, &self.code, None, &RouletteButton::Go { code: code(), step: back })
    }
}

/// Buttons in rows of two.
fn pairs(
    mut view: ViewBuilder,
    values: &[u32],
    label: impl Fn(u32) -> Msg,
    data: impl Fn(u32) -> RouletteButton,
) -> ViewBuilder {
    for chunk in values.chunks(2) {
        let row = chunk.iter().map(|value| view.button(&label(*value), &data(*value))).collect();
        view = view.row(row);
    }
    view
}

/// A button with a value was pressed.
pub async fn chosen(cx: Context<'_>, press: Press<RouletteButton>) -> Result<Outcome, HandleError> {
    use RouletteButton as B;
    let now = cx.services.clock.now();
    let ahead = |hours: u32| now + Duration::from_hours(u64::from(hours).min(24 * 365));
    match press.button.clone() {
        B::DrawNever { code } => set_draw(cx, press, &code, AutoDraw::Never).await,
        B::DrawAfter { code, hours } => set_draw(cx, press, &code, AutoDraw::At(ahead(hours))).await,
        B::DrawAtCount { code, number } if LotterySettings::DRAW_COUNT.contains(&number.into()) => {
            set_draw(cx, press, &code, AutoDraw::AtCount(number.into())).await
        }
        B::PublishNow { code } => set_publication(cx, press, &code, Publication::Now).await,
        B::PublishAfter { code, hours } => {
            set_publication(cx, press, &code, Publication::At(ahead(hours))).await
        }
        B::ConfirmWithin { code, hours }
            if hours == 0 || LotterySettings::CONFIRMATION_HOURS.contains(&hours) =>
        {
            let set = move |lottery: &mut Lottery| {
                lottery.settings.confirmation_hours = (hours > 0).then_some(hours);
            };
            changed(cx, press, &code, Step::Settings, set).await
        }
        B::DrawAtCount { code, .. } | B::ConfirmWithin { code, .. } => stale(cx, press, &code).await,
        // Everything else has its own place.
        _ => Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Home)])),
    }
}

async fn set_draw(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    draw: AutoDraw,
) -> Result<Outcome, HandleError> {
    changed(cx, press, code, Step::Settings, move |lottery| lottery.settings.auto_draw = draw).await
}

async fn set_publication(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    publication: Publication,
) -> Result<Outcome, HandleError> {
    let set = move |lottery: &mut Lottery| lottery.settings.publication = publication;
    changed(cx, press, code, Step::Settings, set).await
}

/// A value was typed.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    code: &Code,
    step: Step,
) -> Result<Answer, HandleError> {
    let text = match input {
        Input::Text(text) => text.text(),
        Input::Forwarded(_) | Input::Shared(_) => "",
    };
    let change = match step {
        Step::DrawTime => moment(cx, person.id, text).await?.map(|at| Change::Draw(AutoDraw::At(at))),
        Step::Publication if is_now(text) => Ok(Change::Publish(Publication::Now)),
        Step::Publication => {
            moment(cx, person.id, text).await?.map(|at| Change::Publish(Publication::At(at)))
        }
        Step::DrawCount => number(text, 1, 1_000_000).map(|count| Change::Draw(AutoDraw::AtCount(count))),
        _ => {
            let (from, to) =
                (LotterySettings::CONFIRMATION_HOURS.start(), LotterySettings::CONFIRMATION_HOURS.end());
            let hours = number(text, i64::from(*from), i64::from(*to));
            hours.map(|hours| Change::Confirm(u32::try_from(hours).ok()))
        }
    };
    match change {
        Ok(change) => entered(cx, person, code, Step::Settings, move |lottery| change.make(lottery)).await,
        Err(error) => match cx.services.lotteries.draft(person.id, code).await? {
            Some(lottery) => {
                let screen = RouletteScreen::Choice(ChoiceScreen::of(&lottery, step, Some(error)));
                Ok(Answer::Again(screen.into()))
            }
            None => lost(cx, person, code).await,
        },
    }
}

/// What was typed, understood.
#[derive(Clone, Copy, Debug)]
enum Change {
    Draw(AutoDraw),
    Publish(Publication),
    Confirm(Option<u32>),
}

impl Change {
    fn make(self, lottery: &mut Lottery) {
        match self {
            Self::Draw(draw) => lottery.settings.auto_draw = draw,
            Self::Publish(publication) => lottery.settings.publication = publication,
            Self::Confirm(hours) => lottery.settings.confirmation_hours = hours,
        }
    }
}

/// A moment ahead, on the person's own clock.
pub async fn moment(
    cx: Context<'_>,
    person: UserId,
    typed: &str,
) -> Result<Result<Timestamp, Msg>, HandleError> {
    let record = cx.services.people.get(person).await?;
    let viewer = cx.services.viewer(person, record.as_ref());
    Ok(match when(typed, viewer.now, viewer.timezone) {
        Err(WhenError::NotAMoment) => Err(Msg::RouletteErrorMoment),
        Err(WhenError::NoSuchTime) => Err(Msg::RouletteErrorNoSuchTime),
        Ok(at) if at <= viewer.now => Err(Msg::RouletteSettingsPast),
        Ok(at) if at > viewer.now + LotterySettings::HORIZON => Err(Msg::RouletteSettingsTooFar),
        Ok(at) => Ok(at),
    })
}

/// The label of the button, typed.
fn is_now(typed: &str) -> bool {
    Language::ALL.iter().any(|language| Msg::RoulettePublicationNow.plain(*language) == typed.trim())
}

fn number(typed: &str, from: i64, to: i64) -> Result<u64, Msg> {
    let number = parse_number(typed, from..=to).ok().and_then(|number| u64::try_from(number).ok());
    number.ok_or(Msg::RouletteErrorNumber { from, to })
}
