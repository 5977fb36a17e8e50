//! People who block the bot: marked, left in peace, and welcome when they come back.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::World;

async fn is_marked(w: &World, person: i64) -> bool {
    w.settles().await;
    w.database.person(person).await.unwrap().blocked_at.is_some()
}

#[tokio::test]
async fn who_blocks_the_bot_is_marked_and_who_comes_back_is_served() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    assert!(!is_marked(&w, sara.id()).await);
    sara.blocks_the_bot().await;
    assert!(is_marked(&w, sara.id()).await);
    sara.unblocks_the_bot().await;
    assert!(!is_marked(&w, sara.id()).await);
    sara.blocks_the_bot().await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    assert!(!is_marked(&w, sara.id()).await);
    w.ends().await;
}

#[tokio::test]
async fn a_reply_to_somebody_who_has_just_blocked_is_given_up_at_once() {
    let mut w = World::open().await;
    w.expects_refusal("sendMessage", "bot was blocked by the user");
    let sara = w.member("سارة").await;
    // The reply is under way when they block.
    let slow = json!({"kind": "delay", "delay_ms": 500, "method": "sendMessage", "count": 1});
    w.control.fault(slow).await;
    sara.says("/help").await;
    sara.blocks_the_bot().await;
    assert!(is_marked(&w, sara.id()).await);
    let tries = w.control.calls("sendMessage").await.iter().filter(|call| call["ok"] == false).count();
    assert_eq!(tries, 1, "no use in trying again");
    let laila = w.person("ليلى").await;
    laila.starts().await;
    laila.sees(laila.menu()).await;
    w.ends().await;
}

#[tokio::test]
async fn a_notice_to_somebody_who_blocked_is_dropped() {
    let mut w = World::builder().env("SESSION_TTL", "60").start().await;
    w.expects_refusal("sendMessage", "bot was blocked by the user");
    let sara = w.member("سارة").await;
    sara.says("/settings").await;
    sara.sees_button(Msg::SettingsLanguageButton).await;
    sara.presses("المنطقة الزمنية").await.is_quiet();
    sara.sees(Msg::SettingsZoneTitle).await;
    sara.blocks_the_bot().await;
    w.passes(Duration::from_secs(180)).await;
    let refused = async || {
        let calls = w.control.calls("sendMessage").await;
        calls.iter().any(|call| call["ok"] == false)
    };
    w.comes_true("the notice was tried", refused).await;
    w.ends().await;
}
