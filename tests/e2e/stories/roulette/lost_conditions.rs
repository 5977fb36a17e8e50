//! What a condition rests on ends, or throws the bot out, between rehearsal and publication: the organizer
//! hears which, and nothing is published.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::Value;

use super::organizing::{begins, code, fills, organizer, publishes, schedules, skips_and_fills, states};
use crate::world::{Channel, ChannelPlan, Person, World};

/// A channel of hers in which the bot is an administrator, too.
async fn sport(w: &World, sara: &Person) -> Channel {
    let sport = w.channel(ChannelPlan::public("رياضة", "qura_sport")).await;
    sport.appoints(sara).await;
    sport.appoints_the_bot().await;
    sport
}

/// A draft with one condition, in front of its grid.
async fn demands(sara: &Person, news: &Channel, button: Msg, ask: Msg, answer: &str) {
    begins(sara, news).await;
    sara.presses(button).await.is_quiet();
    sara.sees(ask).await;
    sara.says(answer).await;
    sara.sees(Msg::RouletteConditions).await;
    fills(sara, "سحب مشروط").await;
}

/// It is a draft again, whose organizer heard why, once; and the channel nothing.
async fn is_given_back(w: &World, sara: &Person, posts: usize, news: &Channel, why: Msg) {
    let told = sara.sees(Msg::RouletteNotPublished).await;
    let why = why.plain(Default::default());
    assert!(told.text.contains(&why), "«{why}» is not in «{}»", told.text);
    w.is_all_said().await;
    assert_eq!(sara.count(Msg::RouletteNotPublished).await, 1);
    assert_eq!(states(w).await.last(), Some(&("draft".to_owned(), None)));
    assert_eq!(news.posts_of_the_bot(w).await.len(), posts);
    let kept: Vec<(Option<String>,)> =
        w.database.rows("SELECT commitment FROM lotteries ORDER BY created_at DESC, id DESC LIMIT 1").await;
    assert_eq!(kept, [(None,)], "it is committed to nothing");
}

#[tokio::test]
async fn a_condition_channel_that_throws_the_bot_out_before_the_time_is_named() {
    let mut w = World::open().await;
    w.expected.tolerated.extend(["bot was kicked", "bot is not a member"]);
    let (sara, news) = organizer(&w).await;
    let sport = sport(&w, &sara).await;
    let ask = Msg::RouletteAskChannel;
    demands(&sara, &news, Msg::RouletteConditionChannel, ask, "@qura_sport").await;
    schedules(&sara).await;
    sport.removes_the_bot().await;
    w.settles().await;
    sara.looks_away().await;
    w.passes(Duration::from_secs(3_700)).await;
    is_given_back(&w, &sara, 0, &news, Msg::ChannelsObstacleBotNotAdministrator).await;
    // With the bot back in it, it is published.
    sport.appoints_the_bot().await;
    sara.presses("إدارة السحب").await.is_quiet();
    sara.sees_button("متابعة المسودة").await;
    sara.presses("متابعة المسودة").await.is_quiet();
    sara.sees_button("موعد النشر").await;
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("الآن").await;
    sara.presses("الآن").await.is_quiet();
    sara.sees_button("السحب التلقائي").await;
    publishes(&w, &sara, &news).await;
    w.ends().await;
}

#[tokio::test]
async fn a_channel_to_be_boosted_that_dismisses_its_organizer_before_the_time_is_named() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let sport = sport(&w, &sara).await;
    demands(&sara, &news, Msg::RouletteConditionBoost, Msg::RouletteAskBoost, "@qura_sport").await;
    schedules(&sara).await;
    sport.dismisses(&sara).await;
    w.settles().await;
    sara.looks_away().await;
    w.passes(Duration::from_secs(3_700)).await;
    is_given_back(&w, &sara, 0, &news, Msg::ChannelsObstaclePersonNotAdministrator).await;
    w.ends().await;
}

/// A lottery that is open, and a draft that demands it.
async fn resting() -> (World, Person, Channel, String, Value) {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب أول").await;
    let first = publishes(&w, &sara, &news).await;
    let code = code(&w).await;
    demands(&sara, &news, Msg::RouletteConditionLottery, Msg::RouletteAskLottery, &code).await;
    (w, sara, news, code, first)
}

async fn ends(w: &World, code: &str) {
    w.database
        .runs(&format!(
            "UPDATE lotteries SET state = 'announced' WHERE code = '{code}';
             UPDATE lottery_counters SET entrance = 'closed', shown = -1
             WHERE lottery_id IN (SELECT id FROM lotteries WHERE code = '{code}')"
        ))
        .await;
}

#[tokio::test]
async fn another_lottery_that_ends_before_the_time_is_named() {
    let (mut w, sara, news, first, _) = resting().await;
    schedules(&sara).await;
    ends(&w, &first).await;
    w.settles().await;
    sara.looks_away().await;
    w.passes(Duration::from_secs(3_700)).await;
    is_given_back(&w, &sara, 1, &news, Msg::RouletteCheckEnded { code: first }).await;
    w.ends().await;
}

#[tokio::test]
async fn what_ends_between_the_preview_and_the_word_stops_it_there() {
    let (w, sara, news, first, _) = resting().await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    ends(&w, &first).await;
    sara.presses("تأكيد وبدء السحب").await.toasts(Msg::ChannelsRecheckLacking);
    sara.sees(Msg::RoulettePreviewLacking).await;
    sara.sees(Msg::RouletteCheckEnded { code: first }).await;
    assert_eq!(states(&w).await[1], ("draft".to_owned(), None));
    assert_eq!(news.posts_of_the_bot(&w).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn what_is_lost_between_the_preview_and_the_word_stops_it_there() {
    let mut w = World::open().await;
    w.expected.tolerated.extend(["bot was kicked", "bot is not a member"]);
    let (sara, news) = organizer(&w).await;
    let sport = sport(&w, &sara).await;
    let ask = Msg::RouletteAskChannel;
    demands(&sara, &news, Msg::RouletteConditionChannel, ask, "@qura_sport").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    sport.removes_the_bot().await;
    w.settles().await;
    sara.presses("تأكيد وبدء السحب").await.toasts(Msg::ChannelsRecheckLacking);
    sara.sees(Msg::RoulettePreviewLacking).await;
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    sport.appoints_the_bot().await;
    w.settles().await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRefreshed);
    sara.sees(Msg::RoulettePreviewReady).await;
    sara.presses("تأكيد وبدء السحب").await;
    sara.sees_button("فتح المنشور").await;
    w.ends().await;
}
