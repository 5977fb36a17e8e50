//! What the wizard does not take, and from whom.

use qura_i18n::Msg;

use super::organizing::{begins, code, organizer, publishes, skips_and_fills, states};
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn conditions_that_cannot_be_are_refused_with_their_reason() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let strange = w.channel(ChannelPlan::public("غريبة", "qura_strange")).await;
    strange.appoints_the_bot().await;
    let lacking = w.channel(ChannelPlan::public("ناقصة", "qura_lacking")).await;
    lacking.appoints(&sara).await;
    let talk = w.channel(ChannelPlan::group("نقاش", "qura_talk")).await;
    talk.appoints(&sara).await;
    talk.appoints_the_bot().await;
    begins(&sara, &news).await;
    sara.presses(Msg::RouletteConditionChannel).await.is_quiet();
    sara.sees(Msg::RouletteAskChannel).await;
    for (typed, said) in [
        ("قناتي", Msg::ChannelsErrorNotAReference),
        ("https://t.me/+AbCdEf012345", Msg::ChannelsErrorPrivateLink),
        ("@qura_talk", Msg::RouletteErrorNotAChannel { title: "نقاش".into() }),
        ("@qura_strange", Msg::ChannelsObstaclePersonNotAdministrator),
        ("@qura_lacking", Msg::ChannelsObstacleBotNotAdministrator),
    ] {
        sara.says(typed).await;
        sara.sees(said).await;
    }
    sara.says("@qura_news").await;
    sara.sees(Msg::RouletteConditionAdded { title: "أخبار".into() }).await;
    sara.presses(Msg::RouletteConditionChannel).await.is_quiet();
    sara.sees(Msg::RouletteAskChannel).await;
    sara.says("@qura_news").await;
    sara.sees(Msg::RouletteErrorTwice).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteConditions).await;
    sara.presses("الاشتراك في روليت آخر").await.is_quiet();
    sara.sees(Msg::RouletteAskLottery).await;
    let own = code(&w).await;
    for (typed, said) in [
        ("السحب الأول", Msg::RouletteErrorNotACode),
        ("AbCd1234", Msg::RouletteErrorUnknown),
        (&*own, Msg::RouletteErrorCircle),
    ] {
        sara.says(typed).await;
        sara.sees(said).await;
    }
    w.ends().await;
}

#[tokio::test]
async fn wrong_numbers_and_times_are_named_and_the_step_stays() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    sara.says("سحب").await;
    sara.sees(Msg::RouletteWinners { current: 1 }).await;
    for typed in ["0", "101", "خمسة", "1.5", "-3"] {
        sara.says(typed).await;
        sara.sees(Msg::RouletteErrorNumber { from: 1, to: 100 }).await;
    }
    sara.says("100").await;
    sara.sees(Msg::RouletteReserves { current: 100 }).await;
    sara.says("101").await;
    sara.sees(Msg::RouletteErrorNumber { from: 0, to: 100 }).await;
    sara.says("0").await;
    sara.sees(Msg::RouletteSettings { winners: 100, reserves: 0 }).await;
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("بعد ساعة").await;
    for (typed, said) in [
        ("قريبًا", Msg::RouletteErrorMoment),
        ("2099-02-30 20:00", Msg::RouletteErrorNoSuchTime),
        ("2020-01-01 20:00", Msg::RouletteSettingsPast),
        ("2099-01-01 20:00", Msg::RouletteSettingsTooFar),
    ] {
        sara.says(typed).await;
        sara.sees(said).await;
    }
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteSettings { winners: 100, reserves: 0 }).await;
    sara.presses("السحب التلقائي").await.is_quiet();
    sara.sees(Msg::RouletteAskDraw).await;
    sara.presses("عند اكتمال عدد").await.is_quiet();
    sara.sees(Msg::RouletteAskDrawCount).await;
    sara.says("0").await;
    sara.sees(Msg::RouletteErrorNumber { from: 1, to: 1_000_000 }).await;
    sara.says("50").await;
    sara.sees(Msg::RouletteSettings { winners: 100, reserves: 0 }).await;
    // Each value is fine, and together they are not.
    sara.presses("التالي").await;
    sara.sees(Msg::RouletteSettingsFewer).await.button("إعادة الفحص");
    w.ends().await;
}

#[tokio::test]
async fn nothing_is_published_without_a_template() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let screen = begins(&sara, &news).await;
    let code = code(&w).await;
    sara.forges_a_press(&screen, &format!("roul:publish:{code}")).await;
    sara.sees(Msg::RouletteCheckNoTemplate).await;
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    let mut w = w;
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    w.ends().await;
}

#[tokio::test]
async fn another_person_presses_nothing_of_it() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب سارة").await;
    let code = code(&w).await;
    let mallory = w.member("منصور").await;
    let menu = mallory.chat().await.pop().unwrap();
    for data in [
        format!("roul:go:{code}:set"),
        format!("roul:go:{code}:view"),
        format!("roul:turn:{code}:who"),
        format!("roul:win:{code}:7"),
        format!("roul:dcount:{code}:10"),
        format!("roul:pick:{}:{code}", news.id),
        format!("roul:pick:{}:", news.id),
        format!("roul:publish:{code}"),
        format!("roul:check:{code}"),
        format!("roul:card:{code}"),
        format!("roul:back:{code}"),
        format!("roul:copy:{code}"),
        format!("roul:discard:{code}"),
        format!("roul:gone:{code}"),
        format!("mine:after:drafts:{code}"),
    ] {
        mallory.forges_a_press(&menu, &data).await;
        w.settles().await;
    }
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    let all = super::organizing::settings(&w).await;
    assert_eq!((all["winners"].as_i64(), all["audience"].as_str()), (Some(1), Some("everyone")));
    for screen in mallory.chat().await {
        assert!(!screen.text.contains("سحب سارة"), "{}", screen.text);
    }
    assert!(w.counted("callbacks_forbidden_total").await >= 10.0);
    sara.presses("نوع المستخدمين").await.is_quiet();
    sara.sees_button("المميزين").await;
    publishes(&w, &sara, &news).await;
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    w.ends().await;
}
