//! Who may do what to a lottery, looked at when they do it, and what they hear when they may not.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, ManageRefusal, Manager};
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_i18n::Msg;

use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::channels::failure;
use crate::features::roulette::create::grid::settings_error;
use crate::features::roulette::create::preview::name_checks;
use crate::features::roulette::{RouletteButton, RouletteScreen, back_and_home, manage};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::Answer;

/// Whose rights an act needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The person must still be an administrator, as far as the bot can see that.
    Person,
    /// And the bot must be able to work there.
    Everything,
}

/// Somebody who may act.
pub struct Admitted {
    pub manager: Manager,
    pub lottery: Lottery,
}

/// Why somebody may not.
pub enum Denied {
    NotTheirs,
    Lacking(Code, Vec<Check>),
}

/// Asks Telegram whether the person may do something to the lottery now. Whether its state allows it is
/// asked in the transaction.
pub async fn admit(
    cx: Context<'_>,
    person: UserId,
    code: &Code,
    need: Need,
) -> Result<Result<Admitted, Denied>, HandleError> {
    let (manager, lotteries) = (manager(cx, person), &cx.services.lotteries);
    let Some(lottery) = lotteries.managed(manager, code).await? else { return Ok(Err(Denied::NotTheirs)) };
    let looked = lotteries.look_at_rights(manager, &lottery).await.map_err(failure)?;
    let passed = match need {
        Need::Everything => looked.passed(),
        Need::Person => looked.checks.iter().all(|check| match check {
            Check::Chat { obstacles, .. } => !obstacles.iter().any(|obstacle| obstacle.is_of_the_person()),
            _ => true,
        }),
    };
    Ok(match passed {
        true => Ok(Admitted { manager, lottery }),
        false => Err(Denied::Lacking(code.clone(), looked.checks)),
    })
}

impl Denied {
    /// In answer to a button.
    pub async fn say<B>(self, cx: Context<'_>, press: Press<B>) -> Result<Outcome, HandleError> {
        match self {
            Self::NotTheirs => Ok(not_theirs(cx, &press)),
            Self::Lacking(code, checks) => {
                let screen = ManageScreen::Lacking { code, checks };
                Ok(cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(screen)]))
            }
        }
    }

    /// In answer to something typed: the wizard is over.
    pub async fn answer(self, cx: Context<'_>, person: &Person) -> Result<Answer, HandleError> {
        let screen = match self {
            Self::NotTheirs => Reply::show(person.id, RouletteScreen::Home),
            Self::Lacking(code, checks) => Reply::show(person.id, ManageScreen::Lacking { code, checks }),
        };
        Ok(Answer::Finished(cx.begin().await?, vec![screen]))
    }
}

/// What somebody hears whose act was refused; the transaction is rolled back by then.
pub async fn refused(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    refusal: ManageRefusal,
) -> Result<Outcome, HandleError> {
    let Some(card) = manage::card(cx, press.person.id, code, None).await? else {
        return Ok(not_theirs(cx, &press));
    };
    Ok(cx.say(vec![press.alert(word(refusal)), press.show(RouletteScreen::Card(card))]))
}

/// The button is somebody else's, or forged, or of a lottery that is gone.
pub fn not_theirs<B>(cx: Context<'_>, press: &Press<B>) -> Outcome {
    metrics::counter!("callbacks_forbidden_total").increment(1);
    cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Home)])
}

pub fn word(refusal: ManageRefusal) -> Msg {
    match refusal {
        ManageRefusal::NotTheirs => Msg::AlertStale,
        ManageRefusal::NotNow => Msg::ManageNotNowAlert,
        ManageRefusal::Settings(error) => settings_error(error),
        ManageRefusal::CountReached => Msg::ManageCountReachedAlert,
        ManageRefusal::TooOften { limit, wait } => Msg::ManageTooOftenAlert { limit: i64::from(limit), wait },
        ManageRefusal::BringsNobody => Msg::ManageBringsNobodyAlert,
        ManageRefusal::ConditionLost => Msg::ManageConditionLostAlert,
        ManageRefusal::RightsLost => Msg::ManageLackingAlert,
        ManageRefusal::TimePassed => Msg::ManageTimePassedAlert,
    }
}

pub fn lacking(viewer: &Viewer, code: &Code, checks: &[Check]) -> View {
    let failed: Vec<Check> = checks.iter().filter(|check| !check.passed()).cloned().collect();
    let view = name_checks(View::of(viewer, &Msg::ManageLacking), viewer, &failed);
    back_and_home(view, &RouletteButton::Card { code: code.clone() })
}
