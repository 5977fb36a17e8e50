//! The forced subscription: which channels are missing, and «لقد اشتركت».

use qura_app::ingest::HandleError;
use qura_app::subscription::{Freshness, GateError};
use qura_domain::gate::{MissingChannel, Verdict};
use qura_domain::ids::UserId;
use qura_domain::link::DeepLink;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::joining::Way;
use super::menu;
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};

/// What is missing, and what the person came for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateScreen {
    pub missing: Vec<MissingChannel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<DeepLink>,
    /// They came by a link that leads nowhere, and are told so once they passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dead_link: bool,
}

callback_data! {
    /// Buttons before the gate.
    pub enum GateButton in "gate" {
        /// «لقد اشتركت»; afterwards the link goes on.
        Check { link: Option<DeepLink> } = "check",
        /// The same for who came by a link that leads nowhere.
        CheckDeadLink = "dead",
    }
}

impl GateScreen {
    /// For a person who came with this payload, or without any.
    pub fn of(missing: Vec<MissingChannel>, payload: Option<&str>) -> Self {
        let link = payload.and_then(DeepLink::parse);
        Self { missing, dead_link: payload.is_some() && link.is_none(), link }
    }

    /// For a person who is stopped at a button, which leads there.
    pub fn at_button(missing: Vec<MissingChannel>, link: Option<DeepLink>) -> Self {
        Self { missing, dead_link: false, link }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let count = i64::try_from(self.missing.len()).unwrap_or(i64::MAX);
        let mut view = View::of(viewer, &Msg::GateSubscribe { count });
        for waiting in self.missing.iter().filter(|m| m.requested) {
            view = view.below(&Msg::GateRequested { title: waiting.channel.title.clone() });
        }
        for missing in &self.missing {
            let label = match self.missing.len() {
                1 => Msg::GateButton,
                _ => Msg::GateButtonTitled { title: missing.channel.title.clone() },
            };
            view = view.url(&label, &missing.channel.link);
        }
        let check = match self.dead_link {
            true => GateButton::CheckDeadLink,
            false => GateButton::Check { link: self.link.clone() },
        };
        view.press(&Msg::GateCheck, &check).done()
    }
}

/// Whether a person may go on. Operators always may.
pub async fn check(cx: Context<'_>, person: UserId, freshness: Freshness) -> Result<Verdict, HandleError> {
    if cx.services.people.is_operator(person) {
        return Ok(Verdict::Pass);
    }
    cx.services.subscription.pass_gate(person, freshness).await.map_err(|error| match error {
        GateError::Storage(error) => error.into(),
        GateError::Telegram(error) => HandleError::Transient(error.to_string()),
    })
}

/// «لقد اشتركت» was pressed: asks Telegram again, and lets in or says what is missing.
pub async fn pressed(cx: Context<'_>, press: Press<GateButton>) -> Result<Outcome, HandleError> {
    match check(cx, press.person.id, Freshness::Now).await? {
        Verdict::Pass => {
            let link = match &press.button {
                GateButton::Check { link } => link.clone().map(Some),
                GateButton::CheckDeadLink => Some(None),
            };
            menu::arrived(cx, &press.person, link, Way::past_gate(&press)).await
        }
        Verdict::Subscribe(missing) => {
            let requested = missing.iter().all(|m| m.requested);
            let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
            let why = if requested { Msg::GateRequestedAlert } else { Msg::GateMissingAlert { count } };
            // The message stays: it says already what to do.
            Ok(cx.say(vec![press.alert(why)]))
        }
    }
}
