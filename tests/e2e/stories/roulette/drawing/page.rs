//! The page of a draw, its script run as a browser runs it.

use std::path::PathBuf;
use std::process::Command;

use qura_domain::language::Language;
use qura_i18n::Msg;
use serde_json::Value;

use super::judges::Desk;
use crate::world::World;
use crate::world::draw::{DrawPlan, tickets};

/// What the page says of itself, and of files that the reader chooses.
async fn reads(page: &str, files: &[&str]) -> (String, String) {
    let reader = "../../tests/e2e/stories/roulette/drawing/reader.mjs";
    let mut command = Command::new("node");
    command.arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(reader)).arg(page).args(files);
    let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let [out, wrong] = [said.stdout, said.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let (verdict, judged) = out.trim_end().split_once('\n').unwrap_or_else(|| panic!("{out}{wrong}"));
    (verdict.to_owned(), judged.to_owned())
}

#[tokio::test]
async fn the_page_believes_its_own_receipt_and_says_of_any_other_whose_it_is() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(3).winners(1, 1).with(|s| s.confirmation_hours = Some(1));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    w.passes(std::time::Duration::from_secs(2 * 3_600)).await;
    w.comes_true("the addendum is there", async || w.documents(&lottery).await.len() == 2).await;
    w.is_all_said().await;
    let desk = Desk::new();
    let html = w.page(&format!("/draws/{}?lang=en", lottery.code)).await;
    let documents = w.documents(&lottery).await;
    // Each document's digest as the channel has it, and what was changed since, in words.
    for document in &documents {
        let digest = qura_domain::draw::receipt::digest(document).to_base64url();
        assert!(html.contains(&digest), "{digest}");
    }
    let [before, now] = [tickets(&documents[0], "winners")[0], tickets(&documents[0], "reserves")[0]];
    let (ticket, heir) = (before.try_into().unwrap(), now.try_into().unwrap());
    let reason = Msg::DrawReasonTimeout.plain(Language::English);
    let change = Msg::PageReplaced { ticket, heir, reason }.plain(Language::English);
    assert!(html.contains(&change), "{change} in {html}");
    let page = desk.file("page.html", html);
    let receipt = desk.file("receipt-AbCd1234.json", &documents[0]);
    let addendum = desk.file("addendum-AbCd1234-1.json", &documents[1]);
    let vectors: Value = serde_json::from_str(include_str!("../../../../../docs/draw/vectors.json")).unwrap();
    let draw =
        vectors["draws"].as_array().unwrap().iter().find(|draw| draw["name"] == "mode_0_of_2").unwrap();
    let other = desk.file("receipt-other.json", draw["receipt"]["text"].as_str().unwrap());

    let (verdict, judged) = reads(&page, &[&addendum, &receipt]).await;
    assert!(verdict.starts_with("good: ") && verdict.contains("the same result"), "{verdict}");
    assert_eq!(judged, verdict);
    // What this page's draw came to before a winner was replaced.
    let (_, judged) = reads(&page, &[&receipt]).await;
    assert!(judged.starts_with("busy: ") && judged.contains("addenda"), "{judged}");
    let (_, judged) = reads(&page, &[&other]).await;
    let told: Value = serde_json::from_str(draw["receipt"]["text"].as_str().unwrap()).unwrap();
    assert!(judged.starts_with("bad: ") && !judged.contains("the same result"), "{judged}");
    assert!(judged.contains("another draw") && judged.contains(told["code"].as_str().unwrap()), "{judged}");
    let forged = desk.file("forged.json", documents[0].replace("\"skips\":0", "\"skips\":1"));
    let (_, judged) = reads(&page, &[&forged]).await;
    assert!(judged.starts_with("bad: ") && judged.contains("(result)"), "{judged}");
    assert!(judged.contains(&Msg::PageRefusedResult.plain(Language::English)), "{judged}");
    // An addendum is no receipt, and the page says what to choose.
    let (_, judged) = reads(&page, &[&addendum]).await;
    assert!(judged.contains(&Msg::PageRefusedVersion.plain(Language::English)), "{judged}");
    w.ends().await;
}
