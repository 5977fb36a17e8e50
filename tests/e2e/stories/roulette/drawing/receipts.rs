//! «تحقق من السحب»: the receipt that people get is believed by every program, and a forged one by none.

use std::process::Command;

use qura_i18n::Msg;
use serde_json::Value;

use crate::world::World;
use crate::world::draw::{DrawPlan, tickets};

fn root() -> String {
    format!("{}/../..", env!("CARGO_MANIFEST_DIR"))
}

/// What a program of `docs/draw` says of documents; `None` where it refuses them.
fn judged(program: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let script = format!("{}/docs/draw/{script}", root());
    let said = Command::new(program).arg(script).args(arguments).output().unwrap();
    said.status.success().then(|| String::from_utf8(said.stdout).unwrap())
}

#[tokio::test]
async fn a_receipt_is_believed_by_all_three_programs_and_a_forged_one_by_none() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(7).winners(2, 2).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let result = lottery.posts_with(&w, "الفائزان في السحب").await.remove(0);
    let text = result["text"].as_str().unwrap();
    let digest: String = text
        .rsplit_once("بصمة الإيصال:")
        .unwrap()
        .1
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let good = file("receipt.json", &receipt);
    let arguments = [good.as_str(), "--digest", digest.as_str()];
    let ours = w.runs(&[&["verify"][..], &arguments].concat()).await;
    let ours = ours.lines().join("\n");
    for (program, script) in [("python3", "verify.py"), ("node", "verify.mjs")] {
        let theirs = judged(program, script, &arguments);
        let winners = ours.lines().find(|line| line.starts_with("winners")).unwrap();
        assert!(theirs.as_ref().is_some_and(|said| said.contains(winners)), "{script}: {theirs:?}\n{ours}");
    }
    let value: Value = serde_json::from_str(&receipt).unwrap();
    let mut forged = value.clone();
    forged["winners"][0] = value["winners"][1].clone();
    let forged = file("forged.json", &forged.to_string());
    let refused = w.runs(&["verify", &forged]).await;
    assert!(refused.refused().contains("refused"), "{refused:?}");
    assert_eq!(judged("python3", "verify.py", &[&forged]), None);
    assert_eq!(judged("node", "verify.mjs", &[&forged]), None);
    let other = w.runs(&["verify", &good, "--digest", &"0".repeat(64)]).await;
    assert!(other.refused().contains("digest"), "{other:?}");
    w.ends().await;
}

#[tokio::test]
async fn whoever_follows_the_link_gets_the_draw_in_plain_words_and_the_file_on_demand() {
    let mut w = World::builder().env("PUBLIC_URL", "https://qura.example").idle().start().await;
    let lottery = DrawPlan::among(3).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let sara = w.member("سارة").await;
    sara.starts_with(&format!("verify_{}", lottery.code)).await;
    let title =
        Msg::DrawVerifyTitle { code: lottery.code.clone(), tickets: 3, found: 1, wanted: 1, skips: 0 };
    let screen = sara.sees(title).await;
    assert!(screen.text.contains(&Msg::DrawVerifyHow.plain(Default::default())), "{}", screen.text);
    let page = format!("https://qura.example/draws/{}", lottery.code);
    assert_eq!(screen.button("صفحة السحب").url.as_deref(), Some(&*page));
    w.is_all_said().await;
    assert!(w.control.calls("sendDocument").await.is_empty());
    for _ in 0..5 {
        sara.presses(Msg::DrawVerifyFile).await.toasts(Msg::DrawVerifySent);
    }
    sara.presses(Msg::DrawVerifyFile).await.alerts(Msg::DrawVerifyAlertOften);
    w.is_all_said().await;
    let sent = w.control.calls("sendDocument").await;
    assert_eq!(sent.len(), 5, "{sent:#?}");
    assert!(sent.iter().all(|call| call["chat"] == sara.id()));
    w.passes(std::time::Duration::from_secs(3_700)).await;
    sara.presses(Msg::DrawVerifyFile).await.toasts(Msg::DrawVerifySent);
    sara.starts_with("verify_ZzZz9999").await;
    sara.sees(Msg::LinkUnknown).await;
    w.is_all_said().await;
    w.ends().await;
}

#[tokio::test]
async fn without_a_page_whoever_follows_the_link_gets_the_file_at_once_though_not_without_end() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(3).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let sara = w.member("سارة").await;
    for _ in 0..7 {
        sara.starts_with(&format!("verify_{}", lottery.code)).await;
        sara.sees(Msg::DrawVerifyHow).await;
        w.is_all_said().await;
    }
    assert_eq!(w.control.calls("sendDocument").await.len(), 5);
    w.ends().await;
}

#[tokio::test]
async fn the_page_of_a_draw_says_who_won_first_and_carries_the_receipt_to_the_byte() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).winners(2, 1).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let page = w.page(&format!("/draws/{}", lottery.code)).await;
    keep("ar", &page);
    assert!(page.contains("dir=\"rtl\""), "{page}");
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no «{words}»: {page}"));
    for ticket in tickets(&receipt, "winners") {
        assert!(place(lottery.owner(ticket).name()) < place("كيف تتأكد بنفسك؟"));
    }
    assert!(place("كيف تتأكد بنفسك؟") < place("ما لا تثبته هذه الصفحة"));
    let english = w.page(&format!("/draws/{}?lang=en", lottery.code)).await;
    keep("en", &english);
    assert!(english.contains("dir=\"ltr\"") && english.contains("How to check it yourself"), "{english}");
    assert_eq!(w.page(&format!("/draws/{}/0", lottery.code)).await, receipt);
    assert!(w.page("/draws/ZzZz9999").await.contains("لا توجد نتيجة"));
    assert_eq!(w.page(&format!("/draws/{}/1", lottery.code)).await, "");
    w.ends().await;
}

fn keep(name: &str, page: &str) {
    if let Ok(folder) = std::env::var("KEEP_PAGES") {
        std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
    }
}

#[tokio::test]
async fn a_participant_gets_the_proof_of_their_own_ticket_and_nobody_else_does() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(5).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let stranger = w.member("سارة").await;
    stranger.starts_with(&format!("verify_{}", lottery.code)).await;
    stranger.sees(Msg::DrawVerifyHow).await;
    stranger.presses(Msg::DrawOpeningButton).await.alerts(Msg::DrawOpeningAlertStranger);
    for ticket in [3, 5] {
        let owner = lottery.owner(ticket);
        owner.starts_with(&format!("verify_{}", lottery.code)).await;
        owner.sees(Msg::DrawVerifyHow).await;
        owner.presses(Msg::DrawOpeningButton).await.toasts(Msg::DrawVerifySent);
    }
    for ticket in [3_u8, 5] {
        let owner = lottery.owner(ticket.into());
        let caption = Msg::DrawOpeningCaption { code: lottery.code.clone(), ticket: ticket.into() };
        let caption = caption.plain(Default::default());
        w.comes_true("the proof is there", async || {
            owner.chat().await.iter().any(|screen| screen.text.contains(&caption))
        })
        .await;
    }
    // What the file holds is computed again, as the owner would.
    w.program_stops().await;
    let db = w.storage().await;
    let mut reader = db.read().await.unwrap();
    let (_, key) = reader.draw_secrets().get(lottery.id).await.unwrap().unwrap();
    let all = reader.participants().for_draw(lottery.id, None, 10).await.unwrap();
    let mut tree = qura_domain::draw::merkle::MerkleTree::watching([2]);
    all.iter().for_each(|participant| tree.push(participant.leaf(&key)));
    let root = tree.finish();
    let opening = all[2].open(&key, root.leaves, root.proofs[0].clone());
    let value: Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(value["root"], root.hash.to_string());
    assert!(opening.is_in(&root.hash));
    drop(reader);
    db.close().await;
    w.ends().await;
}
