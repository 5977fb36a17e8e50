//! The chats that people publish in: the list of those linked, adding one, and each one's screen.

pub mod adding;
mod card;
mod list;
mod obstacles;
mod origin;
pub mod rights;
mod takeover;

use qura_app::channels::ExamineError;
use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId};
use qura_i18n::Msg;
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use crate::callback::{CallbackData, callback_data};
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};

pub use card::ChannelCard;
pub use list::{ChannelList, ListedChannel};
pub use obstacles::{ObstacleScreen, name_all};
pub use origin::Origin;

/// The screens of linked chats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelScreen {
    List(ChannelList),
    Ask {
        /// What was wrong with the last answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Msg>,
        #[serde(default, skip_serializing_if = "Origin::is_list")]
        origin: Origin,
    },
    Obstacles(ObstacleScreen),
    Card(ChannelCard),
    ConfirmRemoval {
        chat: ChatId,
        title: String,
    },
    TakeOver(takeover::TakeOverScreen),
}

callback_data! {
    /// Buttons of linked chats.
    pub enum ChannelButton in "chan" {
        Open = "open",
        After { chat: ChatId } = "after",
        Before { chat: ChatId } = "before",
        Add = "add",
        /// Examines a chat now, and links it where nothing is missing.
        Link { chat: ChatId } = "link",
        Card { chat: ChatId } = "card",
        /// Examines a linked chat now.
        Refresh { chat: ChatId } = "fresh",
        /// What runs in a chat, further on and back.
        RunningAfter { chat: ChatId, lottery: LotteryId } = "older",
        RunningBefore { chat: ChatId, lottery: LotteryId } = "newer",
        Remove { chat: ChatId } = "remove",
        ConfirmRemoval { chat: ChatId } = "confirm",
        /// Of a lottery whose organizer is no longer administrator.
        TakeOver { code: Code } = "take",
        ConfirmTakeOver { code: Code } = "taken",
    }
}

impl ChannelScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::List(list) => list.view(viewer),
            Self::Ask { error, origin } => adding::ask_view(viewer, error.as_ref(), origin),
            Self::Obstacles(screen) => screen.view(viewer),
            Self::Card(card) => card.view(viewer),
            Self::ConfirmRemoval { chat, title } => card::confirm_removal(viewer, *chat, title),
            Self::TakeOver(screen) => screen.view(viewer),
        }
    }
}

/// A button was pressed. Whatever chat it names, only the person's own links and live rights count.
pub async fn pressed(cx: Context<'_>, press: Press<ChannelButton>) -> Result<Outcome, HandleError> {
    match press.button.clone() {
        ChannelButton::Open => list::opened(cx, press, Page::First).await,
        ChannelButton::After { chat } => list::opened(cx, press, Page::After(chat)).await,
        ChannelButton::Before { chat } => list::opened(cx, press, Page::Before(chat)).await,
        ChannelButton::Add => adding::asked(cx, press).await,
        ChannelButton::Link { chat } => adding::pressed(cx, press, chat).await,
        ChannelButton::Card { chat } => card::opened(cx, press, chat, Page::First).await,
        ChannelButton::RunningAfter { chat, lottery } => {
            card::opened(cx, press, chat, Page::After(lottery)).await
        }
        ChannelButton::RunningBefore { chat, lottery } => {
            card::opened(cx, press, chat, Page::Before(lottery)).await
        }
        ChannelButton::Refresh { chat } => card::refreshed(cx, press, chat).await,
        ChannelButton::Remove { chat } => card::removal_asked(cx, press, chat).await,
        ChannelButton::ConfirmRemoval { chat } => card::removed(cx, press, chat).await,
        ChannelButton::TakeOver { code } => takeover::asked(cx, press, &code).await,
        ChannelButton::ConfirmTakeOver { code } => takeover::confirmed(cx, press, &code).await,
    }
}

/// One step back, and home.
fn back_and_home(view: ViewBuilder, back: &impl CallbackData) -> View {
    let row = vec![view.button(&Msg::NavBack, back), view.button(&Msg::NavHome, &MenuButton::Home)];
    view.row(row).done()
}

/// What cannot be looked at now is tried again, as long as it is Telegram's fault and passes.
pub fn failure(error: ExamineError) -> HandleError {
    match error {
        ExamineError::Storage(error) => error.into(),
        ExamineError::Telegram(error) if error.is_transient() => HandleError::Transient(error.to_string()),
        error => HandleError::Failed(error.to_string()),
    }
}
