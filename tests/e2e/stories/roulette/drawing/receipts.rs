//! «تحقق من السحب»: what people get, and that every program believes it.

use qura_i18n::Msg;
use serde_json::Value;

use super::forgeries::shown_digest;
use super::judges::{Desk, all_believe, all_refuse};
use crate::world::World;
use crate::world::draw::{DrawPlan, tickets};

#[tokio::test]
async fn a_receipt_without_a_beacon_is_believed_by_all_three_programs_and_by_the_digest_in_the_channel() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(7).winners(2, 2).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let digest = shown_digest(&w, &lottery).await;
    let desk = Desk::new();
    let good = desk.file("receipt.json", &receipt);
    let winners: Vec<String> = tickets(&receipt, "winners").iter().map(u64::to_string).collect();
    let told = format!("winners, by ticket: {}", winners.join(", "));
    all_believe(&w, &[&good, "--digest", &digest], &told).await;
    all_refuse(&w, &[&good, "--digest", &"0".repeat(64)], "digest", "another digest").await;
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
    w.expected.tolerated.push("query is too old");
    for button in ["verify", "file", "proof"] {
        sara.says("/help").await;
        let help = sara.sees(Msg::HelpText).await;
        sara.forges_a_press(&help, &format!("draw:{button}:ZzZz9999")).await;
        sara.sees(sara.menu()).await;
    }
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
    w.is_all_said().await;
    let third = lottery.owner(3);
    // The file that was sent, by the programs of which anybody may take one.
    let desk = Desk::new();
    let mut openings = Vec::new();
    for file in w.files(third).await {
        let content = w.control.bytes(&format!("/files/{file}")).await;
        let value: Value = serde_json::from_slice(&content).unwrap();
        openings.extend((value["ticket"] == 3).then_some(content));
    }
    let [opening] = &openings[..] else { panic!("{} proofs were sent", openings.len()) };
    let (receipt, proof) = (desk.file("receipt.json", &receipt), desk.file("ticket.json", opening));
    all_believe(&w, &[&receipt, "--opening", &proof], "ticket 3 took part, eligible: yes").await;
    let mut forged: Value = serde_json::from_slice(opening).unwrap();
    assert_eq!(forged["user"], third.id().to_string());
    forged["user"] = lottery.owner(2).id().to_string().into();
    let forged = desk.file("forged.json", forged.to_string());
    all_refuse(&w, &[&receipt, "--opening", &forged], "opening", "somebody else's ticket").await;
    // The receipt is everybody's.
    for file in w.files(&stranger).await {
        let content = w.control.bytes(&format!("/files/{file}")).await;
        let value: Value = serde_json::from_slice(&content).unwrap();
        assert!(value.get("ticket").is_none(), "a stranger got {value}");
    }
    w.ends().await;
}
