//! The challenge: solved, failed, locked, late, remembered.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::{opened, subscriber};
use crate::world::{ChannelPlan, Lottery, LotteryPlan, Person, Screen, World};

fn plan(kind: &str) -> LotteryPlan {
    LotteryPlan::simple().with("challenge", json!(kind))
}

/// The puzzle that is open, with its solution, which only the database knows.
async fn puzzle(w: &World) -> Value {
    let rows: Vec<(String,)> =
        w.database.rows("SELECT puzzle FROM challenges WHERE puzzle IS NOT NULL ORDER BY changed_at").await;
    serde_json::from_str(&rows.last().expect("a puzzle").0).unwrap()
}

/// The label of the right option, or of a wrong one.
async fn option(w: &World, screen: &Screen, is_right: bool) -> String {
    let puzzle = puzzle(w).await;
    let right = usize::try_from(puzzle["answer"].as_u64().unwrap()).unwrap();
    let options = puzzle["shown"]["options"].as_array().map_or(1, Vec::len);
    let place = if is_right { right } else { (right + 1) % options };
    screen.labels()[place].to_owned()
}

/// Presses an option of the puzzle on the screen.
pub async fn answers(w: &World, person: &Person, screen: &Screen, is_right: bool) {
    let label = option(w, screen, is_right).await;
    person.presses_on(screen, &*label).await.is_quiet();
}

async fn text_of(w: &World, screen: &Screen) -> Msg {
    let shown = puzzle(w).await["shown"].clone();
    let number = |field: &str| shown[field].as_i64().unwrap();
    match shown["kind"].as_str().unwrap() {
        "image" => Msg::ChallengeImage,
        "math" => Msg::ChallengeMath { left: number("left"), right: number("right") },
        "timed" => Msg::ChallengeTimed,
        other => panic!("{other}: {}", screen.text),
    }
}

#[tokio::test]
async fn a_picture_is_read_and_its_reader_gets_in() {
    let (w, channel, _, lottery) = opened(plan("image")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees(Msg::ChallengeImage).await;
    assert_eq!(screen.labels().len(), 10, "nine numbers, and the way home: {:?}", screen.labels());
    let view = w.control.get(&format!("/chats/{}/messages/{}", laila.id(), screen.id)).await;
    assert_eq!(view["media"]["kind"], "photo");
    assert!(view["media"]["size"].as_u64().unwrap() < 30_000, "{}", view["media"]);
    let right = option(&w, &screen, true).await;
    for button in screen.rows.iter().flatten() {
        let data = button.data.as_deref().unwrap();
        assert!(!data.contains(&right), "the solution is in «{data}»");
    }
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.settles().await;
    assert_eq!(laila.chat().await.len(), 1, "the picture has gone");
    let rows: Vec<(String, Option<String>)> =
        w.database.rows("SELECT source, challenge FROM lottery_participants").await;
    assert_eq!(rows, [("post".to_owned(), Some("image".to_owned()))]);
    w.ends().await;
}

#[tokio::test]
async fn every_wrong_picture_gives_way_to_another_and_the_third_locks() {
    let (mut w, channel, _, lottery) = opened(plan("image")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let mut screen = laila.sees(Msg::ChallengeImage).await;
    for left in [2, 1] {
        let before = puzzle(&w).await;
        answers(&w, &laila, &screen, false).await;
        let next = laila.sees(Msg::ChallengeWrong { count: left }).await;
        assert_eq!(screen.id, next.id, "one living message");
        assert_ne!(before, puzzle(&w).await);
        screen = next;
    }
    answers(&w, &laila, &screen, false).await;
    let ten = Msg::ChallengeLocked { left: Duration::from_secs(600) };
    laila.sees(ten.clone()).await;
    // Coming back by the link, from another device, changes nothing.
    laila.starts_with(&lottery.payload()).await;
    laila.sees(ten).await;
    // Looking again too early is answered, though the screen says the same as before.
    let left = Duration::from_secs(600);
    laila.presses("تحقق").await.alerts(Msg::ChallengeLockedAlert { left });
    w.passes(Duration::from_secs(601)).await;
    laila.presses("تحقق").await.is_quiet();
    let screen = laila.sees(Msg::ChallengeImage).await;
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    // Failing so often is a sign of fraud, kept for the organizer.
    let signals: Vec<(i64, bool)> =
        w.database.rows("SELECT signals, is_suspicious FROM lottery_participants").await;
    assert_eq!(signals, [(4, true)]);
    assert_eq!(w.counted("challenges_answered_total").await, 4.0);
    w.ends().await;
}

#[tokio::test]
async fn things_are_known_by_their_names() {
    let (w, channel, _, lottery) = opened(plan("emoji")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    assert_eq!(screen.labels().len(), 10);
    answers(&w, &laila, &screen, true).await;
    let ticket = laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    assert_eq!(ticket.id, screen.id, "words take the place of words");
    w.ends().await;
}

#[tokio::test]
async fn a_puzzle_that_took_too_long_is_replaced_and_counts_for_nothing() {
    let (mut w, channel, _, lottery) = opened(plan("math")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    laila.sees(text_of(&w, &screen).await).await;
    let late = option(&w, &screen, true).await;
    w.passes(Duration::from_secs(121)).await;
    laila.presses_on(&screen, &*late).await.is_quiet();
    let next = laila.sees(Msg::ChallengeExpired).await;
    // The button that stood there before answers nothing any more.
    let stale = screen.rows[0][0].data.clone().unwrap();
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    laila.forges_a_press(&next, &stale).await;
    let fresh = laila.sees_button("الرئيسية").await;
    assert_eq!(w.tickets().await, []);
    answers(&w, &laila, &fresh, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    let wrong: Vec<(i64,)> = w.database.rows("SELECT wrong FROM challenges").await;
    assert_eq!(wrong, [(0,)]);
    w.ends().await;
}

#[tokio::test]
async fn the_timed_button_is_not_for_the_hasty() {
    let (mut w, channel, _, lottery) = opened(plan("timed")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees(Msg::ChallengeTimed).await;
    laila.presses(Msg::ChallengeTimedButton).await.is_quiet();
    let screen = {
        let next = laila.sees(Msg::ChallengeWrong { count: 2 }).await;
        assert_eq!(next.id, screen.id);
        next
    };
    w.passes(Duration::from_secs(3)).await;
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

/// Leaves the lottery and presses the button of the post again.
async fn leaves_and_returns(person: &Person, lottery: &Lottery) {
    person.presses("انسحاب").await.is_quiet();
    person.sees(Msg::JoinLeaveAsk { ticket: 1 }).await;
    person.presses("تأكيد").await.is_quiet();
    person.sees(Msg::JoinLeft { ticket: 1 }).await;
    person.joins_lottery(lottery).await;
}

#[tokio::test]
async fn a_solution_is_remembered_for_an_hour() {
    let (mut w, channel, _, lottery) = opened(plan("emoji")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    leaves_and_returns(&laila, &lottery).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.passes(Duration::from_secs(3600)).await;
    leaves_and_returns(&laila, &lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    assert_eq!(screen.labels().len(), 10, "a puzzle again: {}", screen.text);
    w.ends().await;
}

#[tokio::test]
async fn a_suspect_is_asked_again_though_they_solved_it() {
    let (mut w, channel, _, lottery) = opened(plan("emoji")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.database.runs("UPDATE lottery_participants SET signals = 3, is_suspicious = TRUE").await;
    w.passes(Duration::from_secs(121)).await;
    leaves_and_returns(&laila, &lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    assert_eq!(screen.labels().len(), 10, "a puzzle again: {}", screen.text);
    w.ends().await;
}

#[tokio::test]
async fn a_puzzle_belongs_to_one_person_and_one_lottery() {
    let (mut w, channel, organizer, lottery) = opened(plan("emoji")).await;
    let other = w.lottery(&organizer, &channel, plan("emoji")).await;
    let (laila, mona) = (subscriber(&w, &channel, "ليلى").await, w.member("منى").await);
    mona.joins(&channel).await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    let right = option(&w, &screen, true).await;
    let data = screen.button(&right).data.clone().unwrap();
    mona.starts().await;
    let menu = mona.sees(mona.menu()).await;
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    mona.forges_a_press(&menu, &data).await;
    mona.sees_button("الرئيسية").await;
    laila.forges_a_press(&screen, &data.replace(&lottery.code, &other.code)).await;
    w.settles().await;
    assert_eq!(w.tickets().await, []);
    w.ends().await;
}

#[tokio::test]
async fn the_operator_says_which_kinds_there_are() {
    let w = World::builder().env("CAPTCHAS_CONFIG", "math,timed").start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let organizer = w.member("سارة").await;
    let lottery = w.lottery(&organizer, &channel, plan("image")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    let screen = laila.sees_button("الرئيسية").await;
    assert_eq!(puzzle(&w).await["shown"]["kind"], "math");
    answers(&w, &laila, &screen, true).await;
    laila.sees(Msg::JoinRegistered { ticket: 1 }).await;
    w.ends().await;
}

#[tokio::test]
async fn the_way_home_leads_out_of_a_picture() {
    let (w, channel, _, lottery) = opened(plan("image")).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    laila.joins_lottery(&lottery).await;
    laila.sees(Msg::ChallengeImage).await;
    laila.presses("الرئيسية").await.is_quiet();
    laila.sees(laila.menu()).await;
    w.settles().await;
    assert_eq!(laila.chat().await.len(), 1);
    w.ends().await;
}
