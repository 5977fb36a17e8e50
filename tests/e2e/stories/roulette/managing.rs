//! The card of a lottery that runs: pause, resume, draw, edit, publish again, cancel; and who may.

use qura_i18n::Msg;

use super::{FORGED, JOIN, acts, managed, opens_the_card, state_of, subscriber};
use crate::world::draw::DrawPlan;
use crate::world::{Lottery, LotteryPlan, Screen, World};

#[tokio::test]
async fn paused_nobody_joins_and_resumed_people_do() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    sara.presses("إيقاف مؤقت").await.is_quiet();
    sara.sees(Msg::ManagePaused).await;
    assert_eq!(state_of(&w, &lottery).await, ("paused".to_owned(), Some("organizer".to_owned())));
    w.comes_true("the post says so", async || {
        w.shown_labels(&lottery).await.iter().any(|label| label.contains("متوقف مؤقتًا"))
    })
    .await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.starts_with(&lottery.payload()).await;
    w.settles().await;
    assert_eq!(w.tickets().await, []);
    let commitment = lottery.commitment.clone();
    laila.presses_post(&lottery, "متوقف").await.alerts(Msg::PostPausedAlert { count: 0, commitment });
    sara.presses("استئناف").await.is_quiet();
    sara.sees(Msg::ManageResumed).await;
    w.comes_true("it can be joined", async || {
        w.shown_labels(&lottery).await.iter().any(|label| label.contains(JOIN))
    })
    .await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(acts(&w, "lottery.").await, ["lottery.pause", "lottery.resume"]);
    w.ends().await;
}

#[tokio::test]
async fn an_old_button_and_somebody_elses_do_nothing() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    let card = opens_the_card(&sara, "الجارية").await;
    sara.presses("إيقاف مؤقت").await.is_quiet();
    sara.sees(Msg::ManagePaused).await;
    // Whatever the screen shows by now.
    sara.forges_a_press(&card, &format!("mng:pause:{}", lottery.code)).await;
    w.settles().await;
    assert_eq!(acts(&w, "lottery.").await, ["lottery.pause"]);
    // An administrator of the channel, too, is not the organizer.
    let mona = w.member("منى").await;
    channel.appoints(&mona).await;
    let before = w.counted("callbacks_forbidden_total").await;
    mona.starts().await;
    let screen = mona.sees(mona.menu()).await;
    let code = &lottery.code;
    let forged = [
        format!("mng:go:{code}"),
        format!("mng:do:{code}:cancel"),
        format!("mng:do:{code}:draw"),
        format!("mng:do:{code}:post"),
        format!("mng:win:{code}:5"),
        format!("mng:allok:{code}"),
        format!("mng:outok:{code}"),
        format!("mng:file:{code}:csv"),
        format!("mng:list:{code}:all"),
        format!("roul:card:{code}"),
    ];
    for data in &forged {
        mona.forges_a_press(&screen, data).await;
    }
    // What is no code is no button at all.
    mona.forges_a_press(&screen, "mng:do:no:cancel").await;
    w.settles().await;
    assert_eq!(w.counted("callbacks_forbidden_total").await - before, forged.len() as f64);
    assert_eq!(state_of(&w, &lottery).await.0, "paused");
    assert_eq!(acts(&w, "lottery.").await, ["lottery.pause"]);
    w.ends().await;
}

#[tokio::test]
async fn who_is_no_administrator_any_more_changes_nothing() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    channel.dismisses(&sara).await;
    sara.presses("إيقاف مؤقت").await.alerts(Msg::ManageLackingAlert);
    sara.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    w.settles().await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn cancelled_the_post_says_so_and_what_rests_on_it_pauses() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    let mona = w.member("منى").await;
    let resting = w.lottery(&mona, &channel, LotteryPlan::simple().lottery(&lottery)).await;
    mona.looks_away().await;
    sara.presses("إلغاء السحب").await.is_quiet();
    sara.sees(Msg::ManageCancelConfirm { count: 0 }).await.has_buttons(&[
        "تأكيد",
        "إلغاء",
        "رجوع",
        "الرئيسية",
    ]);
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageCancelled).await;
    w.comes_true("the post says so", async || {
        w.shown_labels(&lottery).await.iter().any(|label| label.contains("أُلغي السحب"))
    })
    .await;
    mona.sees(Msg::LotteryPausedCondition { code: resting.code.clone() }).await;
    assert_eq!(state_of(&w, &resting).await, ("paused".to_owned(), Some("condition_lost".to_owned())));
    // Its organizer may give the condition up.
    opens_the_card(&mona, "المتوقفة").await;
    channel.appoints(&mona).await;
    mona.presses("استئناف").await.alerts(Msg::ManageLackingAlert);
    mona.sees(Msg::ManageNotResumed).await;
    mona.presses(Msg::ManageResumeWithout).await.is_quiet();
    mona.sees(Msg::ManageResumed).await;
    assert_eq!(state_of(&w, &resting).await.0, "open");
    let conditions: Vec<(i64,)> = w.database.rows("SELECT lottery_id FROM lottery_conditions").await;
    assert_eq!(conditions, []);
    w.ends().await;
}

#[tokio::test]
async fn numbers_and_the_end_are_changed_by_buttons_and_by_typing() {
    let (w, _, sara, lottery) = managed(LotteryPlan::simple()).await;
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    sara.presses("عدد الفائزين").await.is_quiet();
    sara.sees(Msg::RouletteWinners { current: 1 }).await;
    sara.says("كثير").await;
    sara.sees(Msg::RouletteErrorNumber { from: 1, to: 100 }).await;
    sara.says("٧").await;
    sara.sees(Msg::ManageEdited).await;
    sara.presses("الاحتياط").await.is_quiet();
    sara.sees(Msg::RouletteReserves { current: 7 }).await;
    sara.presses("20").await.is_quiet();
    sara.sees(Msg::ManageEdited).await;
    sara.presses("النهاية").await.is_quiet();
    let ask = sara.sees_button("إلغاء").await;
    assert!(ask.rows.iter().all(|row| row.len() <= 2), "words need room: {ask:?}");
    // Fewer than winners.
    sara.says("5").await;
    sara.sees(Msg::RouletteSettingsFewer).await;
    sara.says("500").await;
    sara.sees(Msg::ManageEndAtCount { number: 500 }).await;
    let settings: Vec<(String,)> = w.database.rows("SELECT settings FROM lotteries").await;
    let settings: serde_json::Value = serde_json::from_str(&settings[0].0).unwrap();
    assert_eq!((&settings["winners"], &settings["reserves"]), (&7.into(), &20.into()));
    assert_eq!(settings["auto_draw"]["at_count"], 500);
    let expected = ["lottery.edit_winners", "lottery.edit_reserves", "lottery.edit_end"];
    assert_eq!(acts(&w, "lottery.").await, expected);
    // Once it is closed, the old screen is told so.
    w.lottery_becomes(&lottery, "frozen").await;
    sara.presses("عدد الفائزين").await.alerts(Msg::ManageNotNowAlert);
    w.ends().await;
}

#[tokio::test]
async fn a_new_template_is_on_the_post() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    sara.presses("كليشة").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    sara.says("سحب على سيارة").await;
    sara.sees(Msg::ManageEdited).await;
    w.comes_true("the post has it", async || {
        channel.message(lottery.post).await["text"].as_str().unwrap().contains("سحب على سيارة")
    })
    .await;
    w.ends().await;
}

/// The post that the lottery has now.
async fn post_of(w: &World) -> Option<i64> {
    let rows: Vec<(Option<i64>,)> = w.database.rows("SELECT message_id FROM lotteries").await;
    rows[0].0
}

#[tokio::test]
async fn published_again_the_old_post_leads_to_the_new_one() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    sara.presses("إعادة نشر").await.is_quiet();
    sara.sees(Msg::ManageRepublishConfirm).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageRepublishOrdered).await;
    w.comes_true("there is a new post", async || post_of(&w).await != Some(lottery.post)).await;
    w.settles().await;
    let new = post_of(&w).await.unwrap();
    let old = Screen::of(&channel.message(lottery.post).await);
    assert_eq!(old.labels().len(), 1, "{old:?}");
    assert_eq!(old.rows[0][0].url.as_deref(), Some(format!("https://t.me/sara_channel/{new}").as_str()));
    let laila = subscriber(&w, &channel, "ليلى").await;
    let moved = Lottery { post: new, ..lottery.clone() };
    laila.joins_lottery(&moved).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.post_shows(&moved, 1).await;
    assert_eq!(acts(&w, "lottery.").await, ["lottery.republish", "lottery.posted"]);
    w.ends().await;
}

#[tokio::test]
async fn a_post_deleted_by_hand_is_published_again_from_the_notice() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.control.delete(&format!("/chats/{}/messages/{}", channel.id, lottery.post)).await;
    w.expects_refusal("editMessageText", "message to edit not found");
    let laila = subscriber(&w, &channel, "ليلى").await;
    sara.looks_away().await;
    laila.starts_with(&lottery.payload()).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    sara.sees(Msg::LotteryPostLost { code: lottery.code.clone() }).await;
    sara.presses("إعادة نشر").await.is_quiet();
    sara.sees(Msg::ManageRepublishConfirm).await;
    sara.presses("تأكيد").await.is_quiet();
    w.comes_true("there is a new post", async || post_of(&w).await.is_some()).await;
    let moved = Lottery { post: post_of(&w).await.unwrap(), ..lottery.clone() };
    w.post_shows(&moved, 1).await;
    w.ends().await;
}

#[tokio::test]
async fn the_draw_is_asked_about_and_ordered_once() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(3).open(&w).await;
    w.program_starts();
    // The organizer had started the bot before it ran.
    w.settles().await;
    let organizer = &lottery.organizer;
    w.expected.tolerated.push(FORGED);
    opens_the_card(organizer, "الجارية").await;
    organizer.presses("سحب الفائزين").await.is_quiet();
    let ask = organizer.sees(Msg::ManageDrawConfirm { count: 3 }).await;
    organizer.presses("إلغاء").await.is_quiet();
    organizer.sees_button("سحب الفائزين").await;
    assert_eq!(w.state_of(&lottery).await, "open");
    let press = format!("mng:do:{}:draw", lottery.code);
    organizer.forges_a_press(&ask, &press).await;
    let card = organizer.sees(Msg::ManageDrawOrdered).await;
    assert!(!card.labels().iter().any(|label| label.contains("سحب الفائزين")), "{card:?}");
    organizer.forges_a_press(&ask, &press).await;
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn what_was_cancelled_is_found_among_the_ended_and_looked_at() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expects_refusal("editMessageText", "message to edit not found");
    // A post that is gone is nothing to publish again, once it is cancelled.
    w.control.delete(&format!("/chats/{}/messages/{}", channel.id, lottery.post)).await;
    sara.presses("إلغاء السحب").await.is_quiet();
    sara.sees(Msg::ManageCancelConfirm { count: 0 }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageCancelled).await;
    let card = opens_the_card(&sara, "المنتهية").await;
    assert!(card.labels().iter().all(|label| !label.contains("استئناف") && !label.contains("إلغاء السحب")));
    sara.presses("المشتركون").await.is_quiet();
    sara.sees_button("بحث").await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees_button("تقرير").await;
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees_button("نسخ").await;
    sara.presses("نسخ").await.is_quiet();
    sara.sees(Msg::RouletteCopied).await;
    w.settles().await;
    assert_eq!(sara.count(Msg::LotteryPostLost { code: lottery.code.clone() }).await, 0);
    w.ends().await;
}

#[tokio::test]
async fn an_end_at_a_number_that_is_reached_already_is_refused() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    for name in ["ليلى", "منى"] {
        let person = subscriber(&w, &channel, name).await;
        person.joins_lottery(&lottery).await;
        person.sees_button("انسحاب").await;
    }
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
    sara.presses("النهاية").await.is_quiet();
    sara.sees_button("إلغاء").await;
    sara.says("2").await;
    sara.sees(Msg::ManageCountReachedAlert).await;
    sara.says("3").await;
    sara.sees(Msg::ManageEndAtCount { number: 3 }).await;
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn an_operator_is_offered_nothing_that_only_the_organizer_may_do() {
    let mut w = World::builder().operator("مشغّل").start().await;
    w.expected.tolerated.push(FORGED);
    let channel = w.channel(crate::world::ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple()).await;
    w.lottery_becomes(&lottery, "announced").await;
    let operator = w.operator();
    let menu = operator.sees(operator.menu()).await;
    operator.forges_a_press(&menu, &format!("roul:card:{}", lottery.code)).await;
    let card = operator.sees_button("تقرير").await;
    assert!(card.labels().iter().all(|label| !label.contains("نسخ")), "{card:?}");
    opens_the_card(&sara, "المنتهية").await.button("نسخ");
    w.ends().await;
}
