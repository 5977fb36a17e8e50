//! The commands that show a text, and Telegram's own list of commands.

use qura_i18n::Msg;

use super::super::start::MENU;
use crate::world::World;

#[tokio::test]
async fn each_command_shows_its_text_with_a_way_home() {
    let w = World::open().await;
    let (sara, laila) = (w.member("سارة").await, w.member("ليلى").await);
    for (person, command, text) in [
        (&sara, "/help", Msg::HelpText),
        (&sara, "/privacy", Msg::PrivacyText),
        (&laila, "/terms", Msg::TermsText),
        (&laila, "/paysupport", Msg::PaysupportText),
        (&laila, "/help@qura_bot", Msg::HelpText),
    ] {
        person.says(command).await;
        person.sees(text).await.has_buttons(&["الرئيسية"]);
    }
    sara.says("/my").await;
    sara.sees(Msg::MineTitle).await.has_buttons(&["سحوباتي", "مسابقاتي", "رجوع", "الرئيسية"]);
    for person in [&sara, &laila] {
        person.presses("الرئيسية").await.is_quiet();
        person.sees(person.menu()).await.has_buttons(&MENU);
    }
    w.ends().await;
}

#[tokio::test]
async fn what_is_no_command_and_no_answer_leads_to_the_menu() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    sara.says("ما هذا؟").await;
    sara.sees(Msg::InputUnknown).await.has_buttons(&MENU);
    sara.says("/nonsense").await;
    sara.sees(Msg::InputUnknown).await;
    // Whom the bot does not know yet is greeted, whatever they say.
    let laila = w.person("ليلى").await;
    laila.says("السلام عليكم").await;
    laila.sees(laila.menu()).await.has_buttons(&MENU);
    assert_eq!(laila.count(Msg::InputUnknown).await, 0);
    w.ends().await;
}

#[tokio::test]
async fn the_commands_are_published_and_admin_is_for_operators() {
    let w = World::builder().operator("خالد").start().await;
    w.comes_true("the commands are published", async || w.control.calls("setMyCommands").await.len() == 4)
        .await;
    let names = |call: &serde_json::Value| -> Vec<String> {
        let commands = call["params"]["commands"].as_array().unwrap().iter();
        commands.map(|command| command["command"].as_str().unwrap().to_owned()).collect()
    };
    let everyone = ["start", "help", "cancel", "my", "settings", "paysupport", "privacy", "terms"];
    for call in w.control.calls("setMyCommands").await {
        let names = names(&call);
        match call["params"]["scope"]["chat_id"].as_i64() {
            None => assert_eq!(names, everyone),
            Some(chat) => {
                assert_eq!(chat, w.operator().id());
                assert_eq!((&names[..8], names[8].as_str()), (&everyone.map(str::to_owned)[..], "admin"));
            }
        }
    }
    w.ends().await;
}
