//! The bot loses a right, or is thrown out, or has everything again: those who linked the chat hear it, once.

use qura_i18n::Msg;
use serde_json::json;

use super::{adds, begins_to_add, channel_of, is_told, opens_the_list};
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn owners_hear_of_a_lost_right_once_and_of_its_return() {
    let w = World::open().await;
    let (sara, mona) = (w.member("سارة").await, w.member("منى").await);
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&mona).await;
    adds(&sara, &news).await;
    adds(&mona, &news).await;
    sara.looks_away().await;
    mona.looks_away().await;
    let title = news.title.clone();
    news.appoints_the_bot_with(&["can_post_messages"]).await;
    let lost = sara.sees(Msg::ChannelsLost { title: title.clone() }).await;
    assert!(lost.text.contains(&Msg::ChannelsRightEditMessages.plain(Default::default())), "{}", lost.text);
    mona.sees(Msg::ChannelsLost { title: title.clone() }).await;
    // Worse, but told already.
    news.removes_the_bot().await;
    w.settles().await;
    assert_eq!(sara.count(Msg::ChannelsLost { title: title.clone() }).await, 1);
    let list = opens_the_list(&sara).await;
    assert!(list.button(&title).label.starts_with("⚠️"), "{:?}", list.labels());
    sara.looks_away().await;
    news.appoints_the_bot().await;
    sara.sees(Msg::ChannelsRegained { title: title.clone() }).await;
    w.settles().await;
    for person in [&sara, &mona] {
        assert_eq!(person.count(Msg::ChannelsRegained { title: title.clone() }).await, 1);
    }
    // Nobody who added the chat already is offered it.
    assert_eq!(sara.count(Msg::ChannelsOffer { title }).await, 0);
    w.ends().await;
}

#[tokio::test]
async fn the_notice_checks_again() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    sara.looks_away().await;
    news.appoints_the_bot_with(&["can_post_messages"]).await;
    sara.sees(Msg::ChannelsLost { title: news.title.clone() }).await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    let card = sara.sees(Msg::ChannelsCardLacking).await;
    card.has_buttons(&["إعادة الفحص", "فتح", "تحديث", "حذف", "رجوع", "الرئيسية"]);
    w.ends().await;
}

#[tokio::test]
async fn a_person_who_is_no_administrator_any_more_sees_it() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    news.dismisses(&sara).await;
    sara.presses("تحديث").await.toasts(Msg::ChannelsRecheckLacking);
    sara.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    // The bot's rights are what they were.
    assert_eq!(sara.count(Msg::ChannelsLost { title: news.title.clone() }).await, 0);
    w.ends().await;
}

/// Telegram refuses a question for many reasons; only some of them mean that the bot is out.
#[tokio::test]
async fn a_question_that_telegram_refuses_for_another_reason_says_nothing_about_the_bot() {
    let mut w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    let refused =
        json!({"kind": "bad_request", "method": "getChat", "count": 1, "description": "RPC_CALL_FAIL"});
    w.control.fault(refused).await;
    w.expected.tolerated.push("RPC_CALL_FAIL");
    sara.presses("تحديث").await.alerts(Msg::AlertError);
    w.settles().await;
    assert_eq!(sara.count(Msg::ChannelsLost { title: news.title.clone() }).await, 0);
    let known = "SELECT chat_id, bot FROM channels";
    let known: Vec<(i64, String)> = w.database.rows(known).await;
    assert!(known.iter().all(|(_, bot)| bot.contains("administrator")), "{known:?}");
    // Thrown out is thrown out.
    news.removes_the_bot().await;
    w.settles().await;
    w.expected.tolerated.push("kicked");
    sara.presses("تحديث").await.toasts(Msg::ChannelsRecheckLacking);
    w.ends().await;
}

#[tokio::test]
async fn a_private_chat_that_threw_the_bot_out_can_still_be_seen_and_removed() {
    let mut w = World::open().await;
    w.expects_refusal("getChat", "");
    let sara = w.member("سارة").await;
    let secret = channel_of(&w, &sara, ChannelPlan::private("سرية")).await;
    let post = secret.posts("أهلًا").await;
    begins_to_add(&sara).await;
    sara.forwards(&secret, post).await;
    is_told(&sara, &secret).await;
    sara.looks_away().await;
    secret.removes_the_bot().await;
    sara.sees(Msg::ChannelsLost { title: secret.title.clone() }).await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    sara.sees(Msg::ChannelsObstacleBotNotAdministrator).await;
    sara.presses("حذف").await.is_quiet();
    sara.sees(Msg::ChannelsRemoveConfirm { title: secret.title.clone() }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ChannelsRemoved { title: secret.title.clone() }).await;
    assert_eq!(super::links(&w).await, []);
    w.ends().await;
}

#[tokio::test]
async fn a_revoked_link_of_a_private_chat_is_renewed_by_a_check() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let channel = channel_of(&w, &sara, ChannelPlan::private("خاصة")).await;
    begins_to_add(&sara).await;
    sara.picks(&channel).await;
    is_told(&sara, &channel).await;
    let link = async || -> String {
        w.settles().await;
        let links: Vec<(String,)> = w.database.rows("SELECT invite_link FROM channels").await;
        links[0].0.clone()
    };
    let old = link().await;
    sara.presses("تحديث").await.toasts(Msg::ChannelsRefreshed);
    assert_eq!(link().await, old, "one that works stays");
    w.control.post(&format!("/chats/{}/revoke_link", channel.id), json!({"link": old})).await;
    sara.presses("تحديث").await.toasts(Msg::ChannelsRefreshed);
    let new = link().await;
    assert_ne!(new, old);
    let laila = w.person("ليلى").await;
    let joined = w.control.post(&format!("/people/{}/join", laila.id()), json!({"link": new})).await;
    assert_eq!(joined["status"], "member");
    w.ends().await;
}
