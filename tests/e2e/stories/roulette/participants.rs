//! «المشتركون»: pages, search, one's screen, «استبعاد»; those who look suspicious.

use std::time::Duration;

use qura_i18n::Msg;

use super::{FORGED, JOIN, managed, opens_the_card, subscriber};
use crate::world::{Channel, Database, Lottery, LotteryPlan, Person, Press, World};

async fn joins(w: &World, channel: &Channel, lottery: &Lottery, name: &str) -> Person {
    let person = subscriber(w, channel, name).await;
    person.joins_lottery(lottery).await;
    person.sees_button("انسحاب").await;
    person
}

#[tokio::test]
async fn eight_a_page_forth_and_back() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    for number in 1..=10 {
        joins(&w, &channel, &lottery, &format!("شخص {number}")).await;
    }
    sara.presses("المشتركون").await.is_quiet();
    let first = sara.sees(Msg::ManageParticipants).await;
    assert_eq!(first.labels().iter().filter(|label| label.contains("شخص")).count(), 8);
    sara.presses("المزيد").await.is_quiet();
    let second = sara.sees_button("السابق").await;
    assert_eq!(second.labels().iter().filter(|label| label.contains("شخص")).count(), 2);
    sara.presses("السابق").await.is_quiet();
    let again = sara.sees_button("المزيد").await;
    assert_eq!(again.labels(), first.labels());
    // Back from somebody on the second page.
    sara.presses("المزيد").await.is_quiet();
    sara.sees_button("السابق").await;
    sara.presses("شخص 10").await.is_quiet();
    sara.sees_button("استبعاد").await;
    sara.presses("رجوع").await.is_quiet();
    assert_eq!(sara.sees_button("السابق").await.labels(), second.labels());
    w.ends().await;
}

#[tokio::test]
async fn one_is_found_by_number_or_name_and_excluded_for_a_reason() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    let fields = serde_json::json!({"first_name": "خالد", "username": "Khaled_99", "language_code": "ar"});
    let khaled = w.person_with(fields).await;
    khaled.joins(&channel).await;
    khaled.joins_lottery(&lottery).await;
    khaled.sees(Msg::JoinRegistered { ticket: 1 }).await;
    sara.presses("المشتركون").await.is_quiet();
    sara.sees(Msg::ManageParticipants).await;
    sara.presses("بحث").await.is_quiet();
    sara.sees(Msg::ManageSearchAsk).await;
    sara.says("@nobody_here").await;
    sara.sees(Msg::ManageSearchNobody).await;
    sara.says("@khaled_99").await;
    sara.sees_button("استبعاد").await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::ManageParticipants).await;
    sara.presses("بحث").await.is_quiet();
    sara.sees(Msg::ManageSearchAsk).await;
    sara.says(&khaled.id().to_string()).await;
    sara.sees_button("استبعاد").await;
    sara.presses("استبعاد").await.is_quiet();
    sara.sees(Msg::ManageAskReason { name: "خالد".into() }).await;
    sara.says(&"س".repeat(201)).await;
    sara.sees(Msg::DrawRedrawLong).await;
    sara.says("حساب مكرر").await;
    let (name, reason) = ("خالد".to_owned(), "حساب مكرر".to_owned());
    let confirm = sara.sees(Msg::ManageExcludeConfirm { name, reason }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageExcluded).await;
    assert_eq!(w.tickets().await, [(1, khaled.id(), "excluded".to_owned())]);
    w.post_shows(&lottery, 0).await;
    // Once more by the old button: nobody is meant any more.
    sara.forges_a_press(&confirm, &format!("mng:outok:{}", lottery.code)).await;
    w.settles().await;
    assert_eq!(super::acts(&w, "lottery.").await, ["lottery.exclude"]);
    // Whoever was excluded is told so, not silently refused.
    khaled.presses_post(&lottery, JOIN).await.alerts(Msg::JoinExcludedAlert);
    w.ends().await;
}

#[tokio::test]
async fn who_joins_and_leaves_at_once_and_accounts_in_a_row_are_shown_and_excluded() {
    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    let honest = joins(&w, &channel, &lottery, "صادق").await;
    let first = joins(&w, &channel, &lottery, "عابر").await;
    let second = joins(&w, &channel, &lottery, "عابرة").await;
    w.settles().await;
    for person in [&first, &second] {
        person.leaves(&channel).await;
    }
    w.settles().await;
    let suspicious: Vec<(i64,)> =
        w.database.rows("SELECT user_id FROM lottery_participants WHERE is_suspicious ORDER BY ticket").await;
    assert_eq!(suspicious, [(first.id(),), (second.id(),)]);
    // Made in a row: the job finds them a little later.
    w.passes(Duration::from_secs(75)).await;
    w.comes_true("the joins are looked through", async || {
        let rows: Vec<(i64,)> = w.database.rows("SELECT examined FROM lottery_counters").await;
        rows[0].0 == 3
    })
    .await;
    let signals: Vec<(i64,)> =
        w.database.rows("SELECT signals FROM lottery_participants ORDER BY ticket").await;
    assert_eq!(signals, [(2,), (2 | 8,), (2 | 8,)]);
    let card = opens_the_card(&sara, "الجارية").await;
    let share = Msg::ManageCardSuspects { count: 2, percent: 66 }.plain(Default::default());
    assert!(card.text.contains(&share), "{}", card.text);
    sara.presses("المشتبه بهم").await.is_quiet();
    sara.sees(Msg::ManageSuspects).await;
    sara.presses("عابرة").await.is_quiet();
    sara.sees(Msg::ManageSignalLeft).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::ManageSuspects).await;
    let data = format!("mng:sus:{}:{}", lottery.code, first.id());
    let list = sara.sees_button("استبعاد الكل").await;
    assert!(list.rows.iter().flatten().any(|button| button.data.as_deref() == Some(&data)));
    sara.forges_a_press(&list, &data).await;
    sara.sees(Msg::ManageExcluded).await;
    // One who does not look so is not excluded by a tap.
    sara.forges_a_press(&list, &format!("mng:sus:{}:{}", lottery.code, honest.id())).await;
    w.settles().await;
    sara.forges_a_press(&list, &format!("mng:all:{}", lottery.code)).await;
    sara.sees(Msg::ManageExcludeAllConfirm { count: 1 }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageExcludedAll { count: 1 }).await;
    let states: Vec<String> = w.tickets().await.into_iter().map(|(_, _, state)| state).collect();
    assert_eq!(states, ["registered", "excluded", "excluded"]);
    w.ends().await;
}

/// So many who look suspicious are in.
async fn crowded(w: &World, lottery: &Lottery, people: u64) {
    let (id, at) = (lottery.id, w.now());
    w.database
        .runs(&format!(
            "INSERT INTO lottery_participants
               (lottery_id, user_id, ticket, joined_at, changed_at, source, signals, is_suspicious)
             WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             SELECT {id}, 5000000 + i, i, {at}, {at}, 'post', 2, TRUE FROM n;
             UPDATE lottery_counters SET tickets = {people}, participants = {people} WHERE lottery_id = {id}"
        ))
        .await;
}

async fn excludes_all(w: &World, sara: &Person, lottery: &Lottery) -> Press {
    let card = opens_the_card(sara, "الجارية").await;
    sara.forges_a_press(&card, &format!("mng:all:{}", lottery.code)).await;
    w.settles().await;
    sara.presses("تأكيد").await
}

async fn excluded(w: &World) -> i64 {
    let count = "SELECT COUNT(*) FROM lottery_participants WHERE state = 'excluded'";
    w.database.rows::<(i64,)>(count).await[0].0
}

#[tokio::test]
async fn thousands_who_look_suspicious_are_excluded_page_by_page() {
    let (mut w, _, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    crowded(&w, &lottery, 2_001).await;
    excludes_all(&w, &sara, &lottery).await.is_quiet();
    sara.sees(Msg::ManageExcludedAll { count: 2_001 }).await;
    assert_eq!(excluded(&w).await, 2_001);
    assert_eq!(super::acts(&w, "lottery.").await, ["lottery.exclude_suspects"; 3]);
    w.post_shows(&lottery, 0).await;
    w.ends().await;
}

#[tokio::test]
async fn where_the_draw_closes_the_list_between_two_pages_it_is_said_and_how_many_were_excluded() {
    const CLOSES: &str = "UPDATE lotteries SET state = 'frozen'";

    let (mut w, _, sara, lottery) = managed(LotteryPlan::simple()).await;
    w.expected.tolerated.push(FORGED);
    crowded(&w, &lottery, 2_001).await;
    // With the first page, so that none follows.
    let when = "NEW.action = 'lottery.exclude_suspects'";
    let closing = match &w.database {
        Database::Sqlite(_) => {
            format!("CREATE TRIGGER closing AFTER INSERT ON audit_logs WHEN {when} BEGIN {CLOSES}; END")
        }
        Database::Postgres(_) => {
            format!("CREATE RULE closing AS ON INSERT TO audit_logs WHERE {when} DO ALSO {CLOSES}")
        }
    };
    w.database.runs(&closing).await;
    excludes_all(&w, &sara, &lottery).await.alerts(Msg::ManageNotNowAlert);
    sara.sees(Msg::ManageExcludedAll { count: 1_000 }).await;
    assert_eq!(excluded(&w).await, 1_000);
    w.post_shows(&lottery, 1_001).await;
    w.ends().await;
}

#[tokio::test]
async fn many_fresh_accounts_within_seconds_are_a_burst_that_the_organizer_sees() {
    const BURST: i64 = 1;

    let (mut w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    joins(&w, &channel, &lottery, "مبكرة").await;
    w.passes(Duration::from_secs(60)).await;
    let mut crowd = Vec::new();
    for number in 1..=24 {
        crowd.push(subscriber(&w, &channel, &format!("حساب {number}")).await);
    }
    // They know the link: no button is needed to open it.
    let mut acts = tokio::task::JoinSet::new();
    for person in crowd {
        let payload = lottery.payload();
        acts.spawn(async move { person.starts_with(&payload).await });
    }
    acts.join_all().await;
    w.comes_true("all of them are in", async || w.tickets().await.len() == 25).await;
    w.settles().await;
    w.passes(Duration::from_secs(75)).await;
    w.comes_true("the joins are looked through", async || {
        let rows: Vec<(i64,)> = w.database.rows("SELECT examined FROM lottery_counters").await;
        rows[0].0 == 25
    })
    .await;
    let signals: Vec<(i64,)> =
        w.database.rows("SELECT signals FROM lottery_participants ORDER BY ticket").await;
    let bursts: Vec<bool> = signals.iter().map(|(signals,)| signals & BURST != 0).collect();
    assert!(!bursts[0] && bursts[1..].iter().all(|burst| *burst), "{signals:?}");
    // Nobody is refused for it: the organizer sees how many, and decides.
    assert!(w.tickets().await.iter().all(|(_, _, state)| state == "registered"));
    let card = opens_the_card(&sara, "الجارية").await;
    let share = Msg::ManageCardSuspects { count: 24, percent: 96 }.plain(Default::default());
    assert!(card.text.contains(&share), "{}", card.text);
    sara.presses("المشتبه بهم").await.is_quiet();
    sara.sees(Msg::ManageSuspects).await;
    sara.presses("استبعاد الكل").await.is_quiet();
    sara.sees(Msg::ManageExcludeAllConfirm { count: 24 }).await;
    sara.presses("تأكيد").await.is_quiet();
    sara.sees(Msg::ManageExcludedAll { count: 24 }).await;
    w.post_shows(&lottery, 1).await;
    w.ends().await;
}
