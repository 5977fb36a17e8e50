//! What an organizer does in the wizard, step by step, and what has come of it.

use qura_i18n::Msg;
use serde_json::Value;

use crate::world::{Channel, ChannelPlan, Person, Screen, World};

/// The chats of an organizer: one that they linked, in which the bot may publish.
pub async fn linked(w: &World, person: &Person, plan: ChannelPlan) -> Channel {
    let channel = w.channel(plan).await;
    channel.appoints(person).await;
    channel.appoints_the_bot().await;
    person.starts().await;
    person.sees(person.menu()).await;
    person.presses("إدارة المجموعات/القنوات المضافة").await.is_quiet();
    person.sees_button("إضافة قناة/مجموعة جديدة").await;
    person.presses("إضافة قناة/مجموعة جديدة").await.is_quiet();
    person.sees(Msg::ChannelsAsk).await;
    person.says(&channel.link).await;
    person.sees(Msg::ChannelsAdded { title: channel.title.clone() }).await;
    channel
}

/// سارة with her channel «أخبار».
pub async fn organizer(w: &World) -> (Person, Channel) {
    let sara = w.member("سارة").await;
    let news = linked(w, &sara, ChannelPlan::public("أخبار", "qura_news")).await;
    (sara, news)
}

/// From the menu to the first step in a chat; the screen.
pub async fn begins(person: &Person, channel: &Channel) -> Screen {
    person.starts().await;
    person.sees(person.menu()).await;
    person.presses("قسم الروليت").await.is_quiet();
    person.sees(Msg::RouletteTitle).await;
    person.presses("إنشاء روليت").await.is_quiet();
    person.sees(Msg::RouletteChats).await;
    person.presses(&*channel.title).await.is_quiet();
    person.sees(Msg::RouletteConditionsNone).await
}

/// From the conditions to the grid with a template of these words; the grid.
pub async fn fills(person: &Person, template: &str) -> Screen {
    person.sees_button("التالي").await;
    person.presses("التالي").await.is_quiet();
    writes(person, template).await
}

/// The same without a condition.
pub async fn skips_and_fills(person: &Person, template: &str) -> Screen {
    person.presses("تخطي").await.is_quiet();
    writes(person, template).await
}

async fn writes(person: &Person, template: &str) -> Screen {
    person.sees(Msg::RouletteTemplate).await;
    person.says(template).await;
    takes_the_numbers(person).await
}

/// From the number of winners to the grid, as it is; the grid.
pub async fn takes_the_numbers(person: &Person) -> Screen {
    person.sees(Msg::RouletteWinners { current: 1 }).await;
    person.presses("التالي").await.is_quiet();
    person.sees(Msg::RouletteReserves { current: 1 }).await;
    person.presses("التالي").await.is_quiet();
    person.sees(Msg::RouletteSettings { winners: 1, reserves: 1 }).await
}

/// Turns «منع الوهمي» off, in the grid.
pub async fn asks_no_challenge(person: &Person) {
    for kind in ["رموز", "حسابي", "زر مؤقت", "بدون"] {
        person.presses("منع الوهمي").await.is_quiet();
        person.sees_button(&*format!("منع الوهمي: \u{2068}{kind}")).await;
    }
}

/// From the grid to the order of the publication.
pub async fn confirms(person: &Person) {
    person.presses("التالي").await;
    person.sees(Msg::RoulettePreviewReady).await;
    person.presses("تأكيد وبدء السحب").await;
}

/// From the grid to the order of a publication in an hour.
pub async fn schedules(person: &Person) {
    person.presses("موعد النشر").await.is_quiet();
    person.sees_button("بعد ساعة").await;
    person.presses("بعد ساعة").await.is_quiet();
    person.sees_button("موعد النشر").await;
    confirms(person).await;
    person.sees_button("إدارة السحب").await;
}

/// A draft that is to be published in an hour; it is ordered.
pub async fn is_scheduled(person: &Person, channel: &Channel) {
    begins(person, channel).await;
    skips_and_fills(person, "سحب مجدول").await;
    schedules(person).await;
}

/// From the grid to the post, as the control API views it.
pub async fn publishes(w: &World, person: &Person, channel: &Channel) -> Value {
    confirms(person).await;
    person.sees_button("فتح المنشور").await;
    channel.posts_of_the_bot(w).await.pop().expect("a post")
}

/// Every lottery: its state, and which message is its post.
pub async fn states(w: &World) -> Vec<(String, Option<i64>)> {
    w.settles().await;
    w.database.rows("SELECT state, message_id FROM lotteries ORDER BY created_at, id").await
}

/// The settings of the newest lottery.
pub async fn settings(w: &World) -> Value {
    w.settles().await;
    let rows: Vec<(String,)> =
        w.database.rows("SELECT settings FROM lotteries ORDER BY created_at DESC, id DESC LIMIT 1").await;
    serde_json::from_str(&rows[0].0).unwrap()
}

/// The code of the newest lottery.
pub async fn code(w: &World) -> String {
    let sql = "SELECT code FROM lotteries ORDER BY created_at DESC, id DESC LIMIT 1";
    let rows: Vec<(String,)> = w.database.rows(sql).await;
    rows[0].0.clone()
}
