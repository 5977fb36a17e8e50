//! The chats that people publish in: adding, rights, losing them, removing.

mod adding;
mod lists;
mod refusals;
mod rights;

use qura_i18n::Msg;

use crate::world::{Channel, ChannelPlan, Person, Screen, World};

/// A channel of this person's with the bot in it as administrator.
async fn channel_of(w: &World, person: &Person, plan: ChannelPlan) -> Channel {
    let channel = w.channel(plan).await;
    channel.appoints(person).await;
    channel.appoints_the_bot().await;
    channel
}

/// Opens the list; the screen.
pub async fn opens_the_list(person: &Person) -> Screen {
    person.starts().await;
    person.sees(person.menu()).await;
    person.presses("إدارة المجموعات/القنوات المضافة").await.is_quiet();
    person.sees_button("إضافة قناة/مجموعة جديدة").await
}

/// The person gets to the question for a chat.
async fn begins_to_add(person: &Person) {
    opens_the_list(person).await;
    person.presses("إضافة قناة/مجموعة جديدة").await.is_quiet();
    let ask = person.sees(Msg::ChannelsAsk).await;
    ask.has_buttons(&["إلغاء", "رجوع", "الرئيسية"]);
    person.sees(Msg::ChannelsPickerPrompt).await;
}

/// The chat is added, the picker is gone.
async fn is_told(person: &Person, channel: &Channel) -> Screen {
    let card = person.sees(Msg::ChannelsAdded { title: channel.title.clone() }).await;
    assert_eq!(person.keyboard().await, None);
    card
}

/// Adds a chat by its public name; its screen.
pub async fn adds(person: &Person, channel: &Channel) -> Screen {
    begins_to_add(person).await;
    person.says(&channel.link).await;
    is_told(person, channel).await
}

/// Who linked what, without what was removed.
async fn links(w: &World) -> Vec<(i64, i64)> {
    w.settles().await;
    let sql = "SELECT user_id, chat_id FROM user_channels WHERE deleted_at IS NULL ORDER BY user_id, chat_id";
    w.database.rows(sql).await
}
