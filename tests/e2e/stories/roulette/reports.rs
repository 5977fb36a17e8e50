//! «تقرير»: the files as spreadsheets read them.

use std::io::{Cursor, Read};

use qura_i18n::Msg;

use super::managed;
use crate::world::{Lottery, LotteryPlan, Person, World};

const FORMULA: &str = "=HYPERLINK(\"http://x\",\"اضغط\")";
const ARABIC: &str = "عبد الرحمن بن محمد 🎁";

/// Two participants, whose names are what they are.
async fn filled() -> (World, Person, Lottery) {
    let (w, channel, sara, lottery) = managed(LotteryPlan::simple()).await;
    for name in [ARABIC, FORMULA] {
        let person = super::subscriber(&w, &channel, name).await;
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
    assert_eq!(super::state_of(&w, &lottery).await.0, "open");
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
