//! Presses of inline buttons: from their data to the feature that knows it.

use qura_app::ingest::HandleError;
use qura_app::subscription::Freshness;
use qura_domain::gate::Verdict;
use qura_domain::ids::MessageId;
use qura_domain::link::DeepLink;
use qura_i18n::Msg;
use qura_ports::telegram::Callback;

use crate::callback::CallbackData;
use crate::context::{Context, Outcome};
use crate::features::admin::{self, AdminButton};
use crate::features::channels::{self, ChannelButton};
use crate::features::draw::{self, DrawButton};
use crate::features::gate::{self, GateButton, GateScreen};
use crate::features::joining::{self, JoinButton, Way};
use crate::features::managing::{self, ManageButton};
use crate::features::menu::{self, MenuButton, MenuScreen};
use crate::features::mine::{self, MineButton};
use crate::features::roulette::post::{self, RoulettePostButton};
use crate::features::roulette::{self, RouletteButton};
use crate::features::settings::{self, SettingsButton};
use crate::press::Press;
use crate::reply::Reply;

/// A button that some feature knows.
enum Known {
    Gate(GateButton),
    Menu(MenuButton),
    Settings(SettingsButton),
    Admin(AdminButton),
    GateAdmin(admin::gate::GateAdminButton),
    Channels(ChannelButton),
    Roulette(RouletteButton),
    Mine(MineButton),
    Joining(JoinButton),
    Draw(DrawButton),
    Managing(ManageButton),
}

impl Known {
    fn unpack(data: &str) -> Option<Self> {
        GateButton::unpack(data)
            .map(Self::Gate)
            .or_else(|| MenuButton::unpack(data).map(Self::Menu))
            .or_else(|| SettingsButton::unpack(data).map(Self::Settings))
            .or_else(|| AdminButton::unpack(data).map(Self::Admin))
            .or_else(|| admin::gate::GateAdminButton::unpack(data).map(Self::GateAdmin))
            .or_else(|| ChannelButton::unpack(data).map(Self::Channels))
            .or_else(|| RouletteButton::unpack(data).map(Self::Roulette))
            .or_else(|| MineButton::unpack(data).map(Self::Mine))
            .or_else(|| JoinButton::unpack(data).map(Self::Joining))
            .or_else(|| DrawButton::unpack(data).map(Self::Draw))
            .or_else(|| ManageButton::unpack(data).map(Self::Managing))
    }

    /// What its presser came for, which survives the gate (flows, section 0).
    fn link(&self) -> Option<DeepLink> {
        match self {
            Self::Joining(button) => button.link(),
            Self::Draw(button) => button.link(),
            _ => None,
        }
    }
}

/// Somebody pressed a button. Whatever they pressed may be old or forged: rights are checked here
/// and by the feature, not when the button was drawn.
pub async fn pressed(cx: Context<'_>, callback: &Callback) -> Result<Outcome, HandleError> {
    // Under posts, in chats and in what was shared: anybody may press them, and is told in place.
    if let Some(button) = RoulettePostButton::unpack(&callback.data) {
        return post::pressed(cx, callback, button).await;
    }
    let person = &callback.from;
    let message = match &callback.message {
        Some((chat, message)) if chat.id == person.id.chat() => *message,
        // No other button of ours stands anywhere else.
        _ => return Ok(cx.say(vec![alert(callback, Msg::AlertStale)])),
    };
    let record = cx.services.people.get(person.id).await?;
    let viewer = cx.services.viewer(person.id, record.as_ref());
    if viewer.is_banned {
        return Ok(cx.say(vec![alert(callback, Msg::UserBannedAlert)]));
    }
    let known = Known::unpack(&callback.data);
    if let Some(Known::Gate(button)) = known {
        return gate::pressed(cx, press(callback, message, button)).await;
    }
    // Never gated (flows 1.1).
    if let Some(Known::Draw(button @ DrawButton::Confirm { .. })) = known {
        return draw::pressed(cx, press(callback, message, button)).await;
    }
    let place = press(callback, message, ());
    if let Verdict::Subscribe(missing) = gate::check(cx, person.id, Freshness::Cached).await? {
        let screen = GateScreen::at_button(missing, known.as_ref().and_then(Known::link));
        let is_picture = matches!(&known, Some(Known::Joining(button)) if button.is_under_picture());
        return Ok(cx.say(vec![Way::edit(&place, is_picture).replace(screen)]));
    }
    if record.is_none() {
        return cx.seen(person, None, vec![place.show(MenuScreen::of(person))]).await;
    }
    let Some(known) = known else {
        metrics::counter!("callbacks_unknown_total").increment(1);
        let menu = place.show(MenuScreen::of(person));
        return Ok(cx.say(vec![alert(callback, Msg::AlertStale), menu]));
    };
    let forbidden = matches!(known, Known::Admin(_) | Known::GateAdmin(_)) && !viewer.is_operator;
    if forbidden {
        metrics::counter!("callbacks_forbidden_total").increment(1);
        return Ok(cx.say(vec![alert(callback, Msg::AlertOperatorsOnly)]));
    }
    match known {
        Known::Gate(button) => gate::pressed(cx, press(callback, message, button)).await,
        Known::Menu(button) => menu::pressed(cx, press(callback, message, button)).await,
        Known::Settings(button) => settings::pressed(cx, press(callback, message, button)).await,
        Known::Admin(button) => admin::pressed(cx, press(callback, message, button)).await,
        Known::GateAdmin(button) => admin::gate::pressed(cx, press(callback, message, button)).await,
        Known::Channels(button) => channels::pressed(cx, press(callback, message, button)).await,
        Known::Roulette(button) => roulette::pressed(cx, press(callback, message, button)).await,
        Known::Mine(button) => mine::pressed(cx, press(callback, message, button)).await,
        Known::Joining(button) => joining::pressed(cx, press(callback, message, button)).await,
        Known::Draw(button) => draw::pressed(cx, press(callback, message, button)).await,
        Known::Managing(button) => managing::pressed(cx, press(callback, message, button)).await,
    }
}

fn press<B>(callback: &Callback, message: MessageId, button: B) -> Press<B> {
    Press { button, person: callback.from.clone(), message, callback: callback.id.clone() }
}

fn alert(callback: &Callback, text: Msg) -> Reply {
    let to = Some(callback.from.id);
    Reply::Answer { callback: callback.id.clone(), to, text: Some(text), alert: true, link: None }
}
