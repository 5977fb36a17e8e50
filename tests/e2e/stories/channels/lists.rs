//! The list and what can be done from it: pages, refreshing, removing, forged buttons.

use std::time::Duration;

use qura_i18n::Msg;

use super::{adds, channel_of, links, opens_the_list};
use crate::world::{ChannelPlan, Screen, World};

/// The titles in a list, without their state.
fn titles(list: &Screen) -> Vec<String> {
    let rows = list.labels().into_iter().filter(|label| label.starts_with("✅"));
    rows.map(|label| label.chars().filter(char::is_ascii_digit).collect()).collect()
}

#[tokio::test]
async fn nineteen_chats_are_three_pages() {
    let mut w = World::open().await;
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let sara = w.member("سارة").await;
    let list = opens_the_list(&sara).await;
    for number in 1..=19 {
        let plan = ChannelPlan::public(&format!("قناة {number}"), &format!("channel_{number}"));
        let channel = channel_of(&w, &sara, plan).await;
        // As the bot's offer would: the whole way takes seven messages, and Telegram lets through one a second.
        sara.forges_a_press(&list, &format!("chan:link:{}", channel.id)).await;
    }
    w.comes_true("all are linked", async || links(&w).await.len() == 19).await;
    let first = opens_the_list(&sara).await;
    assert_eq!(titles(&first).len(), 8);
    sara.presses("المزيد").await.is_quiet();
    let second = sara.sees_button("السابق").await;
    sara.presses("المزيد").await.is_quiet();
    let third = sara.sees(Msg::ChannelsTitle).await;
    assert_eq!((titles(&second).len(), titles(&third).len()), (8, 3));
    assert!(third.labels().iter().all(|label| !label.contains("المزيد")));
    let mut all = [titles(&first), titles(&second), titles(&third)].concat();
    all.sort_by_key(|title| title.parse::<u8>().unwrap());
    assert_eq!(all, (1..=19).map(|number| number.to_string()).collect::<Vec<_>>());
    sara.presses("السابق").await.is_quiet();
    assert_eq!(titles(&sara.sees_button("المزيد").await), titles(&second));
    sara.presses("السابق").await.is_quiet();
    let back = sara.sees(Msg::ChannelsTitle).await;
    assert_eq!(titles(&back), titles(&first));
    assert!(back.labels().iter().all(|label| !label.contains("السابق")));
    w.ends().await;
}

#[tokio::test]
async fn removing_asks_first_and_takes_only_ones_own_link() {
    let w = World::open().await;
    let (sara, mona) = (w.member("سارة").await, w.member("منى").await);
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&mona).await;
    adds(&mona, &news).await;
    adds(&sara, &news).await;
    sara.presses("حذف").await.is_quiet();
    let ask = sara.sees(Msg::ChannelsRemoveConfirm { title: news.title.clone() }).await;
    ask.has_buttons(&["تأكيد", "إلغاء", "رجوع", "الرئيسية"]);
    sara.presses("إلغاء").await.is_quiet();
    sara.sees(Msg::ChannelsCardReady).await;
    assert_eq!(links(&w).await.len(), 2);
    sara.presses("حذف").await.is_quiet();
    sara.sees(Msg::ChannelsRemoveConfirm { title: news.title.clone() }).await;
    sara.presses("تأكيد").await.is_quiet();
    let list = sara.sees(Msg::ChannelsRemoved { title: news.title.clone() }).await;
    list.has_buttons(&["إضافة قناة/مجموعة جديدة", "رجوع", "الرئيسية"]);
    assert_eq!(links(&w).await, [(mona.id(), news.id)]);
    w.ends().await;
}

#[tokio::test]
async fn what_was_removed_is_gone_for_good_after_its_days() {
    let mut w = World::builder().env("SOFT_DELETE_DAYS", "2").start().await;
    let sara = w.member("سارة").await;
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    sara.presses("حذف").await.is_quiet();
    sara.sees(Msg::ChannelsRemoveConfirm { title: news.title.clone() }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ChannelsRemoved { title: news.title.clone() }).await;
    let rows = async |w: &World| {
        let links = w.database.rows::<(i64,)>("SELECT chat_id FROM user_channels").await.len();
        (links, w.database.rows::<(i64,)>("SELECT chat_id FROM channels").await.len())
    };
    w.passes(Duration::from_hours(47)).await;
    let before = w.now() - 3_600_000_000;
    w.comes_true("an upkeep", async || w.database.last_firing("upkeep.purge").await > before).await;
    w.settles().await;
    assert_eq!(rows(&w).await, (1, 1));
    w.passes(Duration::from_hours(2)).await;
    w.comes_true("the purge", async || rows(&w).await == (0, 0)).await;
    w.ends().await;
}

#[tokio::test]
async fn forged_buttons_reach_only_ones_own_chats() {
    let mut w = World::open().await;
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let (sara, mona) = (w.member("سارة").await, w.member("منى").await);
    let news = channel_of(&w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    adds(&sara, &news).await;
    let list = opens_the_list(&mona).await;
    for word in ["card", "fresh", "remove", "confirm", "link"] {
        mona.forges_a_press(&list, &format!("chan:{word}:{}", news.id)).await;
        w.settles().await;
    }
    assert_eq!(links(&w).await, [(sara.id(), news.id)]);
    let seen = mona.chat().await;
    let card = Msg::ChannelsCardChannel { title: news.title.clone() }.plain(Default::default());
    assert!(seen.iter().all(|screen| !screen.text.contains(&card)));
    w.ends().await;
}
