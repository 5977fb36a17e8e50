//! The wizard «إنشاء روليت»: its steps, and the way through them. What was entered is in the draft.

pub mod adding;
pub mod chats;
pub mod choices;
pub mod conditions;
pub mod demand;
pub mod grid;
pub mod numbers;
pub mod preview;
pub mod template;

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::condition::ConditionKind;
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_ports::telegram::Message;
use qura_storage::Tx;
use serde::{Deserialize, Serialize};

use super::{RouletteButton, RouletteScreen, manage};
use crate::callback::Field;
use crate::context::{Context, Outcome};
use crate::features::menu::{MenuButton, MenuScreen};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, ViewBuilder};
use crate::wizard::{self, Answer, Input, Wizard};

/// The steps, in their order, those that belong to one beside it. Stored with the wizard: new ones are
/// added, none is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Conditions,
    Channel,
    Group,
    Lottery,
    Boost,
    Template,
    Winners,
    Reserves,
    Settings,
    Draw,
    DrawTime,
    DrawCount,
    Publication,
    Confirmation,
    Preview,
}

/// What a button of the grid turns over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    Audience,
    Members,
    Challenge,
    Leavers,
}

impl Step {
    const ALL: [(Self, &'static str); 15] = [
        (Self::Conditions, "cond"),
        (Self::Channel, "chan"),
        (Self::Group, "group"),
        (Self::Lottery, "lot"),
        (Self::Boost, "boost"),
        (Self::Template, "text"),
        (Self::Winners, "win"),
        (Self::Reserves, "res"),
        (Self::Settings, "set"),
        (Self::Draw, "draw"),
        (Self::DrawTime, "dtime"),
        (Self::DrawCount, "dcount"),
        (Self::Publication, "pub"),
        (Self::Confirmation, "conf"),
        (Self::Preview, "view"),
    ];

    /// The kind of condition that it asks for.
    const fn demands(self) -> Option<ConditionKind> {
        match self {
            Self::Channel => Some(ConditionKind::Channel),
            Self::Group => Some(ConditionKind::Group),
            Self::Lottery => Some(ConditionKind::Lottery),
            Self::Boost => Some(ConditionKind::Boost),
            _ => None,
        }
    }

    /// Whether Telegram's own picker is offered beside it.
    pub const fn picks_a_chat(self) -> bool {
        matches!(self, Self::Channel | Self::Group | Self::Boost)
    }
}

impl Field for Step {
    fn write(&self) -> String {
        Self::ALL.iter().find(|(step, _)| step == self).map_or("", |(_, word)| word).to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(step, _)| *step)
    }
}

impl Field for Switch {
    fn write(&self) -> String {
        match self {
            Self::Audience => "who",
            Self::Members => "members",
            Self::Challenge => "challenge",
            Self::Leavers => "leavers",
        }
        .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Audience, Self::Members, Self::Challenge, Self::Leavers]
            .into_iter()
            .find(|switch| switch.write() == text)
    }
}

impl Field for ConditionKind {
    fn write(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// A button of the wizard was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<RouletteButton>) -> Result<Outcome, HandleError> {
    use RouletteButton as B;
    use qura_storage::Page;
    match press.button.clone() {
        B::Create => chats::opened(cx, press, None, Page::First).await,
        B::Chats { draft } => chats::opened(cx, press, Some(draft), Page::First).await,
        B::ChatsAfter { chat, draft } => chats::opened(cx, press, draft, Page::After(chat)).await,
        B::ChatsBefore { chat, draft } => chats::opened(cx, press, draft, Page::Before(chat)).await,
        B::Pick { chat, draft } => chats::picked(cx, press, chat, draft).await,
        B::AddChat { draft } => adding::asked(cx, press, draft).await,
        B::LinkChat { chat, draft } => adding::linked(cx, press, chat, draft).await,
        B::Go { code, step: Step::Preview } => preview::opened(cx, press, &code).await,
        B::Go { code, step } => went(cx, press, &code, step).await,
        B::Resume { code } => resumed(cx, press, &code).await,
        B::DropChat { code, kind, chat } => conditions::dropped_chat(cx, press, &code, kind, chat).await,
        B::DropLottery { code, other } => conditions::dropped_lottery(cx, press, &code, other).await,
        B::Winners { code, number } => numbers::winners_chosen(cx, press, &code, number).await,
        B::Reserves { code, number } => numbers::reserves_chosen(cx, press, &code, Some(number)).await,
        B::ReservesAsWinners { code } => numbers::reserves_chosen(cx, press, &code, None).await,
        B::Turn { code, switch } => grid::turned(cx, press, &code, switch).await,
        B::Leave { code } => left(cx, press, &code).await,
        B::Recheck { code } => preview::rechecked(cx, press, &code).await,
        B::Publish { code } => preview::confirmed(cx, press, &code).await,
        _ => choices::chosen(cx, press).await,
    }
}

/// Something was sent in answer to a step.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    message: &Message,
    place: &DraftStep,
) -> Result<Answer, HandleError> {
    let DraftStep { code, step, .. } = place;
    match step {
        Step::Channel | Step::Group | Step::Boost => demand::named_chat(cx, person, input, code, *step).await,
        Step::Lottery => demand::named_lottery(cx, person, input, code).await,
        Step::Template => template::sent(cx, person, message, place).await,
        Step::Winners | Step::Reserves => numbers::typed(cx, person, input, code, *step).await,
        Step::DrawTime | Step::DrawCount | Step::Publication | Step::Confirmation => {
            choices::typed(cx, person, input, code, *step).await
        }
        Step::Preview => preview::again(cx, person, code).await,
        Step::Conditions | Step::Settings | Step::Draw => again(cx, person, code, *step).await,
    }
}

/// Something was sent where only buttons are to be pressed: the step comes again.
async fn again(cx: Context<'_>, person: &Person, code: &Code, step: Step) -> Result<Answer, HandleError> {
    let mut tx = cx.begin().await?;
    let lottery = cx.services.lotteries.change(&mut tx, person.id, code, |_| ()).await?;
    let again = match &lottery {
        Some(lottery) => Some(screen(cx, &mut tx, lottery, step, Some(Msg::RouletteErrorPress)).await?),
        None => None,
    };
    tx.rollback().await?;
    match again {
        Some(screen) => Ok(Answer::Again(screen.into())),
        None => lost(cx, person, code).await,
    }
}

/// Where somebody is in the wizard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftStep {
    pub code: Code,
    pub step: Step,
    /// The album that was refused last: its other parts are not refused one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
}

impl DraftStep {
    fn of(lottery: &Lottery, step: Step) -> Self {
        Self { code: lottery.code.clone(), step, album: None }
    }
}

/// A step was opened by a button.
async fn went(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    step: Step,
) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    let Some(lottery) = cx.services.lotteries.change(&mut tx, press.person.id, code, |_| ()).await? else {
        tx.rollback().await?;
        return stale(cx, press, code).await;
    };
    shown(cx, tx, press, &lottery, step, Vec::new()).await
}

/// A draft is taken up again.
async fn resumed(cx: Context<'_>, press: Press<RouletteButton>, code: &Code) -> Result<Outcome, HandleError> {
    let step = match cx.services.lotteries.draft(press.person.id, code).await? {
        Some(lottery) if lottery.template.is_blank() => Step::Conditions,
        _ => Step::Settings,
    };
    went(cx, press, code, step).await
}

/// «إلغاء» of the wizard.
async fn left(cx: Context<'_>, press: Press<RouletteButton>, code: &Code) -> Result<Outcome, HandleError> {
    let note = match cx.services.lotteries.draft(press.person.id, code).await? {
        Some(_) => Msg::RouletteDraftKept,
        None => Msg::WizardCancelled,
    };
    let menu = MenuScreen::with(&press.person, note);
    wizard::leave(cx, press.person.id, vec![press.show(menu)]).await
}

/// Commits a change that a button made, and shows a step in place of the screen.
async fn shown(
    cx: Context<'_>,
    mut tx: Tx,
    press: Press<RouletteButton>,
    lottery: &Lottery,
    step: Step,
    mut replies: Vec<Reply>,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    wizard::end(&mut tx, person, &mut replies).await?;
    let screen = screen(cx, &mut tx, lottery, step, None).await?;
    replies.push(press.show(screen));
    wizard::go_on(cx, &mut tx, person, &Wizard::Roulette(DraftStep::of(lottery, step))).await?;
    replies.extend(demand::picker(person, step));
    cx.commit(tx, replies).await
}

/// Goes on to a step after something was typed.
async fn moved(
    cx: Context<'_>,
    mut tx: Tx,
    person: &Person,
    lottery: &Lottery,
    step: Step,
    note: Option<Msg>,
) -> Result<Answer, HandleError> {
    let mut replies = Vec::new();
    wizard::end(&mut tx, person.id, &mut replies).await?;
    let screen = screen(cx, &mut tx, lottery, step, note).await?;
    replies.push(Reply::show(person.id, screen));
    wizard::go_on(cx, &mut tx, person.id, &Wizard::Roulette(DraftStep::of(lottery, step))).await?;
    Ok(Answer::Moved(tx, replies))
}

/// A step as it is now.
async fn screen(
    cx: Context<'_>,
    tx: &mut Tx,
    lottery: &Lottery,
    step: Step,
    note: Option<Msg>,
) -> Result<RouletteScreen, HandleError> {
    Ok(match step {
        Step::Conditions => {
            let listed = cx.services.lotteries.list_conditions(tx, lottery).await?;
            RouletteScreen::Conditions(conditions::ConditionList::of(lottery, listed, note))
        }
        Step::Channel | Step::Group | Step::Lottery | Step::Boost => {
            RouletteScreen::Demand(demand::DemandScreen::of(&lottery.code, step))
        }
        Step::Template => RouletteScreen::Template(template::TemplateScreen::of(lottery, note)),
        Step::Winners | Step::Reserves => {
            RouletteScreen::Number(numbers::NumberScreen::of(lottery, step, note))
        }
        // The preview asks Telegram, so it is opened from the grid.
        Step::Settings | Step::Preview => RouletteScreen::Settings(grid::SettingsGrid::of(lottery, note)),
        Step::Draw | Step::DrawTime | Step::DrawCount | Step::Publication | Step::Confirmation => {
            RouletteScreen::Choice(choices::ChoiceScreen::of(lottery, step, note))
        }
    })
}

/// The button belongs to no draft of this person's: to one that was published since, or to somebody else.
async fn stale(cx: Context<'_>, press: Press<RouletteButton>, code: &Code) -> Result<Outcome, HandleError> {
    match manage::card(cx, press.person.id, code, None).await? {
        Some(card) => Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Card(card))])),
        None => {
            metrics::counter!("callbacks_forbidden_total").increment(1);
            Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Home)]))
        }
    }
}

/// The same for something that was typed: the wizard is over.
async fn lost(cx: Context<'_>, person: &Person, code: &Code) -> Result<Answer, HandleError> {
    let screen = match manage::card(cx, person.id, code, None).await? {
        Some(card) => RouletteScreen::Card(card),
        None => RouletteScreen::Home,
    };
    Ok(Answer::Finished(cx.begin().await?, vec![Reply::show(person.id, screen)]))
}

/// The last rows of every step: on, cancel, back and home.
fn rows(view: ViewBuilder, code: &Code, next: Option<(&Msg, Step)>, back: &RouletteButton) -> View {
    let mut view = view;
    if let Some((label, step)) = next {
        view = view.press(label, &RouletteButton::Go { code: code.clone(), step });
    }
    view = view.press(&Msg::NavCancel, &RouletteButton::Leave { code: code.clone() });
    let row = vec![view.button(&Msg::NavBack, back), view.button(&Msg::NavHome, &MenuButton::Home)];
    view.row(row).done()
}
