//! The gate in /admin: its switches, its channels, adding and removing one.

use qura_app::admin::{GateChangeError, GateChannelRefusal};
use qura_app::ingest::HandleError;
use qura_domain::chat::{ChatRef, ChatRefError};
use qura_domain::gate::{Gate, GateChannel};
use qura_domain::ids::ChatId;
use qura_domain::person::Person;
use qura_domain::settings::Key;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{AdminButton, AdminScreen};
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// The number of our request in Telegram's chat picker; comes back with the choice.
const PICKER_REQUEST: i32 = 1;

/// The gate as operators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateOverview {
    pub enabled: bool,
    pub requests_count: bool,
    pub channels: Vec<GateChannel>,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Msg>,
}

callback_data! {
    /// Buttons of the gate's section.
    pub enum GateAdminButton in "agate" {
        Open = "open",
        Toggle = "toggle",
        ToggleRequests = "requests",
        Add = "add",
        Channel { chat: ChatId } = "channel",
        Remove { chat: ChatId } = "remove",
        ConfirmRemoval { chat: ChatId } = "confirm",
    }
}

impl GateOverview {
    pub fn of(gate: &Gate, note: Option<Msg>) -> Self {
        Self {
            enabled: gate.enabled,
            requests_count: gate.requests_count,
            channels: gate.channels.clone(),
            note,
        }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let count = i64::try_from(self.channels.len()).unwrap_or(i64::MAX);
        let (title, switch) = if self.enabled {
            (Msg::AdminGateOn { count }, Msg::AdminGateDisable)
        } else {
            (Msg::AdminGateOff { count }, Msg::AdminGateEnable)
        };
        let requests = if self.requests_count { Msg::AdminGateRequestsOn } else { Msg::AdminGateRequestsOff };
        let mut view = View::of(viewer, &title);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        view = view.press(&switch, &GateAdminButton::Toggle);
        for channel in &self.channels {
            let label = Msg::AdminGateChannelButton { title: channel.title.clone() };
            view = view.press(&label, &GateAdminButton::Channel { chat: channel.chat });
        }
        view = view
            .press(&Msg::AdminGateAdd, &GateAdminButton::Add)
            .press(&requests, &GateAdminButton::ToggleRequests);
        back_and_home(view, &AdminButton::Home)
    }
}

pub fn channel(viewer: &Viewer, channel: &GateChannel) -> View {
    let text = Msg::AdminGateChannel { link: channel.link.clone(), title: channel.title.clone() };
    let view =
        View::of(viewer, &text).press(&Msg::AdminGateRemove, &GateAdminButton::Remove { chat: channel.chat });
    back_and_home(view, &GateAdminButton::Open)
}

pub fn confirm_removal(viewer: &Viewer, channel: &GateChannel) -> View {
    let view = View::of(viewer, &Msg::AdminGateRemoveConfirm { title: channel.title.clone() });
    let (yes, no) = (
        view.button(&Msg::NavConfirm, &GateAdminButton::ConfirmRemoval { chat: channel.chat }),
        view.button(&Msg::NavCancel, &GateAdminButton::Channel { chat: channel.chat }),
    );
    back_and_home(view.row(vec![yes, no]), &GateAdminButton::Channel { chat: channel.chat })
}

pub fn ask_channel(viewer: &Viewer, error: Option<&Msg>) -> View {
    let mut view = View::of(viewer, &Msg::AdminGateAsk);
    if let Some(error) = error {
        view = view.above(error);
    }
    back_and_home(view.press(&Msg::NavCancel, &MenuButton::Cancel), &GateAdminButton::Open)
}

fn back_and_home(view: crate::view::ViewBuilder, back: &impl crate::callback::CallbackData) -> View {
    let row = vec![view.button(&Msg::NavBack, back), view.button(&Msg::NavHome, &MenuButton::Home)];
    view.row(row).done()
}

/// A button of the gate's section was pressed, by an operator.
pub async fn pressed(cx: Context<'_>, press: Press<GateAdminButton>) -> Result<Outcome, HandleError> {
    match press.button {
        GateAdminButton::Open => {
            let overview = overview(cx, None);
            wizard::leave(cx, press.person.id, vec![press.show(overview)]).await
        }
        GateAdminButton::Toggle => toggle(cx, press, Key::GateEnabled).await,
        GateAdminButton::ToggleRequests => toggle(cx, press, Key::GateRequestsCount).await,
        GateAdminButton::Add => ask(cx, press).await,
        GateAdminButton::Channel { chat } => {
            Ok(about(cx, &press, chat, |channel| AdminScreen::GateChannel { channel }))
        }
        GateAdminButton::Remove { chat } => {
            Ok(about(cx, &press, chat, |channel| AdminScreen::ConfirmRemoval { channel }))
        }
        GateAdminButton::ConfirmRemoval { chat } => remove(cx, press, chat).await,
    }
}

fn overview(cx: Context<'_>, note: Option<Msg>) -> AdminScreen {
    AdminScreen::Gate(GateOverview::of(cx.services.settings.get().gate(), note))
}

/// Shows a screen about a channel, or that it is gone.
fn about(
    cx: Context<'_>,
    press: &Press<GateAdminButton>,
    chat: ChatId,
    screen: impl Fn(GateChannel) -> AdminScreen,
) -> Outcome {
    let settings = cx.services.settings.get();
    match settings.gate().channels.iter().find(|channel| channel.chat == chat) {
        Some(channel) => cx.say(vec![press.show(screen(channel.clone()))]),
        None => cx.say(vec![press.alert(Msg::AlertStale), press.show(overview(cx, None))]),
    }
}

async fn toggle(cx: Context<'_>, press: Press<GateAdminButton>, key: Key) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    let on = cx.services.admin.toggle(&mut tx, key, press.person.id).await?;
    let mut gate = cx.services.settings.get().gate().clone();
    match key {
        Key::GateEnabled => gate.enabled = on,
        _ => gate.requests_count = on,
    }
    let screen = AdminScreen::Gate(GateOverview::of(&gate, None));
    let outcome = cx.commit(tx, vec![press.show(screen)]).await?;
    cx.services.settings.announce().await;
    Ok(outcome)
}

async fn ask(cx: Context<'_>, press: Press<GateAdminButton>) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let mut tx = cx.begin().await?;
    let mut replies = Vec::new();
    wizard::enter(cx, &mut tx, person, &Wizard::GateChannel, &mut replies).await?;
    let picker = Reply::OfferChats {
        to: person,
        prompt: Msg::AdminGatePickerPrompt,
        button: Msg::AdminGatePicker,
        cancel: Msg::NavCancel,
        request: PICKER_REQUEST,
        group: None,
    };
    replies.extend([press.show(AdminScreen::AskChannel { error: None }), picker]);
    cx.commit(tx, replies).await
}

async fn remove(
    cx: Context<'_>,
    press: Press<GateAdminButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    let removed = cx.services.admin.remove_gate_channel(&mut tx, chat, press.person.id).await?;
    let mut gate = cx.services.settings.get().gate().clone();
    gate.channels.retain(|channel| channel.chat != chat);
    let note = removed.map(|channel| Msg::AdminGateRemoved { title: channel.title });
    let screen = AdminScreen::Gate(GateOverview::of(&gate, note));
    let outcome = cx.commit(tx, vec![press.show(screen)]).await?;
    cx.services.settings.announce().await;
    Ok(outcome)
}

/// An operator named a channel.
pub async fn typed_channel(cx: Context<'_>, person: &Person, input: &Input) -> Result<Answer, HandleError> {
    let again = |error| Ok(Answer::Again(AdminScreen::AskChannel { error: Some(error) }.into()));
    // Whoever was an operator when the wizard began may not be one any more.
    if !cx.services.people.is_operator(person.id) {
        return again(Msg::AlertOperatorsOnly);
    }
    let chat = match input {
        Input::Shared(chat) | Input::Forwarded(chat) => ChatRef::Id(*chat),
        Input::Text(text) => match ChatRef::parse(text.text()) {
            Ok(chat) => chat,
            Err(ChatRefError::PrivateLink) => return again(Msg::AdminGateErrorPrivateLink),
            Err(ChatRefError::NotAChat) => return again(Msg::AdminGateErrorNotAReference),
        },
    };
    let channel = match cx.services.admin.examine_gate_channel(chat).await {
        Ok(channel) => channel,
        Err(GateChangeError::Refused(why)) => return again(refusal(why)),
        Err(error) => return Err(failure(error)),
    };
    let mut tx = cx.begin().await?;
    match cx.services.admin.add_gate_channel(&mut tx, channel.clone(), person.id).await {
        Ok(gate) => {
            let note = Msg::AdminGateAdded { title: channel.title };
            let screen = AdminScreen::Gate(GateOverview::of(&gate, Some(note)));
            Ok(Answer::Finished(tx, vec![Reply::show(person.id, screen)]))
        }
        Err(GateChangeError::Refused(why)) => again(refusal(why)),
        Err(error) => Err(failure(error)),
    }
}

fn refusal(why: GateChannelRefusal) -> Msg {
    match why {
        GateChannelRefusal::NotFound { name } => Msg::AdminGateErrorNotFound { name },
        GateChannelRefusal::NotAChannel { title } => Msg::AdminGateErrorNotAChannel { title },
        GateChannelRefusal::BotNotAdministrator { title } => Msg::AdminGateErrorNotAdministrator { title },
        GateChannelRefusal::NoInviteRight { title } => Msg::AdminGateErrorNoInviteRight { title },
        GateChannelRefusal::AlreadyThere { title } => Msg::AdminGateErrorAlreadyAdded { title },
        GateChannelRefusal::TooMany => {
            Msg::AdminGateErrorTooMany { count: i64::try_from(Gate::MAX_CHANNELS).unwrap_or(i64::MAX) }
        }
    }
}

fn failure(error: GateChangeError) -> HandleError {
    match error {
        GateChangeError::Storage(error) => error.into(),
        GateChangeError::Telegram(error) if error.is_transient() => HandleError::Transient(error.to_string()),
        error => HandleError::Failed(error.to_string()),
    }
}
