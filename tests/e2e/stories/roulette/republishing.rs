//! A new post in place of the old one: ordered by hand or by new media, twice, too often, refused, cut off.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::{acts, managed, subscriber};
use crate::world::{Channel, Lottery, LotteryPlan, Person, World};

/// The post that the lottery has now.
async fn post_of(w: &World) -> Option<i64> {
    let rows: Vec<(Option<i64>,)> = w.database.rows("SELECT message_id FROM lotteries").await;
    rows[0].0
}

/// «إعادة نشر», and «تأكيد».
async fn republishes(sara: &Person) {
    sara.presses("إعادة نشر").await.is_quiet();
    sara.sees(Msg::ManageRepublishConfirm).await;
    sara.presses("تأكيد").await;
}

/// Sends a template with media of another kind.
async fn changes_the_media(sara: &Person, kind: &str) {
    sara.presses("كليشة").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    sara.sends(json!({"media": {"kind": kind}, "text": format!("سحب {kind}")})).await;
}

async fn begins_to_edit(sara: &Person) {
    sara.presses("تعديل").await.is_quiet();
    sara.sees(Msg::ManageEdit).await;
}

/// The messages of the channel that count as posts: with a button to join.
async fn joinable(w: &World, channel: &Channel) -> Vec<Value> {
    let mut posts = channel.posts_of_the_bot(w).await;
    posts.retain(|post| post["buttons"].to_string().contains("post:join:"));
    posts
}

async fn has_published_ten_times(w: &World, sara: &Person) {
    let (person, now) = (sara.id(), w.now());
    let row = |number: i64| {
        format!(
            "INSERT INTO limited_acts (user_id, act, done_at, id)
             VALUES ({person}, 'lottery.publish', {now}, {number});"
        )
    };
    w.database.runs(&(1..=10).map(row).collect::<String>()).await;
}

#[tokio::test]
async fn ordered_twice_while_the_first_is_on_its_way_one_new_post_stays() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    let delay =
        json!({"kind": "delay", "method": "sendMessage", "chat": channel.id, "delay_ms": 6000, "count": 1});
    let delay = w.control.fault(delay).await;
    republishes(&sara).await;
    sara.sees(Msg::ManageRepublishOrdered).await;
    w.comes_true("the first is on its way", async || w.control.hits(delay).await > 0).await;
    republishes(&sara).await;
    w.comes_true("there is a new post", async || post_of(&w).await != Some(lottery.post)).await;
    w.settles().await;
    let posts = joinable(&w, &channel).await;
    assert_eq!(posts.len(), 1, "{posts:#?}");
    assert_eq!(posts[0]["id"].as_i64(), post_of(&w).await);
    assert_eq!(acts(&w, "lottery.posted").await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn who_publishes_too_often_is_told_so_and_nothing_is_changed() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    has_published_ten_times(&w, &sara).await;
    sara.presses("إعادة نشر").await.is_quiet();
    sara.sees(Msg::ManageRepublishConfirm).await;
    let press = sara.presses("تأكيد").await;
    assert!(press.pressed["answer"]["text"].as_str().unwrap_or_default().contains("10"), "{press:?}");
    sara.sees_button("تعديل").await;
    // New media need a new post.
    begins_to_edit(&sara).await;
    changes_the_media(&sara, "photo").await;
    sara.sees_text("الحد 10").await;
    // New words do not.
    sara.says("سحب على سيارة").await;
    sara.sees(Msg::ManageEdited).await;
    w.settles().await;
    assert_eq!(post_of(&w).await, Some(lottery.post));
    assert_eq!(channel.posts_of_the_bot(&w).await.len(), 1);
    assert_eq!(acts(&w, "lottery.").await, ["lottery.edit_template"]);
    w.ends().await;
}

#[tokio::test]
async fn killed_before_the_new_post_is_noted_another_one_is_and_the_lost_one_leads_to_it() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    let cut = json!({"kind": "cut_after", "method": "sendMessage", "chat": channel.id, "count": 1});
    let cut = w.control.fault(cut).await;
    republishes(&sara).await;
    w.comes_true("it is sent", async || w.control.hits(cut).await > 0).await;
    w.program_is_killed();
    w.program_starts();
    w.passes(Duration::from_secs(60)).await;
    w.comes_true("there is a new post", async || post_of(&w).await != Some(lottery.post)).await;
    w.settles().await;
    let valid = post_of(&w).await.unwrap();
    let link = json!(format!("https://t.me/sara_channel/{valid}"));
    let posts = channel.posts_of_the_bot(&w).await;
    assert_eq!(posts.len(), 3, "{posts:#?}");
    assert_eq!(channel.message(lottery.post).await["buttons"][0][0]["url"], link);
    let lost = posts[1]["id"].as_i64().unwrap();
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.presses_in(channel.id, lost, "عدد المشتركين").await;
    w.comes_true("the lost one leads to it", async || {
        channel.message(lost).await["buttons"][0][0]["url"] == link
    })
    .await;
    w.ends().await;
}

#[tokio::test]
async fn a_later_post_that_is_not_noted_yet_keeps_its_buttons() {
    let (w, channel, _, lottery) = managed(LotteryPlan::simple()).await;
    let later = w.sends_post(channel.id, &lottery.code).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.presses_in(channel.id, later, "عدد المشتركين").await;
    w.settles().await;
    assert_eq!(joinable(&w, &channel).await.len(), 2);
    w.ends().await;
}

#[tokio::test]
async fn of_two_media_in_quick_succession_the_second_is_posted() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    let delay =
        json!({"kind": "delay", "method": "sendPhoto", "chat": channel.id, "delay_ms": 6000, "count": 1});
    let delay = w.control.fault(delay).await;
    begins_to_edit(&sara).await;
    changes_the_media(&sara, "photo").await;
    sara.sees(Msg::ManageEditedAnew).await;
    w.comes_true("the first is on its way", async || w.control.hits(delay).await > 0).await;
    changes_the_media(&sara, "video").await;
    w.comes_true("the second is posted", async || {
        let post = post_of(&w).await.unwrap();
        post != lottery.post && channel.message(post).await["media"]["kind"] == "video"
    })
    .await;
    w.settles().await;
    let posts = joinable(&w, &channel).await;
    assert_eq!(posts.len(), 1, "{posts:#?}");
    assert_eq!((&posts[0]["media"]["kind"], &posts[0]["text"]), (&json!("video"), &json!("سحب video")));
    let moved = Lottery { post: posts[0]["id"].as_i64().unwrap(), ..lottery };
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&moved).await;
    w.post_shows(&moved, 1).await;
    w.ends().await;
}

#[tokio::test]
async fn when_new_media_are_refused_the_old_post_goes_on() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    // Its words cannot become those of a picture, but its buttons follow.
    w.expects_refusal("editMessageCaption", "there is no caption in the message to edit");
    let fault = json!({
        "kind": "bad_request", "method": "sendPhoto", "chat": channel.id, "description": "Bad Request: no", "count": 1,
    });
    w.control.fault(fault).await;
    begins_to_edit(&sara).await;
    changes_the_media(&sara, "photo").await;
    sara.sees(Msg::ManageNotRepublished { code: lottery.code.clone() }).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.post_shows(&lottery, 1).await;
    assert_eq!(post_of(&w).await, Some(lottery.post));
    w.ends().await;
}

#[tokio::test]
async fn a_draw_that_ends_before_the_new_post_is_shown_on_the_old_one() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expects_refusal("editMessageCaption", "there is no caption in the message to edit");
    let away = json!({"kind": "server_error", "method": "sendPhoto", "chat": channel.id});
    let away = w.control.fault(away).await;
    begins_to_edit(&sara).await;
    changes_the_media(&sara, "photo").await;
    w.comes_true("it is tried", async || w.control.hits(away).await > 0).await;
    w.lottery_becomes(&lottery, "announced").await;
    w.control.delete(&format!("/faults/{away}")).await;
    let verify = Msg::PostVerify.plain(Default::default());
    for _ in 0..100 {
        w.passes(Duration::from_secs(60)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        if w.shown_labels(&lottery).await.contains(&verify) {
            break;
        }
    }
    assert!(w.shown_labels(&lottery).await.contains(&verify));
    assert_eq!(channel.posts_of_the_bot(&w).await.len(), 1);
    w.ends().await;
}
