//! The language of the bot, which a person chooses for themself.

use qura_domain::language::Language;
use qura_i18n::Msg;

use crate::world::World;

#[tokio::test]
async fn whoever_chooses_english_reads_english_from_then_on() {
    let mut w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("/settings").await;
    sara.sees_button(Msg::SettingsLanguageButton).await;
    sara.presses(Msg::SettingsLanguageButton).await.is_quiet();
    let choice = sara.sees(Msg::SettingsLanguageTitle).await;
    choice.has_buttons(&["✅ العربية", "English", "رجوع", "الرئيسية"]);
    sara.presses("English").await.is_quiet();

    let english = sara.reading(Language::English);
    let saved = english.sees(Msg::SettingsSaved).await;
    assert_eq!(saved.id, choice.id);
    english.presses(Msg::NavHome).await.is_quiet();
    let menu = english.sees(english.menu()).await;
    let labels = [
        Msg::MenuRoulette,
        Msg::MenuVoting,
        Msg::MenuDeserves,
        Msg::MenuQuiz,
        Msg::MenuChats,
        Msg::MenuPlan,
        Msg::MenuMine,
        Msg::MenuPoints,
    ];
    assert_eq!(menu.labels(), labels.map(|label| label.plain(Language::English)));
    english.presses(Msg::MenuPoints).await.alerts(Msg::SectionSoonAlert);
    w.settles().await;
    assert_eq!(w.database.person(sara.id()).await.unwrap().language.as_deref(), Some("en"));

    // It is kept, and others go on in Arabic.
    w.program_stops().await;
    w.program_starts();
    english.says("/help").await;
    english.sees(Msg::HelpText).await;
    w.member("ليلى").await;
    w.ends().await;
}

#[tokio::test]
async fn arabic_is_the_default_whatever_the_persons_telegram_speaks() {
    let w = World::open().await;
    for code in ["en", "fr", "xx-YY"] {
        let fields = serde_json::json!({"first_name": "Omar", "language_code": code});
        let omar = w.person_with(fields).await;
        omar.starts().await;
        omar.sees(omar.menu()).await;
    }
    w.ends().await;
}

#[tokio::test]
async fn the_operator_may_make_english_the_default() {
    let w = World::builder().env("DEFAULT_LANGUAGE", "en").start().await;
    let omar = w.person("Omar").await.reading(Language::English);
    omar.starts().await;
    omar.sees(omar.menu()).await;
    w.ends().await;
}
