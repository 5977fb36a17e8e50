//! Names what keeps a chat from being used.

use qura_domain::channel::{Channel, Obstacle, Right};
use qura_domain::ids::ChatId;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{ChannelButton, Origin};
use crate::features::roulette::RouletteButton;
use crate::view::{View, ViewBuilder, Viewer};

/// A chat that cannot be linked yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObstacleScreen {
    chat: ChatId,
    title: String,
    obstacles: Vec<Obstacle>,
    #[serde(default, skip_serializing_if = "Origin::is_list")]
    origin: Origin,
}

impl ObstacleScreen {
    pub fn of(channel: Channel, obstacles: Vec<Obstacle>, origin: Origin) -> Self {
        Self { chat: channel.chat, title: channel.title, obstacles, origin }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let view = View::of(viewer, &Msg::ChannelsObstacles { title: self.title.clone() });
        let view = name_all(view, viewer, &self.obstacles);
        let chat = self.chat;
        let view = match self.origin.clone() {
            Origin::List => view.press(&Msg::ChannelsRecheck, &ChannelButton::Link { chat }),
            Origin::Roulette { draft } => {
                view.press(&Msg::ChannelsRecheck, &RouletteButton::LinkChat { chat, draft })
            }
        };
        self.origin.back_and_home(view)
    }
}

/// Adds a line for each right and each other thing that is missing.
pub fn name_all(view: ViewBuilder, viewer: &Viewer, obstacles: &[Obstacle]) -> ViewBuilder {
    let named = |right: &Right| name(*right).plain(viewer.language);
    obstacles.iter().fold(view, |view, obstacle| match obstacle {
        Obstacle::NotAChannel => view.below(&Msg::ChannelsObstacleNotAChannel),
        Obstacle::BasicGroup => view.below(&Msg::ChannelsObstacleBasicGroup),
        Obstacle::BotNotAdministrator => view.below(&Msg::ChannelsObstacleBotNotAdministrator),
        Obstacle::PersonNotAdministrator => view.below(&Msg::ChannelsObstaclePersonNotAdministrator),
        Obstacle::BotLacks(rights) => rights
            .iter()
            .fold(view, |view, right| view.below(&Msg::ChannelsObstacleBotLacks { right: named(right) })),
        Obstacle::PersonLacks(rights) => rights
            .iter()
            .fold(view, |view, right| view.below(&Msg::ChannelsObstaclePersonLacks { right: named(right) })),
    })
}

/// A right by the name that Telegram's apps give it.
const fn name(right: Right) -> Msg {
    match right {
        Right::PostMessages => Msg::ChannelsRightPostMessages,
        Right::EditMessages => Msg::ChannelsRightEditMessages,
        Right::DeleteMessages => Msg::ChannelsRightDeleteMessages,
        Right::PinMessages => Msg::ChannelsRightPinMessages,
        Right::InviteUsers => Msg::ChannelsRightInviteUsers,
        Right::RestrictMembers => Msg::ChannelsRightRestrictMembers,
    }
}
