//! Why a person cannot join now, in a line for an alert and on a screen of its own.

use qura_domain::channel::Channel;
use qura_domain::code::Code;
use qura_domain::lottery::JoinRefusal;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{JoinButton, home};
use crate::view::{View, Viewer};

/// The screen of a refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusedScreen {
    pub code: Code,
    pub refusal: JoinRefusal,
    /// Where to subscribe, for one who is no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<Door>,
}

/// A chat that people are sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl From<&Channel> for Door {
    fn from(channel: &Channel) -> Self {
        Self { title: channel.title.clone(), link: channel.link() }
    }
}

impl RefusedScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let code = self.code.clone();
        let text = match &self.refusal {
            JoinRefusal::NotMember => {
                let title = self.chat.as_ref().map(|door| door.title.clone()).unwrap_or_default();
                let mut view = View::of(viewer, &Msg::JoinNotMember { title });
                if let Some(link) = self.chat.as_ref().and_then(|door| door.link.as_ref()) {
                    view = view.url(&Msg::JoinSubscribeButton, link);
                }
                return home(view.press(&Msg::JoinCheck, &JoinButton::Check { code }));
            }
            JoinRefusal::PremiumOnly => Msg::JoinPremium,
            JoinRefusal::NotOpen => Msg::JoinNotOpen,
            JoinRefusal::Paused | JoinRefusal::CannotCheck | JoinRefusal::ConditionLost(_) => Msg::JoinPaused,
            JoinRefusal::Closed => Msg::JoinClosed,
            JoinRefusal::Banned => Msg::UserBanned,
            JoinRefusal::Excluded => Msg::JoinExcluded,
            JoinRefusal::Won => Msg::JoinWon,
            // Each of them has a screen of its own.
            JoinRefusal::AlreadyIn(_) | JoinRefusal::Challenge(_) | JoinRefusal::Unmet(_) => Msg::JoinAgain,
        };
        let again = matches!(
            self.refusal,
            JoinRefusal::Paused
                | JoinRefusal::CannotCheck
                | JoinRefusal::ConditionLost(_)
                | JoinRefusal::NotOpen
                | JoinRefusal::PremiumOnly
                | JoinRefusal::AlreadyIn(_)
                | JoinRefusal::Challenge(_)
                | JoinRefusal::Unmet(_)
        );
        let mut view = View::of(viewer, &text);
        if again {
            view = view.press(&Msg::JoinCheck, &JoinButton::Check { code });
        }
        home(view)
    }
}

/// The line for an alert; `None` for what stands in nobody's way at the button.
pub fn alert(refusal: &JoinRefusal) -> Option<Msg> {
    Some(match refusal {
        JoinRefusal::AlreadyIn(ticket) => Msg::JoinAlreadyAlert { ticket: number(ticket.get()) },
        JoinRefusal::NotOpen => Msg::JoinNotOpenAlert,
        JoinRefusal::Paused | JoinRefusal::CannotCheck | JoinRefusal::ConditionLost(_) => {
            Msg::JoinPausedAlert
        }
        JoinRefusal::Closed => Msg::JoinClosedAlert,
        JoinRefusal::Banned => Msg::UserBannedAlert,
        JoinRefusal::Excluded => Msg::JoinExcludedAlert,
        JoinRefusal::Won => Msg::JoinWonAlert,
        JoinRefusal::NotMember => Msg::JoinNotMemberAlert,
        JoinRefusal::PremiumOnly => Msg::JoinPremiumAlert,
        JoinRefusal::Challenge(_) | JoinRefusal::Unmet(_) => return None,
    })
}

/// A number of the domain as messages take it.
pub fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
