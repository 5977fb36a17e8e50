//! /admin: what only operators may do.

pub mod gate;

use qura_app::ingest::HandleError;
use qura_domain::gate::{Gate, GateChannel};
use qura_domain::person::Person;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard;

/// The operators' screens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminScreen {
    Home {
        gate_enabled: bool,
    },
    Gate(gate::GateOverview),
    GateChannel {
        channel: GateChannel,
    },
    ConfirmRemoval {
        channel: GateChannel,
    },
    AskChannel {
        /// What was wrong with the last answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Msg>,
    },
}

callback_data! {
    /// Buttons of the operators' home.
    pub enum AdminButton in "admin" {
        Home = "home",
        Soon = "soon",
    }
}

impl AdminScreen {
    pub fn home(gate: &Gate) -> Self {
        Self::Home { gate_enabled: gate.enabled }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Home { gate_enabled } => home(viewer, *gate_enabled),
            Self::Gate(overview) => overview.view(viewer),
            Self::GateChannel { channel } => gate::channel(viewer, channel),
            Self::ConfirmRemoval { channel } => gate::confirm_removal(viewer, channel),
            Self::AskChannel { error } => gate::ask_channel(viewer, error.as_ref()),
        }
    }
}

fn home(viewer: &Viewer, gate_enabled: bool) -> View {
    let gate = if gate_enabled { Msg::AdminGateButtonOn } else { Msg::AdminGateButtonOff };
    let mut view = View::of(viewer, &Msg::AdminTitle).press(&gate, &gate::GateAdminButton::Open);
    let not_open_yet = [
        [Msg::AdminStatistics, Msg::AdminPaid],
        [Msg::AdminQuestions, Msg::AdminPoints],
        [Msg::AdminChallenges, Msg::AdminUsers],
        [Msg::AdminPayments, Msg::AdminBroadcast],
        [Msg::AdminAudit, Msg::AdminSettings],
    ];
    for pair in &not_open_yet {
        let row = pair.iter().map(|label| view.button(label, &AdminButton::Soon)).collect();
        view = view.row(row);
    }
    view.press(&Msg::AdminDashboard, &AdminButton::Soon).press(&Msg::NavHome, &MenuButton::Home).done()
}

/// /admin was typed.
pub async fn opened(cx: Context<'_>, person: &Person) -> Result<Outcome, HandleError> {
    let screen = AdminScreen::home(cx.services.settings.get().gate());
    wizard::leave(cx, person.id, vec![Reply::show(person.id, screen)]).await
}

/// A button of the operators' home was pressed, by an operator.
pub async fn pressed(cx: Context<'_>, press: Press<AdminButton>) -> Result<Outcome, HandleError> {
    match press.button {
        AdminButton::Home => {
            let screen = AdminScreen::home(cx.services.settings.get().gate());
            wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
        }
        AdminButton::Soon => Ok(cx.say(vec![press.alert(Msg::SectionSoonAlert)])),
    }
}
