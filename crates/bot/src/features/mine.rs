//! «إدارة سحوباتي ومسابقاتي»: what a person made, by state.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{LotteryPage, Shelf};
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_i18n::Msg;
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use super::roulette::{RouletteButton, back_and_home};
use crate::callback::{Field, callback_data};
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// Code points of a template that stand on a button.
const EXCERPT: usize = 40;

/// The screens of what a person made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MineScreen {
    Home,
    Shelves,
    List(LotteryList),
}

/// A page of a person's lotteries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LotteryList {
    shelf: Shelf,
    rows: Vec<ListedLottery>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_before: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_after: bool,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ListedLottery {
    code: Code,
    excerpt: String,
}

callback_data! {
    /// Buttons of what a person made.
    pub enum MineButton in "mine" {
        Open = "open",
        /// «سحوباتي»
        Lotteries = "lots",
        /// «مسابقاتي»
        Contests = "contests",
        Shelf { shelf: Shelf } = "shelf",
        After { shelf: Shelf, code: Code } = "after",
        Before { shelf: Shelf, code: Code } = "before",
    }
}

impl Field for Shelf {
    fn write(&self) -> String {
        match self {
            Self::Drafts => "drafts",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
        .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| shelf.write() == text)
    }
}

impl MineScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Home => home(viewer),
            Self::Shelves => shelves(viewer),
            Self::List(list) => list.view(viewer),
        }
    }
}

fn home(viewer: &Viewer) -> View {
    let view = View::of(viewer, &Msg::MineTitle)
        .press(&Msg::MineLotteries, &MineButton::Lotteries)
        .press(&Msg::MineContests, &MineButton::Contests);
    back_and_home(view, &MenuButton::Home)
}

fn shelves(viewer: &Viewer) -> View {
    let mut view = View::of(viewer, &Msg::MineShelves);
    for shelf in Shelf::ALL {
        view = view.press(&label(shelf), &MineButton::Shelf { shelf });
    }
    back_and_home(view.press(&Msg::RouletteCreate, &RouletteButton::Create), &MineButton::Open)
}

const fn label(shelf: Shelf) -> Msg {
    match shelf {
        Shelf::Drafts => Msg::MineDrafts,
        Shelf::Scheduled => Msg::MineScheduled,
        Shelf::Running => Msg::MineRunning,
        Shelf::Paused => Msg::MinePaused,
        Shelf::Ended => Msg::MineEnded,
    }
}

impl ListedLottery {
    fn of(lottery: &Lottery) -> Self {
        let excerpt = lottery.template.excerpt(EXCERPT).into_parts().0;
        Self { code: lottery.code.clone(), excerpt }
    }

    /// A picture without words, or nothing yet, goes by its code.
    fn name(&self) -> String {
        let is_blank = self.excerpt.trim().is_empty();
        if is_blank { self.code.to_string() } else { self.excerpt.clone() }
    }
}

impl LotteryList {
    fn of(shelf: Shelf, page: &LotteryPage, note: Option<Msg>) -> Self {
        let rows = page.lotteries.iter().map(ListedLottery::of).collect();
        Self { shelf, rows, has_before: page.has_before, has_after: page.has_after, note }
    }

    fn view(&self, viewer: &Viewer) -> View {
        let shelf = self.shelf;
        let list = label(shelf).plain(viewer.language);
        let title = match self.rows.is_empty() {
            true => Msg::MineListEmpty { list },
            false => Msg::MineList { list },
        };
        let mut view = View::of(viewer, &title);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        for row in &self.rows {
            let label = Msg::MineRowButton { text: row.name() };
            view = view.press(&label, &RouletteButton::Card { code: row.code.clone() });
        }
        let first = self.rows.first().filter(|_| self.has_before);
        let last = self.rows.last().filter(|_| self.has_after);
        let newer = first
            .map(|row| view.button(&Msg::NavNewer, &MineButton::Before { shelf, code: row.code.clone() }));
        let older =
            last.map(|row| view.button(&Msg::NavOlder, &MineButton::After { shelf, code: row.code.clone() }));
        view = view.row(newer.into_iter().chain(older).collect());
        back_and_home(view, &MineButton::Lotteries)
    }
}

/// A list as it will be once a lottery is gone from it.
pub async fn without(
    cx: Context<'_>,
    person: UserId,
    shelf: Shelf,
    gone: &Code,
    note: Option<Msg>,
) -> Result<MineScreen, HandleError> {
    let mut page = cx.services.lotteries.list(person, shelf, Page::First).await?;
    page.lotteries.retain(|lottery| lottery.code != *gone);
    Ok(MineScreen::List(LotteryList::of(shelf, &page, note)))
}

/// A button was pressed. A wizard that the person was in ends.
pub async fn pressed(cx: Context<'_>, press: Press<MineButton>) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    match press.button.clone() {
        MineButton::Open => wizard::leave(cx, person, vec![press.show(MineScreen::Home)]).await,
        MineButton::Lotteries => wizard::leave(cx, person, vec![press.show(MineScreen::Shelves)]).await,
        MineButton::Contests => Ok(cx.say(vec![press.alert(Msg::SectionSoonAlert)])),
        MineButton::Shelf { shelf } => listed(cx, press, shelf, Page::First).await,
        MineButton::After { shelf, code } => listed(cx, press, shelf, Page::After(code)).await,
        MineButton::Before { shelf, code } => listed(cx, press, shelf, Page::Before(code)).await,
    }
}

async fn listed(
    cx: Context<'_>,
    press: Press<MineButton>,
    shelf: Shelf,
    page: Page<Code>,
) -> Result<Outcome, HandleError> {
    let page = cx.services.lotteries.list(press.person.id, shelf, page).await?;
    let list = MineScreen::List(LotteryList::of(shelf, &page, None));
    wizard::leave(cx, press.person.id, vec![press.show(list)]).await
}
