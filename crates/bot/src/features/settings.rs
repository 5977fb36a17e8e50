//! /settings: the language and the timezone of a person.

use qura_app::ingest::HandleError;
use qura_domain::language::Language;
use qura_domain::person::Person;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg, utc_offset};
use serde::{Deserialize, Serialize};

use super::menu::MenuButton;
use crate::callback::callback_data;
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Input, Wizard};

/// The screens of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsScreen {
    Home,
    /// After something was chosen.
    Saved,
    Languages,
    Timezones,
    /// What was typed is no timezone.
    UnknownTimezone,
}

callback_data! {
    /// Buttons of the settings.
    pub enum SettingsButton in "set" {
        Home = "home",
        Languages = "langs",
        Language { language: Language } = "lang",
        Timezones = "zones",
        /// By its place among [`Timezone::OFFERED`].
        Timezone { place: u8 } = "zone",
    }
}

impl SettingsScreen {
    pub fn view(self, viewer: &Viewer) -> View {
        match self {
            Self::Home | Self::Saved => home(viewer, self == Self::Saved),
            Self::Languages => languages(viewer),
            Self::Timezones | Self::UnknownTimezone => timezones(viewer, self == Self::UnknownTimezone),
        }
    }
}

fn home(viewer: &Viewer, saved: bool) -> View {
    let now = LocalTime { at: viewer.now, zone: viewer.timezone };
    let mut view = View::of(viewer, &Msg::SettingsTitle { zone: viewer.timezone, now });
    if saved {
        view = view.above(&Msg::SettingsSaved);
    }
    view.press(&Msg::SettingsLanguageButton, &SettingsButton::Languages)
        .press(&Msg::SettingsZoneButton { zone: viewer.timezone }, &SettingsButton::Timezones)
        .press(&Msg::NavHome, &MenuButton::Home)
        .done()
}

fn languages(viewer: &Viewer) -> View {
    let mut view = View::of(viewer, &Msg::SettingsLanguageTitle);
    for language in Language::ALL {
        let label = match (language, language == viewer.language) {
            (Language::Arabic, false) => Msg::LanguageArabic,
            (Language::Arabic, true) => Msg::LanguageArabicChosen,
            (Language::English, false) => Msg::LanguageEnglish,
            (Language::English, true) => Msg::LanguageEnglishChosen,
        };
        view = view.press(&label, &SettingsButton::Language { language });
    }
    let (back, home) =
        (view.button(&Msg::NavBack, &SettingsButton::Home), view.button(&Msg::NavHome, &MenuButton::Home));
    view.row(vec![back, home]).done()
}

fn timezones(viewer: &Viewer, unknown: bool) -> View {
    let mut view = View::of(viewer, &Msg::SettingsZoneTitle);
    if unknown {
        view = view.above(&Msg::SettingsZoneUnknown);
    }
    let mut row = Vec::new();
    for (place, zone) in (0u8..).zip(Timezone::OFFERED) {
        let offset = utc_offset(zone, viewer.now);
        let label = if zone == viewer.timezone {
            Msg::SettingsZoneOptionChosen { zone, offset }
        } else {
            Msg::SettingsZoneOption { zone, offset }
        };
        row.push(view.button(&label, &SettingsButton::Timezone { place }));
        if row.len() == 2 {
            view = view.row(std::mem::take(&mut row));
        }
    }
    let (back, home) =
        (view.button(&Msg::NavBack, &SettingsButton::Home), view.button(&Msg::NavHome, &MenuButton::Home));
    view.row(row).row(vec![back, home]).done()
}

/// A button of the settings was pressed.
pub async fn pressed(cx: Context<'_>, press: Press<SettingsButton>) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    match press.button {
        SettingsButton::Home => wizard::leave(cx, person, vec![press.show(SettingsScreen::Home)]).await,
        SettingsButton::Languages => Ok(cx.say(vec![press.show(SettingsScreen::Languages)])),
        SettingsButton::Language { language } => {
            let mut tx = cx.begin().await?;
            tx.users().choose_language(person, language).await?;
            cx.commit(tx, vec![press.show(SettingsScreen::Saved)]).await
        }
        SettingsButton::Timezones => {
            // A name may be typed as well.
            let mut tx = cx.begin().await?;
            let mut replies = Vec::new();
            wizard::enter(cx, &mut tx, person, &Wizard::Timezone, &mut replies).await?;
            replies.push(press.show(SettingsScreen::Timezones));
            cx.commit(tx, replies).await
        }
        SettingsButton::Timezone { place } => {
            let Some(timezone) = Timezone::OFFERED.get(usize::from(place)) else {
                let stale = vec![press.alert(Msg::AlertStale), press.show(SettingsScreen::Timezones)];
                return Ok(cx.say(stale));
            };
            let mut tx = cx.begin().await?;
            tx.users().choose_timezone(person, *timezone).await?;
            let mut replies = vec![press.show(SettingsScreen::Saved)];
            wizard::end(&mut tx, person, &mut replies).await?;
            cx.commit(tx, replies).await
        }
    }
}

/// Somebody typed a timezone.
pub async fn typed_timezone(cx: Context<'_>, person: &Person, input: &Input) -> Result<Answer, HandleError> {
    let Input::Text(text) = input else { return Ok(Answer::Again(SettingsScreen::UnknownTimezone.into())) };
    let Ok(timezone) = text.text().parse::<Timezone>() else {
        return Ok(Answer::Again(SettingsScreen::UnknownTimezone.into()));
    };
    let mut tx = cx.begin().await?;
    tx.users().choose_timezone(person.id, timezone).await?;
    Ok(Answer::Finished(tx, vec![Reply::show(person.id, SettingsScreen::Saved)]))
}
