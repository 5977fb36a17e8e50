//! «قسم الروليت»: lotteries, from their creation to their management.

pub mod create;
mod discarding;
pub mod manage;
pub mod post;

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::condition::ConditionKind;
use qura_domain::ids::ChatId;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use super::mine::MineButton;
use crate::callback::{CallbackData, callback_data};
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard;

use create::{Step, Switch};

/// The screens of lotteries, as their organizers see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouletteScreen {
    Home,
    Chats(create::chats::ChatChoice),
    Conditions(create::conditions::ConditionList),
    /// Asks what a condition is about.
    Demand(create::demand::DemandScreen),
    Template(create::template::TemplateScreen),
    Number(create::numbers::NumberScreen),
    Settings(create::grid::SettingsGrid),
    /// Asks for a value of the settings.
    Choice(create::choices::ChoiceScreen),
    Preview(create::preview::PreviewScreen),
    Confirmed(create::preview::ConfirmedScreen),
    Card(manage::CardScreen),
    ConfirmDiscard {
        code: Code,
    },
}

callback_data! {
    /// Buttons of lotteries in private.
    pub enum RouletteButton in "roul" {
        Open = "open",
        /// «إنشاء روليت»
        Create = "new",
        /// Where a draft is to be published.
        Chats { draft: Code } = "chats",
        ChatsAfter { chat: ChatId, draft: Option<Code> } = "after",
        ChatsBefore { chat: ChatId, draft: Option<Code> } = "before",
        /// Begins a draft in a chat, or moves one there.
        Pick { chat: ChatId, draft: Option<Code> } = "pick",
        /// Adds a chat and begins a draft there, or moves one.
        AddChat { draft: Option<Code> } = "add",
        /// Examines a chat now, links it where nothing is missing, and goes on there.
        LinkChat { chat: ChatId, draft: Option<Code> } = "link",
        /// A step of the wizard.
        Go { code: Code, step: Step } = "go",
        DropChat { code: Code, kind: ConditionKind, chat: ChatId } = "drop",
        DropLottery { code: Code, other: Code } = "dropl",
        Winners { code: Code, number: u32 } = "win",
        Reserves { code: Code, number: u32 } = "res",
        /// As many reserves as winners.
        ReservesAsWinners { code: Code } = "resw",
        Turn { code: Code, switch: Switch } = "turn",
        DrawNever { code: Code } = "dnever",
        DrawAfter { code: Code, hours: u32 } = "dafter",
        DrawAtCount { code: Code, number: u32 } = "dcount",
        PublishNow { code: Code } = "pnow",
        PublishAfter { code: Code, hours: u32 } = "pafter",
        /// Zero for off.
        ConfirmWithin { code: Code, hours: u32 } = "conf",
        /// «إلغاء»: the draft stays.
        Leave { code: Code } = "leave",
        /// «إعادة الفحص»
        Recheck { code: Code } = "check",
        /// «تأكيد وبدء السحب»
        Publish { code: Code } = "publish",
        Card { code: Code } = "card",
        Resume { code: Code } = "resume",
        CallBack { code: Code } = "back",
        Copy { code: Code } = "copy",
        Discard { code: Code } = "discard",
        ConfirmDiscard { code: Code } = "gone",
    }
}

impl RouletteScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Home => home(viewer),
            Self::Chats(screen) => screen.view(viewer),
            Self::Conditions(screen) => screen.view(viewer),
            Self::Demand(screen) => screen.view(viewer),
            Self::Template(screen) => screen.view(viewer),
            Self::Number(screen) => screen.view(viewer),
            Self::Settings(screen) => screen.view(viewer),
            Self::Choice(screen) => screen.view(viewer),
            Self::Preview(screen) => screen.view(viewer),
            Self::Confirmed(screen) => screen.view(viewer),
            Self::Card(screen) => screen.view(viewer),
            Self::ConfirmDiscard { code } => discarding::view(viewer, code),
        }
    }
}

fn home(viewer: &Viewer) -> View {
    let view = View::of(viewer, &Msg::RouletteTitle)
        .press(&Msg::RouletteCreate, &RouletteButton::Create)
        .press(&Msg::RouletteMine, &MineButton::Lotteries);
    back_and_home(view, &MenuButton::Home)
}

/// A button was pressed. Whatever lottery it names, only the person's own count.
pub async fn pressed(cx: Context<'_>, press: Press<RouletteButton>) -> Result<Outcome, HandleError> {
    use RouletteButton as B;
    match press.button.clone() {
        B::Open => wizard::leave(cx, press.person.id, vec![press.show(RouletteScreen::Home)]).await,
        B::Card { code } => manage::opened(cx, press, &code).await,
        B::CallBack { code } => manage::called_back(cx, press, &code).await,
        B::Copy { code } => manage::copied(cx, press, &code).await,
        B::Discard { code } => discarding::asked(cx, press, &code).await,
        B::ConfirmDiscard { code } => discarding::discarded(cx, press, &code).await,
        _ => create::pressed(cx, press).await,
    }
}

/// One step back, and home.
pub fn back_and_home(view: ViewBuilder, back: &impl CallbackData) -> View {
    let row = vec![view.button(&Msg::NavBack, back), view.button(&Msg::NavHome, &MenuButton::Home)];
    view.row(row).done()
}
