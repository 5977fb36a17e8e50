//! One living message: screens change in place, and old ones cannot be pressed by mistake.

use qura_i18n::Msg;
use serde_json::json;

use super::MENU;
use crate::world::World;

#[tokio::test]
async fn moving_between_screens_edits_the_same_message() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("/settings").await;
    let settings = sara.sees_button(Msg::SettingsLanguageButton).await;
    sara.presses(Msg::SettingsLanguageButton).await.is_quiet();
    let languages = sara.sees(Msg::SettingsLanguageTitle).await;
    assert!(languages.labels().iter().any(|label| label.contains("رجوع")));
    sara.presses("رجوع").await.is_quiet();
    sara.sees_button(Msg::SettingsLanguageButton).await;
    sara.presses("الرئيسية").await.is_quiet();
    let menu = sara.sees(sara.menu()).await;
    menu.has_buttons(&MENU);
    assert_eq!([languages.id, menu.id], [settings.id; 2]);
    w.settles().await;
    assert_eq!(sara.chat().await.len(), 2, "the first menu, without buttons, and the living message");
    w.ends().await;
}

#[tokio::test]
async fn a_new_screen_takes_the_buttons_of_the_older_one() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let old = sara.chat().await.remove(0);
    sara.starts().await;
    let new = sara.sees(sara.menu()).await;
    assert!(new.id > old.id);
    new.has_buttons(&MENU);
    sara.sees_no_buttons_on(&old).await;
    w.ends().await;
}

#[tokio::test]
async fn a_message_deleted_by_hand_is_sent_anew() {
    let mut w = World::open().await;
    w.expects_refusal("editMessageReplyMarkup", "message to edit not found");
    let sara = w.member("سارة").await;
    let menu = sara.chat().await.remove(0);
    sara.deletes(&menu).await;
    sara.starts().await;
    let again = sara.sees(sara.menu()).await;
    again.has_buttons(&MENU);
    assert_ne!(again.id, menu.id);
    w.ends().await;
}

/// The screen is gone between the press and the edit: as when the chat was cleared.
#[tokio::test]
async fn a_screen_that_cannot_be_edited_any_more_is_sent_anew() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("/help").await;
    let help = sara.sees(Msg::HelpText).await;
    w.settles().await;
    let gone = json!({
        "kind": "bad_request", "method": "editMessageText", "count": 1,
        "description": "Bad Request: message to edit not found",
    });
    w.control.fault(gone).await;
    sara.presses("الرئيسية").await.is_quiet();
    let menu = sara.sees(sara.menu()).await;
    assert!(menu.id > help.id);
    menu.has_buttons(&MENU);
    w.settles().await;
    // And it is the living message from now on.
    sara.starts().await;
    sara.sees(sara.menu()).await;
    sara.sees_no_buttons_on(&menu).await;
    w.ends().await;
}

#[tokio::test]
async fn a_second_press_of_the_same_button_is_answered_and_does_no_harm() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("/settings").await;
    let settings = sara.sees_button(Msg::SettingsLanguageButton).await;
    let (first, second) = tokio::join!(
        sara.presses_on(&settings, Msg::SettingsLanguageButton),
        sara.presses_on(&settings, Msg::SettingsLanguageButton)
    );
    first.is_quiet();
    second.is_quiet();
    let languages = sara.sees(Msg::SettingsLanguageTitle).await;
    w.settles().await;
    assert_eq!(sara.looks_at(&settings).await, languages);
    assert_eq!(sara.chat().await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn a_forged_button_is_answered_and_the_menu_shown_again() {
    let mut w = World::open().await;
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    let sara = w.member("سارة").await;
    let longest = "menu:".repeat(13);
    for data in
        ["old:thing", "", ":", "menu", "set:zone:999", "set:lang:xx", "gate:check:x:y", &longest, "\u{0}"]
    {
        sara.says("/help").await;
        let help = sara.sees(Msg::HelpText).await;
        w.settles().await;
        let answered = w.control.calls("answerCallbackQuery").await.len();
        sara.forges_a_press(&help, data).await;
        w.settles().await;
        let answers = w.control.calls("answerCallbackQuery").await;
        assert_eq!(answers.len(), answered + 1, "{data:?}");
        let text = &answers.last().unwrap()["params"]["text"];
        assert_eq!(text, &*Msg::AlertStale.plain(Default::default()), "{data:?}");
        let shown = sara.looks_at(&help).await;
        assert_ne!(shown.text, help.text, "{data:?}: the screen stayed");
    }
    assert!(w.counted("callbacks_unknown_total").await > 0.0);
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}
