//! Texts to read: help, privacy, terms, payment support.

use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use crate::view::{View, Viewer};

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InfoScreen {
    Help,
    Privacy,
    Terms,
    PaySupport,
    /// A section that is not open yet.
    Soon,
    /// To somebody whom the operator shut out.
    Banned,
    /// After a failure that could not be mended.
    Apology,
    /// To somebody whose wizard ended by itself.
    WizardExpired,
}

impl InfoScreen {
    pub fn view(self, viewer: &Viewer) -> View {
        let text = match self {
            Self::Help => Msg::HelpText,
            Self::Privacy => Msg::PrivacyText,
            Self::Terms => Msg::TermsText,
            Self::PaySupport => Msg::PaysupportText,
            Self::Soon => Msg::SectionSoon,
            Self::Banned => return View::of(viewer, &Msg::UserBanned).done(),
            Self::Apology => Msg::ErrorApology,
            Self::WizardExpired => Msg::WizardExpired,
        };
        View::of(viewer, &text).press(&Msg::NavHome, &MenuButton::Home).done()
    }
}
