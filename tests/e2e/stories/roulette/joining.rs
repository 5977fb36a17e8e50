//! Joining: from the button to the ticket, and everyone who must not get one.

use qura_i18n::Msg;
use serde_json::json;

use super::{JOIN, opened, subscriber};
use crate::world::{ChannelPlan, LotteryPlan, World};

#[tokio::test]
async fn a_stranger_is_told_to_subscribe_and_gets_in_once_they_did() {
    let (w, channel, organizer, lottery) = opened(LotteryPlan::simple()).await;
    let laila = w.person("ليلى").await;
    laila.presses_post(&lottery, JOIN).await.alerts(Msg::JoinNotMemberAlert);
    laila.joins(&channel).await;
    laila.joins_lottery(&lottery).await;
    let card = laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    card.has_buttons(&["انسحاب", "الرئيسية"]);
    assert!(card.text.contains(&lottery.commitment), "{}", card.text);
    laila.presses_post(&lottery, JOIN).await.alerts(Msg::JoinAlreadyAlert { ticket: 1 });
    w.post_shows(&lottery, 1).await;
    organizer.sees(Msg::LotteryMilestone { code: lottery.code.clone(), count: 1 }).await;
    assert_eq!(w.tickets().await, [(1, laila.id(), "registered".to_owned())]);
    w.ends().await;
}

#[tokio::test]
async fn a_link_that_is_opened_without_the_button_proves_nothing() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple().with("audience", json!("premium"))).await;
    let stranger =
        w.person_with(json!({"first_name": "غريب", "language_code": "ar", "is_premium": true})).await;
    stranger.starts_with(&lottery.payload()).await;
    let screen = stranger.sees(Msg::JoinNotMember { title: "قناة سارة".into() }).await;
    screen.has_buttons(&["اضغط للاشتراك", "تحقق", "الرئيسية"]);
    stranger.presses("تحقق").await.alerts(Msg::JoinNotMemberAlert);

    let poor = subscriber(&w, &channel, "بلا اشتراك").await;
    poor.starts_with(&lottery.payload()).await;
    poor.sees(Msg::JoinPremium).await;
    poor.presses_post(&lottery, JOIN).await.alerts(Msg::JoinPremiumAlert);
    assert_eq!(w.tickets().await, []);

    // Once they are in the channel, the same screen lets them in.
    stranger.joins(&channel).await;
    stranger.presses("تحقق").await;
    stranger.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

#[tokio::test]
async fn nobody_gets_in_where_it_is_closed_paused_or_forbidden() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let banned = w.member("ممنوع").await;
    banned.joins(&channel).await;
    w.database.runs(&format!("UPDATE users SET banned_at = 1 WHERE id = {}", banned.id())).await;
    banned.presses_post(&lottery, JOIN).await.alerts(Msg::UserBannedAlert);
    banned.starts_with(&lottery.payload()).await;
    banned.sees(Msg::UserBanned).await;

    let excluded = subscriber(&w, &channel, "مستبعد").await;
    excluded.joins_lottery(&lottery).await;
    excluded.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.database.runs("UPDATE lottery_participants SET state = 'excluded'").await;
    excluded.presses_post(&lottery, JOIN).await.alerts(Msg::JoinExcludedAlert);
    excluded.starts_with(&lottery.payload()).await;
    excluded.sees(Msg::JoinExcluded).await;

    let late = subscriber(&w, &channel, "متأخر").await;
    // What is on people's screens may be older than the state: nobody edits the post here.
    w.database.runs("UPDATE lottery_counters SET has_post = FALSE").await;
    for (state, alert, screen) in [
        ("paused", Msg::JoinPausedAlert, Msg::JoinPaused),
        ("frozen", Msg::JoinClosedAlert, Msg::JoinClosed),
        ("cancelled", Msg::JoinClosedAlert, Msg::JoinClosed),
        ("draft", Msg::JoinNotOpenAlert, Msg::JoinNotOpen),
    ] {
        w.lottery_becomes(&lottery, state).await;
        late.presses_post(&lottery, JOIN).await.alerts(alert);
        late.starts_with(&lottery.payload()).await;
        late.sees(screen).await;
    }
    assert_eq!(w.tickets().await, [(1, excluded.id(), "excluded".to_owned())]);
    w.ends().await;
}

#[tokio::test]
async fn at_the_time_of_the_draw_nobody_joins_any_more() {
    let w = World::open().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let plan = LotteryPlan::simple().with("auto_draw", json!({"at": w.now() - 1_000_000}));
    let lottery = w.lottery(&organizer, &channel, plan).await;
    let late = subscriber(&w, &channel, "متأخر").await;
    late.presses_post(&lottery, JOIN).await.alerts(Msg::JoinClosedAlert);
    late.starts_with(&lottery.payload()).await;
    late.sees(Msg::JoinClosed).await;
    assert_eq!(w.tickets().await, []);
    w.ends().await;
}

#[tokio::test]
async fn two_devices_at_once_and_updates_that_come_again_are_one_participant() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    let (payload, again) = (lottery.payload(), laila.clone());
    tokio::join!(laila.starts_with(&payload), again.starts_with(&payload), again.starts_with(&payload));
    laila.sees(Msg::JoinAlready { ticket: 1 }).await;
    w.settles().await;
    let said = laila.chat().await.len();
    w.control.post("/updates/redeliver", json!({"count": 10})).await;
    w.settles().await;
    // Whoever comes next shows that the ones that came again are through.
    let mona = subscriber(&w, &channel, "منى").await;
    mona.joins_lottery(&lottery).await;
    mona.sees(Msg::JoinRegistered { ticket: 2 }).await;
    w.settles().await;
    assert_eq!(laila.chat().await.len(), said);
    assert_eq!(w.tickets().await.len(), 2);
    w.post_shows(&lottery, 2).await;
    w.ends().await;
}

#[tokio::test]
async fn who_leaves_keeps_the_ticket_and_has_it_back() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    laila.presses("انسحاب").await.is_quiet();
    laila.sees(Msg::JoinLeaveAsk { ticket: 1 }).await;
    laila.presses("إلغاء").await.is_quiet();
    laila.sees(Msg::JoinAlready { ticket: 1 }).await;
    laila.presses("انسحاب").await.is_quiet();
    let question = laila.sees(Msg::JoinLeaveAsk { ticket: 1 }).await;
    laila.presses("تأكيد").await.is_quiet();
    let left = laila.sees(Msg::JoinLeft { ticket: 1 }).await;
    assert_eq!(question.id, left.id, "one living message");
    w.post_shows(&lottery, 0).await;
    let mona = subscriber(&w, &channel, "منى").await;
    mona.joins_lottery(&lottery).await;
    mona.sees(Msg::JoinRegistered { ticket: 2 }).await;
    laila.presses("العودة").await.is_quiet();
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.post_shows(&lottery, 2).await;
    // Once the list is closed nobody leaves it.
    laila.presses("انسحاب").await.is_quiet();
    laila.sees(Msg::JoinLeaveAsk { ticket: 1 }).await;
    w.lottery_becomes(&lottery, "frozen").await;
    laila.presses("تأكيد").await.alerts(Msg::JoinLeaveClosedAlert);
    mona.presses("انسحاب").await.alerts(Msg::JoinLeaveClosedAlert);
    for (person, ticket) in [(&laila, 1), (&mona, 2)] {
        let labels = person.sees(Msg::JoinAlready { ticket }).await;
        assert!(!labels.labels().iter().any(|label| label.contains("انسحاب")), "{labels:?}");
    }
    let states: Vec<String> = w.tickets().await.into_iter().map(|(_, _, state)| state).collect();
    assert_eq!(states, ["registered", "registered"]);
    w.ends().await;
}

#[tokio::test]
async fn forged_codes_and_buttons_lead_nowhere() {
    let (mut w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    // No such press was ever made, so there is nothing to answer.
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    let laila = w.member("ليلى").await;
    laila.joins(&channel).await;
    laila.starts_with("join_ZZZZZZZZ").await;
    laila.sees(Msg::LinkUnknown).await;
    for payload in ["join_ZZZZZZZZ", "verify_ZZZZZZZZ", "win_ZZZZZZZZ", "nothing"] {
        let before = w.counted("links_unknown_total").await;
        laila.starts_with(payload).await;
        w.comes_true("it is counted", async || w.counted("links_unknown_total").await > before).await;
    }
    w.settles().await;
    let menu = laila.sees(Msg::LinkUnknown).await;
    for data in ["post:join:ZZZZZZZZ", "join:check:ZZZZZZZZ", "join:leave:ZZZZZZZZ", "join:left:ZZZZZZZZ"] {
        laila.forges_a_press(&menu, data).await;
    }
    for data in ["post:join:", "join:is:ZZZZZZZZ:1", "join:check", "join:is:ZZZZZZZZ:99999999999:1"] {
        laila.forges_a_press(&menu, data).await;
    }
    w.settles().await;
    // Leaving what one never joined, and answering a puzzle that was never put, change nothing.
    for data in ["join:left:CODE", "join:is:CODE:1:1", "join:reads:CODE:1:1"] {
        laila.forges_a_press(&menu, &data.replace("CODE", &lottery.code)).await;
    }
    w.settles().await;
    assert!(
        w.counted("qura_callbacks_unknown_total").await + w.counted("callbacks_unknown_total").await >= 3.0
    );
    let tickets = w.tickets().await;
    assert!(
        tickets.iter().all(|(_, user, state)| *user == laila.id() && state == "registered"),
        "{tickets:?}"
    );
    w.ends().await;
}

#[tokio::test]
async fn who_comes_by_the_button_is_told_apart_from_who_comes_by_a_link() {
    let (w, channel, _, lottery) = opened(LotteryPlan::simple()).await;
    let (one, other) = (subscriber(&w, &channel, "زر").await, subscriber(&w, &channel, "رابط").await);
    one.joins_lottery(&lottery).await;
    one.sees(Msg::JoinRegistered { ticket: 1 }).await;
    other.starts_with(&lottery.payload()).await;
    other.sees(Msg::JoinRegistered { ticket: 2 }).await;
    let sources: Vec<(String,)> =
        w.database.rows("SELECT source FROM lottery_participants ORDER BY ticket").await;
    assert_eq!(sources, [("post".to_owned(),), ("link".to_owned(),)]);
    w.ends().await;
}

#[tokio::test]
async fn the_link_waits_behind_the_gate() {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    let w = World::builder().gate(plan).start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, LotteryPlan::simple()).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::GateSubscribe { count: 1 }).await;
    assert_eq!(w.tickets().await, []);
    laila.joins(&w.gate[0]).await;
    laila.presses("لقد اشتركت").await.toasts(Msg::GatePassed);
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

#[tokio::test]
async fn the_draw_is_ordered_when_enough_have_come() {
    let (w, channel, _, lottery) =
        opened(LotteryPlan::simple().with("auto_draw", json!({"at_count": 2}))).await;
    let state = async || w.database.rows::<(String,)>("SELECT state FROM lotteries").await.remove(0).0;
    let (one, two) = (subscriber(&w, &channel, "واحد").await, subscriber(&w, &channel, "اثنان").await);
    one.joins_lottery(&lottery).await;
    one.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(state().await, "open");
    two.joins_lottery(&lottery).await;
    two.sees(Msg::JoinRegistered { ticket: 2 }).await;
    w.comes_true("the draw is done", async || state().await == "announced").await;
    w.is_all_said().await;
    w.ends().await;
}
