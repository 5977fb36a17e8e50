//! Adding a channel to the gate: by name, by link, by a post, by Telegram's picker; and what is refused.

use qura_i18n::Msg;
use serde_json::Value;

use super::opens_the_gate;
use crate::world::{Channel, ChannelPlan, Person, World};

/// The gate's channels as they are stored.
async fn stored(w: &World) -> Vec<Value> {
    w.settles().await;
    let said = w.database.audit().await;
    let last = said.into_iter().rev().find(|row| row.subject == "gate.channels");
    last.map_or_else(Vec::new, |row| serde_json::from_str(&row.after.unwrap()).unwrap())
}

/// The operator gets to the question for a channel.
async fn begins_to_add(operator: &Person, overview: Msg) {
    opens_the_gate(operator, overview).await;
    operator.presses("إضافة قناة").await.is_quiet();
    let ask = operator.sees(Msg::AdminGateAsk).await;
    operator.sees(Msg::AdminGatePickerPrompt).await;
    let picker = [Msg::AdminGatePicker, Msg::NavCancel].map(|label| label.plain(Default::default()));
    assert_eq!(operator.keyboard().await.as_deref(), Some(&picker[..]));
    ask.has_buttons(&["إلغاء", "رجوع", "الرئيسية"]);
}

/// The channel is in, the picker is gone.
async fn is_told(operator: &Person, channel: &Channel) {
    operator.sees(Msg::AdminGateAdded { title: channel.title.clone() }).await;
    assert_eq!(operator.keyboard().await, None);
}

async fn channel_with_bot(w: &World, plan: ChannelPlan) -> Channel {
    let channel = w.channel(plan).await;
    channel.appoints_the_bot().await;
    channel
}

#[tokio::test]
async fn a_channel_is_added_by_its_name() {
    let w = World::builder().operator("خالد").start().await;
    let (khalid, channel) =
        (w.operator(), channel_with_bot(&w, ChannelPlan::public("أخبار", "qura_news")).await);
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.says(" @Qura_News ").await;
    is_told(&khalid, &channel).await;
    assert_eq!(stored(&w).await, [channel.as_gate()]);
    let audit = w.database.audit().await.pop().unwrap();
    assert_eq!((audit.actor_id, audit.before.as_deref()), (Some(khalid.id()), Some("[]")));
    w.ends().await;
}

#[tokio::test]
async fn a_channel_is_added_by_its_link() {
    let w = World::builder().operator("خالد").start().await;
    let (khalid, channel) =
        (w.operator(), channel_with_bot(&w, ChannelPlan::public("أخبار", "qura_news")).await);
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.says("https://t.me/qura_news/12?single").await;
    is_told(&khalid, &channel).await;
    assert_eq!(stored(&w).await, [channel.as_gate()]);
    w.ends().await;
}

#[tokio::test]
async fn a_private_channel_is_added_by_a_forwarded_post() {
    let w = World::builder().operator("خالد").start().await;
    let (khalid, channel) = (w.operator(), channel_with_bot(&w, ChannelPlan::private("سرية")).await);
    khalid.joins(&channel).await;
    let post = channel.posts("أهلًا").await;
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.forwards(&channel, post).await;
    is_told(&khalid, &channel).await;
    let stored = stored(&w).await;
    assert_eq!((&stored[0]["chat"], &stored[0]["title"]), (&channel.id.into(), &"سرية".into()));
    assert!(stored[0]["link"].as_str().unwrap().starts_with("https://t.me/+"), "a link of the bot's own");
    w.ends().await;
}

#[tokio::test]
async fn a_channel_is_added_by_the_picker() {
    let w = World::builder().operator("خالد").start().await;
    let (khalid, channel) = (w.operator(), w.channel(ChannelPlan::public("أخبار", "qura_news")).await);
    channel.appoints(&khalid).await;
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.shares(&channel).await;
    is_told(&khalid, &channel).await;
    assert_eq!(stored(&w).await, [channel.as_gate()]);
    w.ends().await;
}

#[tokio::test]
async fn cancelling_takes_the_picker_away() {
    let w = World::builder().operator("خالد").operator("منى").start().await;
    for (operator, cancel) in [(&w.operators()[0], "✖️ إلغاء"), (&w.operators()[1], "/cancel")] {
        begins_to_add(operator, Msg::AdminGateOff { count: 0 }).await;
        operator.says(cancel).await;
        operator.sees(Msg::WizardCancelled).await;
        assert_eq!(operator.keyboard().await, None);
    }
    assert_eq!(w.database.wizards().await, 0);
    assert_eq!(stored(&w).await, [] as [Value; 0]);
    w.ends().await;
}

#[tokio::test]
async fn start_takes_the_picker_away_too() {
    let w = World::builder().operator("خالد").start().await;
    let khalid = w.operator();
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.starts().await;
    khalid.sees(khalid.menu()).await;
    assert_eq!(khalid.keyboard().await, None);
    w.ends().await;
}

#[tokio::test]
async fn what_names_no_channel_is_refused_with_a_reason() {
    let mut w = World::builder().operator("خالد").start().await;
    w.expects_refusal("getChat", "chat not found");
    let khalid = w.operator();
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    for (said, refusal) in [
        ("https://t.me/+AbCdEf012345", Msg::AdminGateErrorPrivateLink),
        ("قناتي الجميلة", Msg::AdminGateErrorNotAReference),
        ("@nobody_here", Msg::AdminGateErrorNotFound { name: "@nobody_here".to_owned() }),
    ] {
        khalid.says(said).await;
        let again = khalid.sees(refusal).await;
        assert!(again.text.contains(&Msg::AdminGateAsk.plain(Default::default())));
    }
    assert_eq!((w.database.wizards().await, stored(&w).await.len()), (1, 0));
    w.ends().await;
}

#[tokio::test]
async fn a_chat_that_does_not_fit_is_refused_with_a_reason() {
    let w = World::builder().operator("خالد").start().await;
    let khalid = w.operator();
    let title = "مجموعة".to_owned();
    channel_with_bot(&w, ChannelPlan::group(&title, "qura_group")).await;
    let foreign = w.channel(ChannelPlan::public("غريبة", "foreign_news")).await;
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.says("@qura_group").await;
    khalid.sees(Msg::AdminGateErrorNotAChannel { title }).await;
    khalid.says("@foreign_news").await;
    khalid.sees(Msg::AdminGateErrorNotAdministrator { title: foreign.title.clone() }).await;
    // Mended, and named again: the wizard is still there.
    foreign.appoints_the_bot().await;
    khalid.says("@foreign_news").await;
    is_told(&khalid, &foreign).await;
    w.ends().await;
}

#[tokio::test]
async fn a_private_channel_where_the_bot_may_not_invite_is_refused() {
    let mut w = World::builder().operator("خالد").start().await;
    w.expects_refusal("exportChatInviteLink", "not enough rights");
    let (khalid, channel) = (w.operator(), w.channel(ChannelPlan::private("سرية")).await);
    channel.appoints_the_bot_with(&["can_post_messages"]).await;
    khalid.joins(&channel).await;
    let post = channel.posts("أهلًا").await;
    begins_to_add(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.forwards(&channel, post).await;
    khalid.sees(Msg::AdminGateErrorNoInviteRight { title: channel.title.clone() }).await;
    assert_eq!(stored(&w).await.len(), 0);
    w.ends().await;
}

#[tokio::test]
async fn neither_the_same_channel_twice_nor_an_eleventh() {
    let mut builder = World::builder().gate_off().operator("خالد");
    for number in 0..10 {
        builder = builder.gate(ChannelPlan::public(&format!("قناة {number}"), &format!("channel_{number}")));
    }
    let w = builder.start().await;
    let khalid = w.operator();
    channel_with_bot(&w, ChannelPlan::public("الحادية عشرة", "the_eleventh")).await;
    begins_to_add(&khalid, Msg::AdminGateOff { count: 10 }).await;
    khalid.says("@channel_3").await;
    khalid.sees(Msg::AdminGateErrorAlreadyAdded { title: "قناة 3".to_owned() }).await;
    khalid.says("@the_eleventh").await;
    khalid.sees(Msg::AdminGateErrorTooMany { count: 10 }).await;
    assert_eq!(stored(&w).await.len(), 10);
    w.ends().await;
}
