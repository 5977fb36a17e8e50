//! The main menu: eight sections.

use qura_app::ingest::HandleError;
use qura_domain::link::DeepLink;
use qura_domain::person::Person;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::channels::ChannelButton;
use super::draw;
use super::joining::{self, Way};
use super::mine::MineButton;
use super::roulette::RouletteButton;
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// The main menu.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MenuScreen {
    pub name: String,
    /// What there is to say before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Msg>,
}

callback_data! {
    /// Buttons of the menu, and the two that lead to it from everywhere.
    pub enum MenuButton in "menu" {
        /// «الرئيسية»
        Home = "home",
        /// «إلغاء» of a wizard.
        Cancel = "cancel",
        /// A section that is not open yet.
        Soon = "soon",
    }
}

impl MenuScreen {
    pub fn of(person: &Person) -> Self {
        Self { name: person.full_name(), note: None }
    }

    pub fn with(person: &Person, note: Msg) -> Self {
        Self { name: person.full_name(), note: Some(note) }
    }

    /// Of somebody who came by a link that leads nowhere: old, broken, or made up. It is counted.
    pub fn by_unknown_link(person: &Person) -> Self {
        metrics::counter!("links_unknown_total").increment(1);
        Self::with(person, Msg::LinkUnknown)
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::MenuTitle { name: self.name.clone() });
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        // Their order is fixed (flows 1.3).
        view = view.press(&Msg::MenuRoulette, &RouletteButton::Open);
        for section in [Msg::MenuVoting, Msg::MenuDeserves, Msg::MenuQuiz] {
            view = view.press(&section, &MenuButton::Soon);
        }
        view = view.press(&Msg::MenuChats, &ChannelButton::Open);
        view.press(&Msg::MenuPlan, &MenuButton::Soon)
            .press(&Msg::MenuMine, &MineButton::Open)
            .press(&Msg::MenuPoints, &MenuButton::Soon)
            .done()
    }
}

/// A button of the menu was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<MenuButton>) -> Result<Outcome, HandleError> {
    let menu = MenuScreen::of(&press.person);
    match press.button {
        MenuButton::Soon => Ok(cx.say(vec![press.alert(Msg::SectionSoonAlert)])),
        MenuButton::Home => wizard::leave(cx, press.person.id, vec![press.show(menu)]).await,
        MenuButton::Cancel => {
            let replies = vec![press.toast(Msg::WizardCancelled), press.show(menu)];
            wizard::leave(cx, press.person.id, replies).await
        }
    }
}

/// Somebody passed the gate: with /start, or with anything where the bot did not know them yet. `link` is what
/// they came by, in whatever way: `None` for nothing, `Some(None)` for what leads nowhere.
pub async fn arrived(
    cx: Context<'_>,
    person: &Person,
    link: Option<Option<DeepLink>>,
    way: Way,
) -> Result<Outcome, HandleError> {
    let (referrer, menu) = match link {
        None => (None, MenuScreen::of(person)),
        Some(Some(DeepLink::Join(code))) => return joining::arrived(cx, person, &code, way).await,
        Some(Some(DeepLink::Win(code))) => return draw::came_to_confirm(cx, person, &code, &way).await,
        Some(Some(DeepLink::Verify(code))) => return draw::came_to_verify(cx, person, &code, &way).await,
        Some(Some(DeepLink::Referral(referrer))) => (Some(referrer), MenuScreen::of(person)),
        // The sections that the others lead to are not open yet, so no such link was ever made.
        Some(_) => (None, MenuScreen::by_unknown_link(person)),
    };
    let mut replies = way.before.clone();
    replies.push(way.replace(menu));
    cx.seen(person, referrer, replies).await
}
