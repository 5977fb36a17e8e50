//! Rights that are lost while a lottery runs, chats that others take over, links that cannot be removed.

use qura_i18n::Msg;

use super::{FORGED, managed, opened, opens_the_card, state_of};
use crate::stories::channels::{adds, opens_the_list};
use crate::world::{ChannelPlan, LotteryPlan};

fn paused_for(reason: &str) -> (String, Option<String>) {
    ("paused".to_owned(), Some(reason.to_owned()))
}

#[tokio::test]
async fn a_lost_right_pauses_is_told_once_and_a_recheck_resumes() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    adds(&sara, &channel).await;
    sara.looks_away().await;
    channel.appoints_the_bot_with(&["can_edit_messages"]).await;
    let lost = sara.sees(Msg::ChannelsLost { title: channel.title.clone() }).await;
    assert!(lost.text.contains(&lottery.code), "{}", lost.text);
    assert_eq!(state_of(&w, &lottery).await, paused_for("rights_lost"));
    w.comes_true("the post says so", async || {
        w.shown_labels(&lottery).await.iter().any(|label| label.contains("متوقف مؤقتًا"))
    })
    .await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    assert_eq!(state_of(&w, &lottery).await, paused_for("rights_lost"));
    sara.looks_away().await;
    channel.appoints_the_bot().await;
    sara.sees(Msg::ChannelsRegained { title: channel.title.clone() }).await;
    // It does not go on by itself.
    assert_eq!(state_of(&w, &lottery).await, paused_for("rights_lost"));
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRefreshed);
    sara.sees(Msg::ChannelsResumed).await;
    assert_eq!(state_of(&w, &lottery).await, ("open".to_owned(), None));
    let code = lottery.code.clone();
    assert_eq!(sara.count(Msg::LotteryPausedRights { code }).await, 0, "told by the other notice");
    w.ends().await;
}

#[tokio::test]
async fn an_organizer_who_did_not_link_the_chat_hears_of_it_too() {
    let (mut w, channel, sara, lottery) = opened(LotteryPlan::simple()).await;
    w.expected.tolerated.push("bot was kicked");
    w.expected.tolerated.push("bot is not a member");
    w.expected.tolerated.push("chat not found");
    channel.removes_the_bot().await;
    sara.sees(Msg::LotteryPausedRights { code: lottery.code.clone() }).await;
    w.settles().await;
    assert_eq!(sara.count(Msg::LotteryPausedRights { code: lottery.code.clone() }).await, 1);
    assert_eq!(state_of(&w, &lottery).await, paused_for("rights_lost"));
    w.ends().await;
}

#[tokio::test]
async fn a_condition_chat_that_throws_the_bot_out_pauses_what_rests_on_it() {
    let (mut w, channel, sara, _) = opened(LotteryPlan::simple()).await;
    let condition = w.channel(ChannelPlan::public("قناة الشرط", "condition_chan")).await;
    condition.appoints_the_bot().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&condition)).await;
    w.expected.tolerated.push("bot was kicked");
    w.expected.tolerated.push("bot is not a member");
    sara.looks_away().await;
    condition.removes_the_bot().await;
    sara.sees(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await;
    assert_eq!(state_of(&w, &lottery).await, paused_for("condition_lost"));
    channel.appoints(&sara).await;
    opens_the_card(&sara, "المتوقفة").await;
    sara.presses("استئناف").await.alerts(Msg::ManageLackingAlert);
    sara.sees(Msg::ManageNotResumed).await;
    condition.appoints_the_bot().await;
    w.settles().await;
    sara.presses("إعادة الفحص").await.is_quiet();
    sara.sees(Msg::ManageResumed).await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    assert_eq!(sara.count(Msg::LotteryPausedCondition { code: lottery.code.clone() }).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_chat_where_something_runs_keeps_its_link() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    adds(&sara, &channel).await;
    sara.presses("حذف").await.is_quiet();
    sara.sees(Msg::ChannelsRemoveConfirm { title: channel.title.clone() }).await;
    sara.presses("تأكيد").await.alerts(Msg::ChannelsRemoveRunningAlert);
    let card = sara.sees(Msg::ChannelsRemoveRunning).await;
    assert!(card.text.contains(&lottery.code), "{}", card.text);
    card.button(&lottery.code);
    w.lottery_becomes(&lottery, "announced").await;
    sara.presses("حذف").await.is_quiet();
    sara.sees(Msg::ChannelsRemoveConfirm { title: channel.title.clone() }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ChannelsRemoved { title: channel.title.clone() }).await;
    w.ends().await;
}

#[tokio::test]
async fn another_administrator_takes_over_once_the_organizer_is_none() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    let mona = w.member("منى").await;
    channel.appoints(&mona).await;
    adds(&mona, &channel).await;
    mona.presses("تولّي").await.alerts(Msg::ChannelsTakeOverKeptAlert);
    channel.dismisses(&sara).await;
    mona.presses("تولّي").await.is_quiet();
    mona.sees(Msg::ChannelsTakeOver { code: lottery.code.clone() }).await;
    sara.looks_away().await;
    mona.presses("تأكيد").await.is_quiet();
    mona.sees(Msg::ChannelsTookOver).await;
    sara.sees(Msg::ManageTakenOver { code: lottery.code.clone() }).await;
    mona.presses("إيقاف مؤقت").await.is_quiet();
    mona.sees(Msg::ManagePaused).await;
    // Pressed by a stranger, it is nobody's.
    let layla = w.member("ليلى").await;
    layla.starts().await;
    let screen = layla.sees(layla.menu()).await;
    layla.forges_a_press(&screen, &format!("chan:taken:{}", lottery.code)).await;
    w.settles().await;
    let owner: Vec<(i64,)> = w.database.rows("SELECT organizer_id FROM lotteries").await;
    assert_eq!(owner, [(mona.id(),)]);
    opens_the_list(&mona).await;
    w.ends().await;
}
