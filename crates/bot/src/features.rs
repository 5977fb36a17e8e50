//! One folder or file a feature: its buttons, its handlers, its screens.
//!
//! A new feature is a module here, a variant of [`Screen`], and its line in the routes.

pub mod admin;
pub mod channels;
pub mod draw;
pub mod gate;
pub mod info;
pub mod joining;
pub mod managing;
pub mod menu;
pub mod mine;
pub mod payments;
pub mod roulette;
pub mod settings;
pub mod sharing;

use serde::{Deserialize, Serialize};

use crate::view::{View, Viewer};

/// Every screen: which one, and with what. The features turn it into text and buttons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    Gate(gate::GateScreen),
    Menu(menu::MenuScreen),
    Info(info::InfoScreen),
    Settings(settings::SettingsScreen),
    Admin(admin::AdminScreen),
    Channels(channels::ChannelScreen),
    Roulette(Box<roulette::RouletteScreen>),
    Mine(mine::MineScreen),
    Joining(joining::JoinScreen),
    Draw(draw::DrawScreen),
    Managing(Box<managing::ManageScreen>),
}

impl Screen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Gate(screen) => screen.view(viewer),
            Self::Menu(screen) => screen.view(viewer),
            Self::Info(screen) => screen.view(viewer),
            Self::Settings(screen) => screen.view(viewer),
            Self::Admin(screen) => screen.view(viewer),
            Self::Channels(screen) => screen.view(viewer),
            Self::Roulette(screen) => screen.view(viewer),
            Self::Mine(screen) => screen.view(viewer),
            Self::Joining(screen) => screen.view(viewer),
            Self::Draw(screen) => screen.view(viewer),
            Self::Managing(screen) => screen.view(viewer),
        }
    }
}

macro_rules! screens {
    ($($variant:ident: $screen:ty,)*) => {
        $(impl From<$screen> for Screen {
            fn from(screen: $screen) -> Self {
                Self::$variant(screen)
            }
        })*
    };
}

screens! {
    Gate: gate::GateScreen,
    Menu: menu::MenuScreen,
    Info: info::InfoScreen,
    Settings: settings::SettingsScreen,
    Admin: admin::AdminScreen,
    Channels: channels::ChannelScreen,
    Mine: mine::MineScreen,
    Draw: draw::DrawScreen,
}

impl From<roulette::RouletteScreen> for Screen {
    fn from(screen: roulette::RouletteScreen) -> Self {
        Self::Roulette(Box::new(screen))
    }
}

impl From<managing::ManageScreen> for Screen {
    fn from(screen: managing::ManageScreen) -> Self {
        Self::Managing(Box::new(screen))
    }
}
