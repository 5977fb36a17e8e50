//! «تقرير»: the files as spreadsheets read them.

use std::io::{Cursor, Read};
use std::time::Duration;

use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg};
use serde_json::json;

use super::{managed, opens_the_card, state_of, subscriber};
use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, World};

const FORMULA: &str = "=HYPERLINK(\"http://x\",\"اضغط\")";
const ARABIC: &str = "عبد الرحمن بن محمد 🎁";

/// Two participants, whose names are what they are.
async fn filled() -> (World, Person, Lottery) {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    for name in [ARABIC, FORMULA] {
        let person = subscriber(&w, &channel, name).await;
        person.joins_lottery(&lottery).await;
        person.sees_button("انسحاب").await;
    }
    (w, sara, lottery)
}

/// Asks for a report; the file.
pub async fn report(w: &World, sara: &Person, kind: &str) -> Vec<u8> {
    let before = w.files(sara).await.len();
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    sara.presses(kind).await.is_quiet();
    sara.sees(Msg::ManageReportOrdered).await;
    w.comes_true("the report is sent", async || w.files(sara).await.len() > before).await;
    w.settles().await;
    let files = w.files(sara).await;
    assert_eq!(files.len(), before + 1);
    w.control.bytes(&format!("/files/{}", files[before])).await
}

#[tokio::test]
async fn a_csv_opens_as_utf_8_and_holds_no_formula() {
    let (w, sara, _) = filled().await;
    let file = report(&w, &sara, "CSV").await;
    assert_eq!(&file[..3], [0xEF, 0xBB, 0xBF]);
    let mut reader = csv::Reader::from_reader(&file[3..]);
    let heading: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(heading[1], Msg::ReportName.plain(Default::default()));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0][0], &rows[0][1]), ("1", ARABIC));
    assert_eq!(rows[1][1], format!("'{FORMULA}"));
    for cell in rows.iter().flat_map(|row| row.iter()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    assert_eq!(super::acts(&w, "lottery.").await, ["lottery.report"]);
    w.ends().await;
}

#[tokio::test]
async fn a_spreadsheet_opens_from_right_to_left_with_names_intact() {
    let (w, sara, _) = filled().await;
    let file = report(&w, &sara, "XLSX").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("rightToLeft=\"1\""), "{sheet}");
    assert!(sheet.contains(ARABIC), "{sheet}");
    assert!(sheet.contains("=HYPERLINK("), "the name is there, as words");
    assert!(!sheet.contains("<f>"), "and no formula");
    assert!(part("xl/workbook.xml").contains(&Msg::ReportSheet.plain(Default::default())));
    w.ends().await;
}

#[tokio::test]
async fn reports_are_limited_and_it_is_said() {
    let (w, sara, lottery) = filled().await;
    let row = |number: i64| {
        let (person, now) = (sara.id(), w.now());
        format!(
            "INSERT INTO limited_acts (user_id, act, done_at, id)
             VALUES ({person}, 'lottery.report', {now}, {number});"
        )
    };
    w.database.runs(&(1..=10).map(row).collect::<String>()).await;
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    let press = sara.presses("CSV").await;
    let said = press.pressed["answer"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(said.contains("10"), "{said}");
    w.settles().await;
    assert!(w.files(&sara).await.is_empty());
    assert_eq!(state_of(&w, &lottery).await.0, "open");
    w.ends().await;
}

#[tokio::test]
async fn a_report_that_cannot_be_sent_is_told_of() {
    let (mut w, sara, lottery) = filled().await;
    w.expects_error("a report is given up");
    let fault = serde_json::json!({
        "kind": "bad_request", "method": "sendDocument", "description": "Bad Request: no", "count": 1,
    });
    w.control.fault(fault).await;
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    sara.presses("CSV").await.is_quiet();
    sara.sees(Msg::ManageReportFailed { code: lottery.code.clone() }).await;
    w.ends().await;
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Asks for the report of who stayed, from the card; the file.
async fn retention(w: &World, sara: &Person, kind: &str) -> Vec<u8> {
    let before = w.files(sara).await.len();
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    sara.presses("تقرير البقاء").await.is_quiet();
    sara.sees(Msg::ManageRetention).await;
    sara.presses(kind).await.is_quiet();
    sara.sees(Msg::ManageReportOrdered).await;
    w.comes_true("the report is sent", async || w.files(sara).await.len() > before).await;
    w.settles().await;
    let files = w.files(sara).await;
    assert_eq!(files.len(), before + 1);
    w.control.bytes(&format!("/files/{}", files[before])).await
}

/// The rows about a chat: came, days, there, gone, removed, not known, share.
fn rows_of(file: &[u8], channel: &Channel) -> Vec<String> {
    noted_rows_of(file, channel, "")
}

fn noted_rows_of(file: &[u8], channel: &Channel, note: &str) -> Vec<String> {
    assert_eq!(&file[..3], [0xEF, 0xBB, 0xBF]);
    let mut reader = csv::Reader::from_reader(&file[3..]);
    let rows = reader.records().map(Result::unwrap).filter(|row| row[1] == *channel.id.to_string());
    rows.map(|row| {
        assert_eq!((&row[0], &row[9]), (channel.title.as_str(), note));
        row.iter().skip(2).take(7).collect::<Vec<_>>().join(" ")
    })
    .collect()
}

/// Whatever the bot is in the chats of a story that begins in the middle, it is an administrator.
async fn sees_members(w: &World) {
    w.database.runs("UPDATE channels SET bot = '{\"administrator\":{}}'").await;
}

async fn comes(person: &Person, partner: &Channel, lottery: &Lottery) {
    person.joins(partner).await;
    enters(person, lottery).await;
}

async fn enters(person: &Person, lottery: &Lottery) {
    person.joins_lottery(lottery).await;
    person.sees_button("انسحاب").await;
}

async fn is_removed(w: &World, channel: &Channel, person: &Person) {
    let body = json!({"user": person.id(), "status": "kicked"});
    w.control.post(&format!("/chats/{}/members", channel.id), body).await;
}

#[tokio::test]
async fn who_came_because_of_a_lottery_is_told_with_who_stayed_a_day_a_week_and_a_month() {
    let mut w = World::builder().at(1_800_000_000).start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let partner = w.channel(ChannelPlan::public("قناة شريكة", "partner_channel")).await;
    channel.appoints_the_bot().await;
    partner.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    channel.appoints(&sara).await;
    let mut people = Vec::new();
    for name in ["ليلى", "منى", "هند", "ريم", "دانة", "سلمى", "نورة", "عبير"] {
        people.push(subscriber(&w, &channel, name).await);
    }
    let [stays, soon_gone, gone_later, removed, back, late, member, returned] = &people[..] else { panic!() };
    for person in [member, returned] {
        person.joins(&partner).await;
    }
    w.settles().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&partner)).await;
    sees_members(&w).await;

    w.passes(HOUR).await;
    for person in [stays, soon_gone, gone_later, removed, back] {
        comes(person, &partner, &lottery).await;
    }
    enters(member, &lottery).await;
    returned.leaves(&partner).await;
    w.settles().await;
    comes(returned, &partner, &lottery).await;
    w.passes(12 * HOUR).await;
    soon_gone.leaves(&partner).await;
    back.leaves(&partner).await;
    is_removed(&w, &partner, removed).await;
    w.settles().await;
    w.passes(6 * HOUR).await;
    back.joins(&partner).await;
    w.passes(30 * HOUR).await;
    comes(late, &partner, &lottery).await;
    w.passes(DAY).await;
    gone_later.leaves(&partner).await;
    member.leaves(&partner).await;
    w.settles().await;

    w.passes(5 * DAY).await;
    opens_the_card(&sara, "الجارية").await;
    let file = retention(&w, &sara, "CSV").await;
    assert_eq!(rows_of(&file, &partner), ["6 1 4 2 1 0 67", "6 7 2 3 1 1 40", "6 30 0 0 0 6 "]);
    assert_eq!(rows_of(&file, &channel), ["0 1 0 0 0 0 ", "0 7 0 0 0 0 ", "0 30 0 0 0 0 "]);
    assert_eq!(super::acts(&w, "lottery.").await, ["lottery.report"]);

    // When it is over, most of them leave.
    opens_the_card(&sara, "الجارية").await;
    sara.presses("سحب الفائزين").await.is_quiet();
    sara.sees(Msg::ManageDrawConfirm { count: 8 }).await;
    sara.presses("تأكيد").await.is_quiet();
    w.comes_true("the draw is told", async || state_of(&w, &lottery).await.0 == "announced").await;
    w.is_all_said().await;
    w.passes(10 * DAY).await;
    stays.leaves(&partner).await;
    w.settles().await;
    w.passes(20 * DAY).await;
    opens_the_card(&sara, "المنتهية").await;
    let file = retention(&w, &sara, "CSV").await;
    assert_eq!(rows_of(&file, &partner), ["6 1 4 2 1 0 67", "6 7 3 3 1 0 50", "6 30 2 4 1 0 33"]);
    w.ends().await;
}

#[tokio::test]
async fn that_nobody_came_is_said_in_so_many_words() {
    let now = 1_800_000_000;
    let mut w = World::builder().at(now).start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    channel.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    channel.appoints(&sara).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    w.settles().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple()).await;
    sees_members(&w).await;
    w.passes(HOUR).await;
    enters(&laila, &lottery).await;
    opens_the_card(&sara, "الجارية").await;
    let file = retention(&w, &sara, "XLSX").await;
    let time = LocalTime { at: Timestamp::from_secs(now + 3_600), zone: Timezone::RIYADH };
    sara.sees(Msg::RetentionCaptionNobody { code: lottery.code.clone(), time }).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("rightToLeft=\"1\"") && sheet.contains("قناة سارة"), "{sheet}");
    w.ends().await;
}

#[tokio::test]
async fn where_nobody_has_to_be_anywhere_there_is_nothing_to_report_and_it_is_said() {
    let plan = LotteryPlan::simple().with("members_only", json!(false));
    let (w, _, sara, _) = managed(plan).await;
    sara.presses("تقرير").await.is_quiet();
    sara.sees(Msg::ManageReport).await;
    sara.presses("تقرير البقاء").await.is_quiet();
    sara.sees(Msg::ManageRetention).await;
    sara.presses("CSV").await.alerts(Msg::ManageBringsNobodyAlert);
    w.settles().await;
    assert!(w.files(&sara).await.is_empty());
    assert_eq!(super::acts(&w, "lottery.").await, Vec::<String>::new());
    assert!(
        w.database.rows::<(i64,)>("SELECT user_id FROM limited_acts").await.is_empty(),
        "it costs nothing"
    );
    w.ends().await;
}

#[tokio::test]
async fn what_the_bot_cannot_see_is_not_taken_for_staying() {
    let mut w = World::builder().at(1_800_000_000).start().await;
    let channel = w.channel(ChannelPlan::public("قناة سارة", "sara_channel")).await;
    let partner = w.channel(ChannelPlan::public("قناة شريكة", "partner_channel")).await;
    channel.appoints_the_bot().await;
    partner.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    channel.appoints(&sara).await;
    let laila = subscriber(&w, &channel, "ليلى").await;
    w.settles().await;
    let lottery = w.lottery(&sara, &channel, LotteryPlan::simple().channel(&partner)).await;
    sees_members(&w).await;
    w.passes(HOUR).await;
    comes(&laila, &partner, &lottery).await;
    w.passes(2 * DAY).await;
    w.expects_refusal("getChat", "bot was kicked");
    partner.removes_the_bot().await;
    w.settles().await;
    // Nobody hears of it.
    laila.leaves(&partner).await;
    w.passes(10 * DAY).await;
    let note = Msg::RetentionGaps.plain(Default::default());
    let expected = ["1 1 1 0 0 0 100", "1 7 0 0 0 1 ", "1 30 0 0 0 1 "];
    // Looking at what the bot is there changes nothing.
    for _ in 0..2 {
        opens_the_card(&sara, "المتوقفة").await;
        let file = retention(&w, &sara, "CSV").await;
        assert_eq!(noted_rows_of(&file, &partner, &note), expected);
        opens_the_card(&sara, "المتوقفة").await;
        sara.presses("استئناف").await;
        w.settles().await;
    }
    // Nor does it help for the past that the bot is there again.
    partner.appoints_the_bot().await;
    w.passes(20 * DAY).await;
    opens_the_card(&sara, "المتوقفة").await;
    let file = retention(&w, &sara, "CSV").await;
    assert_eq!(noted_rows_of(&file, &partner, &note), expected);
    assert_eq!(rows_of(&file, &channel), ["0 1 0 0 0 0 ", "0 7 0 0 0 0 ", "0 30 0 0 0 0 "]);
    w.ends().await;
}

#[tokio::test]
async fn a_long_list_is_counted_in_several_runs() {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    sees_members(&w).await;
    // One more than a run looks at, and the last of them came as well as the first.
    let (people, id, chat, begin) = (20_001, lottery.id, channel.id, w.now());
    let joined = begin + 2_000_000;
    w.database
        .runs(&format!(
            "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
             WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             SELECT {id}, 5000000 + i, i, {joined}, {joined}, 'post' FROM n;
             UPDATE lottery_counters SET tickets = {people}, participants = {people} WHERE lottery_id = {id};
             INSERT INTO membership_events (chat_id, user_id, happened_at, seq, actor_id, before, after, crosses)
             SELECT {chat}, user_id, {begin} + 1000000, ticket, user_id, '\"left\"', '\"member\"', TRUE
             FROM lottery_participants WHERE ticket IN (1, {people})"
        ))
        .await;
    let file = retention(&w, &sara, "CSV").await;
    assert_eq!(rows_of(&file, &channel), ["2 1 0 0 0 2 ", "2 7 0 0 0 2 ", "2 30 0 0 0 2 "]);
    w.ends().await;
}
