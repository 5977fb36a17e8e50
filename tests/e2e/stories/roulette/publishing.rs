//! Publication: once whatever is killed when, at its time, with the rights of that moment; and the post.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use super::organizing::{begins, code, is_scheduled, organizer, publishes, skips_and_fills, states};
use crate::world::World;

#[tokio::test]
async fn the_organizer_hears_the_link_and_the_code() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    let post = publishes(&w, &sara, &news).await;
    let code = code(&w).await;
    let told = sara.sees(Msg::RoulettePublished { title: "أخبار".into(), code: code.clone() }).await;
    assert_eq!(told.button("فتح المنشور").url, Some(format!("https://t.me/qura_news/{}", post["id"])));
    sara.presses_on(&told, "إدارة السحب").await.is_quiet();
    sara.sees(Msg::RouletteCardCode { code }).await;
    // What it is committed to is kept, and so is who did what.
    let sql = "SELECT commitment, draw_mode FROM lotteries JOIN draw_secrets ON lottery_id = lotteries.id";
    let kept: Vec<(Option<String>, Option<i64>)> = w.database.rows(sql).await;
    assert!(kept.len() == 1 && kept[0].0.is_some() && kept[0].1.is_some(), "{kept:?}");
    let acts: Vec<_> = w.database.audit().await.into_iter().map(|row| (row.actor_id, row.action)).collect();
    assert_eq!(acts, [(Some(sara.id()), "lottery.confirm".to_owned()), (None, "lottery.publish".to_owned())]);
    w.ends().await;
}

#[tokio::test]
async fn the_count_tells_the_number_and_the_commitment() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    let post = publishes(&w, &sara, &news).await["id"].as_i64().unwrap();
    let stranger = w.person("غريب").await;
    stranger.joins(&news).await;
    let pressed = stranger.presses_in(news.id, post, "عدد المشتركين").await;
    let said = pressed.pressed["answer"]["text"].as_str().unwrap();
    assert!(said.contains("عدد المشتركين: 0") && said.chars().count() <= 200, "{said}");
    assert_eq!(pressed.pressed["answer"]["show_alert"], true);
    w.ends().await;
}

#[tokio::test]
async fn one_post_though_telegram_is_cut_off_before_it_takes_it() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    w.control
        .fault(json!({"kind": "cut_before", "method": "sendMessage", "chat": news.id, "count": 2}))
        .await;
    sara.presses("تأكيد وبدء السحب").await;
    sara.sees_button("فتح المنشور").await;
    assert_eq!(news.posts_of_the_bot(&w).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn killed_while_the_post_is_sent_it_is_published_and_what_came_twice_leads_to_it() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    // The post is there, and the program never hears so.
    let cut = json!({"kind": "cut_after", "method": "sendMessage", "chat": news.id, "count": 1});
    let cut = w.control.fault(cut).await;
    sara.presses("تأكيد وبدء السحب").await;
    w.comes_true("the post is sent", async || w.control.hits(cut).await > 0).await;
    w.program_is_killed();
    w.program_starts();
    // Whoever died held the job for as long as its lease.
    w.passes(Duration::from_secs(60)).await;
    sara.sees_button("فتح المنشور").await;
    let posts = news.posts_of_the_bot(&w).await;
    let valid = states(&w).await[0].1.unwrap();
    assert_eq!(posts.len(), 2, "one, and the one that nobody heard of");
    assert_eq!(posts[1]["id"].as_i64(), Some(valid));
    let older = posts[0]["id"].as_i64().unwrap();
    let stranger = w.person("غريب").await;
    stranger.joins(&news).await;
    stranger.presses_in(news.id, older, "عدد المشتركين").await;
    w.comes_true("the older one leads to the valid one", async || {
        let older = news.message(older).await;
        older["buttons"][0][0]["url"] == json!(format!("https://t.me/qura_news/{valid}"))
    })
    .await;
    w.ends().await;
}

#[tokio::test]
async fn killed_again_and_again_it_is_published_once_in_the_books() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    sara.presses("تأكيد وبدء السحب").await;
    for pause in [0, 3, 7, 13, 29] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        w.program_is_killed();
        w.program_starts();
        w.passes(Duration::from_secs(31)).await;
    }
    w.comes_true("it is open", async || states(&w).await[0].0 == "open").await;
    let valid = states(&w).await[0].1;
    let posts = news.posts_of_the_bot(&w).await;
    assert!(posts.iter().any(|post| post["id"].as_i64() == valid));
    let published =
        w.database.audit().await.into_iter().filter(|row| row.action == "lottery.publish").count();
    assert_eq!(published, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_scheduled_one_is_published_at_its_time_over_a_restart() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    is_scheduled(&sara, &news).await;
    assert_eq!(states(&w).await, [("scheduled".to_owned(), None)]);
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    w.program_is_killed();
    w.program_starts();
    w.passes(Duration::from_secs(3_500)).await;
    w.settles().await;
    assert!(news.posts_of_the_bot(&w).await.is_empty(), "too early");
    sara.looks_away().await;
    w.passes(Duration::from_secs(200)).await;
    sara.sees_button("فتح المنشور").await;
    assert_eq!(news.posts_of_the_bot(&w).await.len(), 1);
    w.passes(Duration::from_secs(7_200)).await;
    w.settles().await;
    assert_eq!(news.posts_of_the_bot(&w).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn who_is_no_administrator_any_more_publishes_nothing_and_hears_why() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    is_scheduled(&sara, &news).await;
    news.dismisses(&sara).await;
    sara.looks_away().await;
    w.passes(Duration::from_secs(3_700)).await;
    sara.sees(Msg::RouletteNotPublished).await;
    sara.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    assert_eq!(sara.count(Msg::RouletteNotPublished).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn the_rehearsal_names_what_fails_and_passes_once_it_is_mended() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    news.appoints_the_bot_with(&["can_post_messages"]).await;
    sara.presses("التالي").await;
    let preview = sara.sees(Msg::RoulettePreviewLacking).await;
    let code = code(&w).await;
    assert!(preview.labels().iter().all(|label| !label.contains("تأكيد وبدء السحب")));
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    news.appoints_the_bot().await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRefreshed);
    sara.sees(Msg::RoulettePreviewReady).await;
    // Lost again between the check and the word.
    news.appoints_the_bot_with(&["can_post_messages"]).await;
    sara.presses("تأكيد وبدء السحب").await.toasts(Msg::ChannelsRecheckLacking);
    sara.sees(Msg::RoulettePreviewLacking).await;
    assert_eq!(states(&w).await, [("draft".to_owned(), None)], "{code}");
    w.ends().await;
}

#[tokio::test]
async fn who_publishes_too_often_waits() {
    let w = World::builder().setting("lotteries.publications_per_hour", "1").start().await;
    let mut w = w;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "أول").await;
    publishes(&w, &sara, &news).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "ثان").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    let refused = sara.presses("تأكيد وبدء السحب").await;
    assert_eq!(refused.pressed["answer"]["show_alert"], true, "{refused:?}");
    assert_eq!(states(&w).await[1].0, "draft");
    w.passes(Duration::from_secs(3_601)).await;
    sara.presses("تأكيد وبدء السحب").await;
    sara.sees_button("فتح المنشور").await;
    w.ends().await;
}
