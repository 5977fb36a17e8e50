//! Adding a channel or a group: by Telegram's picker, by name, by link, by a post, by the bot's offer.

use qura_i18n::Msg;

use super::{adds, begins_to_add, channel_of, is_told, links, opens_the_list};
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn nothing_is_linked_at_first() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let list = opens_the_list(&sara).await;
    assert!(list.text.contains(&Msg::ChannelsTitleEmpty.plain(Default::default())), "{}", list.text);
    list.has_buttons(&["إضافة قناة/مجموعة جديدة", "رجوع", "الرئيسية"]);
    w.ends().await;
}

#[tokio::test]
async fn a_channel_is_added_by_its_name_and_by_its_link() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    let sport = channel_of(&w, &sara, ChannelPlan::public("رياضة", "qura_sport")).await;
    begins_to_add(&sara).await;
    sara.says(" @Qura_News ").await;
    let card = is_told(&sara, &news).await;
    card.has_buttons(&["إنشاء روليت هنا", "فتح", "تحديث", "حذف", "رجوع", "الرئيسية"]);
    assert!(card.text.contains(&Msg::ChannelsCardReady.plain(Default::default())), "{}", card.text);
    // The owner, سارة and the bot.
    assert!(card.text.contains(&Msg::ChannelsCardMembers { members: 3 }.plain(Default::default())));
    begins_to_add(&sara).await;
    sara.says("https://t.me/qura_sport/12?single").await;
    is_told(&sara, &sport).await;
    let mut both = [(sara.id(), news.id), (sara.id(), sport.id)];
    both.sort_unstable();
    assert_eq!(links(&w).await, both);
    let list = opens_the_list(&sara).await;
    assert_eq!(list.button("أخبار").label.chars().next(), Some('✅'));
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}

#[tokio::test]
async fn a_private_channel_is_added_by_a_forwarded_post() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let secret = channel_of(&w, &sara, ChannelPlan::private("سرية")).await;
    let post = secret.posts("أهلًا").await;
    begins_to_add(&sara).await;
    sara.forwards(&secret, post).await;
    let card = is_told(&sara, &secret).await;
    let link = card.button("فتح").url.clone().unwrap();
    assert!(link.starts_with("https://t.me/+"), "a link of the bot's own: {link}");
    // Looking again makes no second link.
    sara.presses("تحديث").await.toasts(Msg::ChannelsRefreshed);
    let again = sara.sees(Msg::ChannelsCardReady).await;
    assert_eq!(again.button("فتح").url.as_ref(), Some(&link));
    w.ends().await;
}

#[tokio::test]
async fn the_picker_makes_the_bot_administrator_of_channels_and_of_groups() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    let group = w.channel(ChannelPlan::group("نقاش", "qura_talk")).await;
    for chat in [&news, &group] {
        chat.appoints(&sara).await;
        begins_to_add(&sara).await;
        let keyboard = [Msg::ChannelsPickerChannel, Msg::ChannelsPickerGroup, Msg::NavCancel]
            .map(|l| l.plain(Default::default()));
        assert_eq!(sara.keyboard().await.as_deref(), Some(&keyboard[..]));
        sara.picks(chat).await;
        is_told(&sara, chat).await;
    }
    assert_eq!(links(&w).await.len(), 2);
    // Who picked the chat is not asked whether to link it.
    let offers = [&news, &group].map(|chat| Msg::ChannelsOffer { title: chat.title.clone() });
    for offer in offers {
        assert_eq!(sara.count(offer).await, 0);
    }
    w.ends().await;
}

#[tokio::test]
async fn a_private_invite_link_is_answered_with_the_picker() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    begins_to_add(&sara).await;
    sara.says("https://t.me/+AbCdEf012345").await;
    sara.sees(Msg::ChannelsErrorPrivateLink).await;
    sara.sees(Msg::ChannelsPickerPrompt).await;
    assert_eq!(sara.keyboard().await.map(|labels| labels.len()), Some(3));
    assert_eq!(w.database.wizards().await, 1);
    w.ends().await;
}

#[tokio::test]
async fn who_makes_the_bot_administrator_is_offered_the_chat() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&sara).await;
    sara.looks_away().await;
    news.gets_the_bot_from(&sara).await;
    sara.sees(Msg::ChannelsOffer { title: news.title.clone() }).await;
    sara.presses(Msg::ChannelsOfferButton { title: news.title.clone() }).await.is_quiet();
    is_told(&sara, &news).await;
    assert_eq!(links(&w).await, [(sara.id(), news.id)]);
    w.ends().await;
}

#[tokio::test]
async fn the_discussion_group_of_a_channel_is_offered() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    let talk = channel_of(&w, &sara, ChannelPlan::group("نقاش", "qura_talk")).await;
    news.is_discussed_in(&talk).await;
    let card = adds(&sara, &news).await;
    card.button("مجموعة النقاش");
    sara.presses("مجموعة النقاش").await.is_quiet();
    is_told(&sara, &talk).await;
    assert_eq!(links(&w).await.len(), 2);
    // What is linked is not offered any more.
    opens_the_list(&sara).await;
    sara.presses("أخبار").await.is_quiet();
    let card = sara.sees(Msg::ChannelsCardReady).await;
    card.has_buttons(&["إنشاء روليت هنا", "فتح", "تحديث", "حذف", "رجوع", "الرئيسية"]);
    w.ends().await;
}

#[tokio::test]
async fn adding_it_again_changes_nothing() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    begins_to_add(&sara).await;
    sara.says("@qura_news").await;
    sara.sees(Msg::ChannelsAlreadyAdded { title: news.title.clone() }).await;
    assert_eq!(links(&w).await, [(sara.id(), news.id)]);
    w.ends().await;
}
