//! Wizards: they wait for an answer, survive a crash, and end when told to, or by themselves.

use std::time::Duration;

use qura_i18n::Msg;

use super::timezone::asks_for_zones;
use crate::world::{Person, Screen, World};

/// Whoever is in no wizard is not understood.
async fn is_in_no_wizard(w: &World, person: &Person) {
    w.settles().await;
    assert_eq!(w.database.wizards().await, 0);
    person.says("Europe/Istanbul").await;
    person.sees(Msg::InputUnknown).await;
    assert_eq!(w.database.person(person.id()).await.unwrap().timezone, None);
}

#[tokio::test]
async fn cancel_ends_a_wizard_and_says_so() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("/cancel").await;
    sara.sees(Msg::WizardNothing).await;
    let laila = w.member("ليلى").await;
    asks_for_zones(&laila).await;
    laila.says("/cancel").await;
    let menu = laila.sees(Msg::WizardCancelled).await;
    menu.has_buttons(&super::super::start::MENU);
    is_in_no_wizard(&w, &laila).await;
    w.ends().await;
}

#[tokio::test]
async fn start_and_home_and_back_end_a_wizard() {
    let w = World::open().await;
    let (sara, laila, mona) = (w.member("سارة").await, w.member("ليلى").await, w.member("منى").await);
    for person in [&sara, &laila, &mona] {
        asks_for_zones(person).await;
    }
    assert_eq!(w.database.wizards().await, 3);
    sara.starts().await;
    sara.sees(sara.menu()).await;
    laila.presses("الرئيسية").await.is_quiet();
    laila.sees(laila.menu()).await;
    mona.presses("رجوع").await.is_quiet();
    mona.sees_button(Msg::SettingsLanguageButton).await;
    for person in [&sara, &laila, &mona] {
        is_in_no_wizard(&w, person).await;
    }
    w.ends().await;
}

#[tokio::test]
async fn help_does_not_end_a_wizard() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    asks_for_zones(&sara).await;
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    sara.says("Europe/Istanbul").await;
    sara.sees(Msg::SettingsSaved).await;
    w.ends().await;
}

#[tokio::test]
async fn a_wizard_survives_the_programs_death() {
    let mut w = World::open().await;
    let sara = w.member("سارة").await;
    asks_for_zones(&sara).await;
    w.program_is_killed();
    // What she says while it is dead waits for it.
    sara.says("Europe/Istanbul").await;
    w.program_starts();
    sara.sees(Msg::SettingsSaved).await;
    w.settles().await;
    assert_eq!(w.database.person(sara.id()).await.unwrap().timezone.as_deref(), Some("Europe/Istanbul"));
    w.ends().await;
}

#[tokio::test]
async fn a_wizard_nobody_comes_back_to_expires_with_one_notice() {
    let mut w = World::builder().env("SESSION_TTL", "3600").start().await;
    let (sara, laila) = (w.member("سارة").await, w.member("ليلى").await);
    asks_for_zones(&sara).await;
    w.passes(Duration::from_secs(3000)).await;
    asks_for_zones(&laila).await;
    sara.looks_away().await;
    w.passes(Duration::from_secs(660)).await;
    sara.sees(Msg::WizardExpired).await.has_buttons(&["الرئيسية"]);
    w.settles().await;
    assert_eq!(w.database.wizards().await, 1, "the younger one goes on");
    laila.says("Europe/Istanbul").await;
    laila.sees(Msg::SettingsSaved).await;

    let fired = w.database.last_firing("sessions.purge").await;
    w.passes(Duration::from_secs(7200)).await;
    let later = async || w.database.last_firing("sessions.purge").await > fired;
    w.comes_true("the purge ran again", later).await;
    w.settles().await;
    assert_eq!((sara.count(Msg::WizardExpired).await, laila.count(Msg::WizardExpired).await), (1, 0));
    is_in_no_wizard(&w, &sara).await;
    w.ends().await;
}

/// Asks to add a chat: Telegram's picker stands below the chat.
async fn asks_for_chats(person: &Person) -> Screen {
    person.starts().await;
    let menu = person.sees(person.menu()).await;
    person.presses("إدارة المجموعات/القنوات المضافة").await.is_quiet();
    person.sees_button("إضافة قناة/مجموعة جديدة").await;
    person.presses("إضافة قناة/مجموعة جديدة").await.is_quiet();
    person.sees(Msg::ChannelsPickerPrompt).await;
    assert!(person.keyboard().await.is_some());
    menu
}

#[tokio::test]
async fn a_picker_goes_with_the_wizard_that_expires() {
    let mut w = World::builder().env("SESSION_TTL", "3600").start().await;
    let sara = w.member("سارة").await;
    asks_for_chats(&sara).await;
    w.passes(Duration::from_secs(3660)).await;
    sara.sees(Msg::WizardExpired).await.has_buttons(&["الرئيسية"]);
    w.settles().await;
    assert_eq!(sara.keyboard().await, None);
    assert_eq!((sara.count(Msg::WizardExpired).await, sara.count(Msg::ChannelsPickerClosed).await), (1, 1));
    is_in_no_wizard(&w, &sara).await;
    w.ends().await;
}

#[tokio::test]
async fn a_picker_goes_when_an_old_button_begins_or_ends_something_else() {
    let mut w = World::open().await;
    w.expected.tolerated.push("query is too old");
    let sara = w.member("سارة").await;
    for (button, screen) in [("set:zones", Msg::SettingsZoneTitle), ("set:zone:0", Msg::SettingsSaved)] {
        let old = asks_for_chats(&sara).await;
        sara.forges_a_press(&old, button).await;
        sara.sees(screen).await;
        w.settles().await;
        assert_eq!(sara.keyboard().await, None, "{button}");
    }
    w.ends().await;
}
