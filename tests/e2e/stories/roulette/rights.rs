//! Rights that are lost while a lottery runs, chats that others take over, links that cannot be removed.

use qura_i18n::Msg;

use super::{FORGED, managed, opened, opens_the_card, organizing, state_of};
use crate::stories::channels::{adds, opens_the_list};
use crate::world::{Channel, ChannelPlan, LotteryPlan, World};

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
    layla.sees(Msg::ChannelsTitleEmpty).await;
    w.settles().await;
    let owner: Vec<(i64,)> = w.database.rows("SELECT organizer_id FROM lotteries").await;
    assert_eq!(owner, [(mona.id(),)]);
    opens_the_list(&mona).await;
    w.ends().await;
}

/// Telegram told, later than anybody looks, that the bot is out of a chat.
pub async fn is_known_to_be_lost(w: &World, channel: &Channel) {
    let sql = "UPDATE channels SET bot = '\"left\"', checked_at = 9000000000000000 WHERE chat_id";
    w.database.runs(&format!("{sql} = {}", channel.id)).await;
}

#[tokio::test]
async fn what_is_lost_between_the_look_and_the_word_is_not_resumed() {
    let (w, channel, sara, _) = opened(LotteryPlan::simple()).await;
    let condition = w.channel(ChannelPlan::public("قناة الشرط", "condition_chan")).await;
    condition.appoints_the_bot().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&condition)).await;
    channel.appoints(&sara).await;
    w.lottery_becomes(&lottery, "paused").await;
    opens_the_card(&sara, "المتوقفة").await;
    is_known_to_be_lost(&w, &condition).await;
    sara.presses("استئناف").await.alerts(Msg::ManageConditionLostAlert);
    is_known_to_be_lost(&w, &channel).await;
    sara.presses("استئناف").await.alerts(Msg::ManageLackingAlert);
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await.0, "paused");
    w.ends().await;
}

#[tokio::test]
async fn what_is_lost_while_the_post_is_sent_is_paused_at_once() {
    let w = World::open().await;
    let (sara, news) = organizing::organizer(&w).await;
    organizing::begins(&sara, &news).await;
    organizing::skips_and_fills(&sara, "سحب").await;
    is_known_to_be_lost(&w, &news).await;
    organizing::confirms(&sara).await;
    w.comes_true("the organizer hears of it", async || {
        let code = organizing::code(&w).await;
        sara.count(Msg::LotteryPausedRights { code }).await == 1
    })
    .await;
    let states: Vec<(String, Option<String>)> =
        w.database.rows("SELECT state, pause_reason FROM lotteries").await;
    assert_eq!(states, [paused_for("rights_lost")]);
    w.ends().await;
}

#[tokio::test]
async fn who_is_no_member_of_a_private_condition_channel_resumes_all_the_same() {
    let (w, channel, sara, _) = opened(LotteryPlan::simple()).await;
    let condition = w.channel(ChannelPlan::private("قناة الشرط")).await;
    condition.appoints_the_bot().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&condition)).await;
    channel.appoints(&sara).await;
    w.lottery_becomes(&lottery, "paused").await;
    opens_the_card(&sara, "المتوقفة").await;
    sara.presses("استئناف").await.is_quiet();
    sara.sees(Msg::ManageResumed).await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn going_on_without_a_condition_gives_up_what_was_shown_and_no_more() {
    let (mut w, channel, sara, _) = opened(LotteryPlan::simple()).await;
    w.expected.tolerated.push("bot was kicked");
    w.expected.tolerated.push("bot is not a member");
    let mut plan = LotteryPlan::simple();
    let mut conditions = Vec::new();
    for (title, name) in [("الأولى", "first_chan"), ("الثانية", "second_chan"), ("الثالثة", "third_chan")]
    {
        let condition = w.channel(ChannelPlan::public(title, name)).await;
        condition.appoints_the_bot().await;
        plan = plan.channel(&condition);
        conditions.push(condition);
    }
    let lottery = w.lottery(&sara, &channel, plan).await;
    channel.appoints(&sara).await;
    w.lottery_becomes(&lottery, "paused").await;
    opens_the_card(&sara, "المتوقفة").await;
    conditions[0].removes_the_bot().await;
    sara.presses("استئناف").await.alerts(Msg::ManageLackingAlert);
    let shown = sara.sees(Msg::ManageNotResumed).await;
    assert!(shown.text.contains("الأولى") && !shown.text.contains("الثانية"), "{}", shown.text);
    conditions[1].removes_the_bot().await;
    sara.presses(Msg::ManageResumeWithout).await.alerts(Msg::ManageLackingAlert);
    sara.sees_text("الثانية").await;
    let left = async || {
        let rows: Vec<(Option<i64>,)> =
            w.database.rows("SELECT chat_id FROM lottery_conditions ORDER BY position").await;
        rows.into_iter().filter_map(|(chat,)| chat).collect::<Vec<_>>()
    };
    assert_eq!(left().await.len(), 3);
    sara.presses(Msg::ManageResumeWithout).await.is_quiet();
    sara.sees(Msg::ManageResumed).await;
    assert_eq!(left().await, [conditions[2].id]);
    w.ends().await;
}

#[tokio::test]
async fn of_two_administrators_who_take_over_at_once_one_has_it() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    let heirs = [w.member("منى").await, w.member("ليلى").await];
    for heir in &heirs {
        channel.appoints(heir).await;
        adds(heir, &channel).await;
    }
    channel.dismisses(&sara).await;
    for heir in &heirs {
        heir.presses("تولّي").await.is_quiet();
        heir.sees(Msg::ChannelsTakeOver { code: lottery.code.clone() }).await;
    }
    let [mona, laila] = &heirs;
    tokio::join!(mona.presses("تأكيد"), laila.presses("تأكيد"));
    w.settles().await;
    let took = [mona.count(Msg::ChannelsTookOver).await, laila.count(Msg::ChannelsTookOver).await];
    assert_eq!(took.iter().sum::<usize>(), 1, "{took:?}");
    let heir = if took[0] == 1 { mona } else { laila };
    let owner: Vec<(i64,)> = w.database.rows("SELECT organizer_id FROM lotteries").await;
    assert_eq!(owner, [(heir.id(),)]);
    assert_eq!(super::acts(&w, "lottery.take_over").await.len(), 1);
    assert_eq!(sara.count(Msg::ManageTakenOver { code: lottery.code.clone() }).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn everything_that_runs_in_a_chat_is_reached_page_by_page() {
    let (w, channel, sara, _) = managed(LotteryPlan::simple()).await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(w.lottery(&sara, &channel, LotteryPlan::simple()).await.code);
    }
    let last = codes.pop().unwrap();
    let first = adds(&sara, &channel).await;
    assert!(!first.text.contains(&last), "{}", first.text);
    sara.presses(Msg::NavOlder).await.is_quiet();
    let second = sara.sees_text(&last).await;
    second.button(&last);
    assert!(!second.text.contains(&codes[0]), "{}", second.text);
    sara.presses(Msg::NavNewer).await.is_quiet();
    sara.sees_text(&codes[0]).await;
    w.ends().await;
}
