//! kill -9 between any two steps of a publication: one valid post, told once; the other leads to it.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use super::organizing::{begins, code, is_scheduled, organizer, skips_and_fills, states};
use crate::world::{Channel, Person, World};

/// Longer than a worker holds on to a job, and to a notice.
const LEASE: Duration = Duration::from_secs(200);

/// A lottery whose publication is one press away.
async fn ready() -> (World, Person, Channel) {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    (w, sara, news)
}

/// The program dies there and starts again; how many posts there are then, of which the last is valid.
async fn a_publication_that_dies_at(point: &str) -> (World, Channel, usize) {
    let (mut w, sara, news) = ready().await;
    w.dies_at(point);
    // It may die before the press is answered.
    sara.looks_away().await;
    tokio::join!(async { sara.presses("تأكيد وبدء السحب").await }, w.died_and_starts_again());
    w.passes(LEASE).await;
    sara.sees_button("فتح المنشور").await;
    w.is_all_said().await;
    let posts = news.posts_of_the_bot(&w).await;
    let (state, valid) = states(&w).await.remove(0);
    assert_eq!(state, "open", "{point}");
    assert_eq!(posts.last().unwrap()["id"].as_i64(), valid, "{point}");
    let told = Msg::RoulettePublished { title: "أخبار".into(), code: code(&w).await };
    assert_eq!(sara.count(told).await, 1, "{point}");
    assert_eq!(super::acts(&w, "lottery.").await, ["lottery.confirm", "lottery.publish"], "{point}");
    let kept: Vec<(i64,)> = w.database.rows("SELECT lottery_id FROM draw_secrets").await;
    assert_eq!(kept.len(), 1, "{point}");
    (w, news, posts.len())
}

#[tokio::test]
async fn a_death_before_the_post_is_sent_or_after_it_is_written_down_leaves_one_post() {
    for point in ["publish.due", "publish.rehearsed", "publish.recorded"] {
        let (w, _, posts) = a_publication_that_dies_at(point).await;
        assert_eq!(posts, 1, "{point}");
        w.ends().await;
    }
}

/// Decision 0014: in doubt it is sent once more, and what only the dead knew of leads to the valid one.
#[tokio::test]
async fn a_death_between_the_post_and_its_record_leaves_one_that_leads_to_the_valid_one() {
    for point in ["publish.sent", "publish.recording"] {
        let (w, news, posts) = a_publication_that_dies_at(point).await;
        assert_eq!(posts, 2, "{point}");
        let posts = news.posts_of_the_bot(&w).await;
        let (older, valid) = (posts[0]["id"].as_i64().unwrap(), posts[1]["id"].as_i64().unwrap());
        let layla = w.person("ليلى").await;
        layla.joins(&news).await;
        layla.presses_in(news.id, older, "عدد المشتركين").await;
        w.comes_true("the older one leads to the valid one", async || {
            let older = news.message(older).await;
            older["buttons"][0][0]["url"] == json!(format!("https://t.me/qura_news/{valid}"))
        })
        .await;
        assert_eq!(news.message(valid).await["buttons"].as_array().unwrap().len(), 3, "{point}");
        w.ends().await;
    }
}

#[tokio::test]
async fn a_death_while_it_becomes_a_draft_again_tells_once() {
    for point in ["publish.giving_back", "publish.given_back"] {
        let mut w = World::open().await;
        let (sara, news) = organizer(&w).await;
        is_scheduled(&sara, &news).await;
        news.dismisses(&sara).await;
        w.settles().await;
        sara.looks_away().await;
        w.dies_at(point);
        w.passes(Duration::from_secs(3_700)).await;
        w.died_and_starts_again().await;
        w.passes(LEASE).await;
        sara.sees(Msg::RouletteNotPublished).await;
        w.is_all_said().await;
        assert_eq!(sara.count(Msg::RouletteNotPublished).await, 1, "{point}");
        assert_eq!(states(&w).await, [("draft".to_owned(), None)], "{point}");
        assert!(news.posts_of_the_bot(&w).await.is_empty(), "{point}");
        assert_eq!(super::acts(&w, "lottery.").await, ["lottery.confirm", "lottery.give_back"], "{point}");
        w.ends().await;
    }
}
