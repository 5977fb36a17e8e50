//! The timezone in which a person reads times: by a button, or typed.

use qura_domain::timezone::Timezone;
use qura_i18n::Msg;

use crate::world::{Person, World};

fn zone(name: &str) -> Timezone {
    name.parse().unwrap()
}

/// Opens the screen that asks for a timezone.
pub async fn asks_for_zones(person: &Person) {
    person.says("/settings").await;
    person.sees_button(Msg::SettingsZoneButton { zone: Timezone::RIYADH }).await;
    person.presses("المنطقة الزمنية").await.is_quiet();
    person.sees(Msg::SettingsZoneTitle).await;
}

async fn stored(w: &World, person: &Person) -> Option<String> {
    w.settles().await;
    w.database.person(person.id()).await.unwrap().timezone
}

#[tokio::test]
async fn a_button_chooses_a_timezone() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    asks_for_zones(&sara).await;
    sara.presses("القاهرة").await.is_quiet();
    let saved = sara.sees(Msg::SettingsSaved).await;
    saved.button(&Msg::SettingsZoneButton { zone: zone("Africa/Cairo") }.plain(Default::default()));
    assert_eq!(stored(&w, &sara).await.as_deref(), Some("Africa/Cairo"));
    assert_eq!(w.database.wizards().await, 0);
    sara.presses("المنطقة الزمنية").await.is_quiet();
    let zones = sara.sees(Msg::SettingsZoneTitle).await;
    let chosen: Vec<_> = zones.labels().into_iter().filter(|label| label.starts_with('✅')).collect();
    assert!(chosen.len() == 1 && chosen[0].contains("القاهرة"), "{chosen:?}");
    w.ends().await;
}

#[tokio::test]
async fn a_typed_timezone_is_taken_and_a_wrong_one_asked_again() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    asks_for_zones(&sara).await;
    sara.says("إسطنبول").await;
    let again = sara.sees(Msg::SettingsZoneUnknown).await;
    assert!(again.labels().iter().any(|label| label.contains("الرياض")), "the buttons are still there");
    assert_eq!(w.database.wizards().await, 1);
    sara.says(" europe/istanbul ").await;
    let saved = sara.sees(Msg::SettingsSaved).await;
    saved.button(&Msg::SettingsZoneButton { zone: zone("Europe/Istanbul") }.plain(Default::default()));
    assert_eq!(stored(&w, &sara).await.as_deref(), Some("Europe/Istanbul"));
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}
