//! `qura doctor`: what is well, and what is to be mended.

use crate::world::program::Said;
use crate::world::{ChannelPlan, World};

/// Every line is one of the two kinds; the troubles are these, and the exit code tells.
#[track_caller]
fn finds(said: &Said, troubles: &[&str]) {
    let (bad, good): (Vec<&str>, Vec<&str>) = said.out.lines().partition(|line| line.starts_with("TROUBLE "));
    assert!(good.iter().all(|line| line.starts_with("ok      ")), "{said:?}");
    assert_eq!(bad.len(), troubles.len(), "{said:?}");
    assert!(bad.iter().zip(troubles).all(|(line, words)| line.contains(words)), "{troubles:?} in {said:?}");
    assert_eq!(said.code, Some(i32::from(!troubles.is_empty())), "{said:?}");
    assert!(!said.err.contains("panicked") && !said.err.contains("Caused by"), "{said:?}");
}

#[tokio::test]
async fn a_well_kept_bot_has_no_trouble() {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    let w = World::builder().gate(plan).operator("خالد").idle().start().await;
    let said = w.runs(&["doctor"]).await;
    finds(&said, &[]);
    for words in ["up to date", "@qura_bot", "أخبار قُرعة", "1 operator"] {
        assert!(said.out.contains(words), "{words} in {said:?}");
    }
    w.ends().await;
}

#[tokio::test]
async fn a_new_bot_lacks_an_operator_and_a_token() {
    let w = World::builder().idle().start().await;
    let launch = w.launch.clone().without("ADMIN_IDS").without("TELEGRAM_TOKEN");
    let said = launch.run(&["doctor"]).await;
    finds(&said, &["ADMIN_IDS", "TELEGRAM_TOKEN"]);
    assert!(said.out.contains("will be applied"), "{said:?}");
    w.ends().await;
}

#[tokio::test]
async fn a_gate_channel_that_lost_the_bot_is_named() {
    let mut w = World::builder()
        .gate(ChannelPlan::public("أخبار قُرعة", "qura_news"))
        .gate(ChannelPlan::public("جوائز", "prizes"))
        .operator("خالد")
        .idle()
        .start()
        .await;
    w.expects_refusal("getChatMember", "bot was kicked");
    w.gate[1].removes_the_bot().await;
    finds(&w.runs(&["doctor"]).await, &["جوائز"]);
    w.ends().await;
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_database_are_both_named() {
    let w = World::builder().operator("خالد").idle().start().await;
    let occupied = w.launch.folder.join("occupied");
    std::fs::write(&occupied, "").unwrap();
    let launch = w.launch.clone().with("TELEGRAM_TOKEN", "1002:never-given");
    let said =
        launch.with("DATABASE_URL", occupied.join("qura.db").display().to_string()).run(&["doctor"]).await;
    finds(&said, &["occupied", "TELEGRAM_TOKEN"]);
    w.ends().await;
}

#[tokio::test]
async fn a_telegram_that_cannot_be_reached_is_named_soon() {
    let w = World::builder().operator("خالد").idle().start().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let said = w.launch.clone().with("TELEGRAM_API_URL", &address).run(&["doctor"]).await;
    finds(&said, &[&address]);
    w.ends().await;
}

#[tokio::test]
async fn while_the_bot_runs_nothing_is_wrong() {
    let w = World::builder().operator("خالد").start().await;
    finds(&w.runs(&["doctor"]).await, &[]);
    w.ends().await;
}
