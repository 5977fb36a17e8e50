//! What cannot be linked, and by whom: each missing right is named, and checked again.

use qura_i18n::Msg;

use super::{begins_to_add, channel_of, is_told, links};
use crate::world::{ChannelPlan, World};

fn bot_lacks(right: Msg) -> Msg {
    Msg::ChannelsObstacleBotLacks { right: right.plain(Default::default()) }
}

fn person_lacks(right: Msg) -> Msg {
    Msg::ChannelsObstaclePersonLacks { right: right.plain(Default::default()) }
}

#[tokio::test]
async fn each_missing_right_of_the_bot_is_named_and_checked_again() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&sara).await;
    begins_to_add(&sara).await;
    sara.says("@qura_news").await;
    let screen = sara.sees(Msg::ChannelsObstacleBotNotAdministrator).await;
    screen.has_buttons(&["إعادة الفحص", "رجوع", "الرئيسية"]);
    news.appoints_the_bot_with(&["can_post_messages"]).await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    let screen = sara.sees(bot_lacks(Msg::ChannelsRightEditMessages)).await;
    assert!(!screen.text.contains(&Msg::ChannelsRightPostMessages.plain(Default::default())));
    assert_eq!(links(&w).await, []);
    news.appoints_the_bot().await;
    sara.presses("إعادة الفحص").await.is_quiet();
    is_told(&sara, &news).await;
    assert_eq!((links(&w).await.len(), w.database.wizards().await), (1, 0));
    w.ends().await;
}

#[tokio::test]
async fn a_stranger_cannot_link_a_channel() {
    let w = World::open().await;
    let (sara, mona) = (w.member("سارة").await, w.member("منى").await);
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    begins_to_add(&mona).await;
    mona.says("@qura_news").await;
    mona.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    mona.joins(&news).await;
    mona.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    assert_eq!(links(&w).await, []);
    w.ends().await;
}

#[tokio::test]
async fn a_minor_moderator_cannot_publish_through_the_bot() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints_the_bot().await;
    news.appoints_with(&sara, &["can_invite_users", "can_post_messages"]).await;
    begins_to_add(&sara).await;
    sara.says("@qura_news").await;
    sara.sees(person_lacks(Msg::ChannelsRightEditMessages)).await;
    let group = w.channel(ChannelPlan::group("نقاش", "qura_talk")).await;
    group.appoints_the_bot().await;
    group.appoints_with(&sara, &["can_delete_messages"]).await;
    sara.says("@qura_talk").await;
    sara.sees(person_lacks(Msg::ChannelsRightPinMessages)).await;
    assert_eq!(links(&w).await, []);
    w.ends().await;
}

#[tokio::test]
async fn the_title_of_a_private_chat_is_for_those_inside() {
    let mut w = World::open().await;
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let (sara, mona) = (w.member("سارة").await, w.member("منى").await);
    let secret = channel_of(&w, &sara, ChannelPlan::private("سرية")).await;
    begins_to_add(&mona).await;
    mona.says(&secret.id.to_string()).await;
    let screen = mona.sees(Msg::ChannelsErrorNotFound { name: secret.id.to_string() }).await;
    mona.forges_a_press(&screen, &format!("chan:link:{}", secret.id)).await;
    w.settles().await;
    assert!(mona.chat().await.iter().all(|screen| !screen.text.contains("سرية")));
    assert_eq!(links(&w).await, []);
    w.ends().await;
}

#[tokio::test]
async fn what_names_no_chat_is_refused_with_a_reason() {
    let mut w = World::open().await;
    w.expects_refusal("getChat", "chat not found");
    let sara = w.member("سارة").await;
    begins_to_add(&sara).await;
    for (said, refusal) in [
        ("قناتي الجميلة", Msg::ChannelsErrorNotAReference),
        ("@nobody_here", Msg::ChannelsErrorNotFound { name: "@nobody_here".to_owned() }),
    ] {
        sara.says(said).await;
        let again = sara.sees(refusal).await;
        assert!(again.text.contains(&Msg::ChannelsAsk.plain(Default::default())));
    }
    assert_eq!((w.database.wizards().await, links(&w).await.len()), (1, 0));
    w.ends().await;
}

#[tokio::test]
async fn a_basic_group_must_become_a_supergroup_first() {
    let mut w = World::open().await;
    w.expects_refusal("getChat", "upgraded to a supergroup");
    let sara = w.member("سارة").await;
    let group = w.channel(ChannelPlan::basic_group("عائلة")).await;
    group.appoints(&sara).await;
    group.appoints_the_bot().await;
    begins_to_add(&sara).await;
    sara.says(&group.id.to_string()).await;
    sara.sees(Msg::ChannelsObstacleBasicGroup).await;
    let supergroup = group.becomes_a_supergroup().await;
    supergroup.appoints(&sara).await;
    supergroup.appoints_the_bot().await;
    sara.presses("إعادة الفحص").await.is_quiet();
    is_told(&sara, &supergroup).await;
    assert_eq!(links(&w).await, [(sara.id(), supergroup.id)]);
    w.ends().await;
}
