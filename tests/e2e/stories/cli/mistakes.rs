//! Mistakes at the start: each is one clear sentence and exit code 1, never a backtrace.

use std::time::Duration;

use crate::world::program::Launch;
use crate::world::{TOKEN, World};

/// A start with one wrong setting; what is said.
async fn refuses(w: &World, launch: Launch) -> String {
    let said = launch.run(&["run"]).await;
    let sentence = said.refused().to_owned();
    let secret = TOKEN.split_once(':').unwrap().1;
    assert!(!sentence.contains(secret), "{sentence}");
    assert!(w.control.calls("getUpdates").await.is_empty());
    sentence
}

#[track_caller]
fn names(sentence: &str, words: &[&str]) {
    assert!(words.iter().all(|word| sentence.contains(word)), "{words:?} in {sentence}");
}

#[tokio::test]
async fn a_token_that_telegram_does_not_know() {
    let w = World::builder().idle().start().await;
    let wrong = w.launch.clone().with("TELEGRAM_TOKEN", "1002:never-given");
    names(&refuses(&w, wrong).await, &["TELEGRAM_TOKEN", "@BotFather"]);
    w.ends().await;
}

#[tokio::test]
async fn a_token_that_is_none() {
    let w = World::builder().idle().start().await;
    for token in ["hello-token", "1001", "1001:", ":abc", "1001:a b", "-5:abc", "1001:سر"] {
        let sentence = refuses(&w, w.launch.clone().with("TELEGRAM_TOKEN", token)).await;
        names(&sentence, &["TELEGRAM_TOKEN", "@BotFather"]);
        assert!(!sentence.contains("hello-token"), "{sentence}");
    }
    let none = refuses(&w, w.launch.clone().without("TELEGRAM_TOKEN")).await;
    names(&none, &["TELEGRAM_TOKEN", "qura playground"]);
    w.ends().await;
}

#[tokio::test]
async fn a_username_that_is_not_the_tokens() {
    let w = World::builder().idle().start().await;
    let sentence = refuses(&w, w.launch.clone().with("BOT_USERNAME", "@other_bot")).await;
    names(&sentence, &["BOT_USERNAME", "other_bot", "qura_bot"]);
    w.ends().await;
}

#[tokio::test]
async fn values_that_are_not_acceptable() {
    let w = World::builder().idle().start().await;
    for (name, value) in [
        ("POLLING_LIMIT", "101"),
        ("POLLING_LIMIT", "many"),
        ("POLLING_TIMEOUT", "-1"),
        ("BOT_CONCURRENCY", "0"),
        ("MEMBERSHIP_TTL", "1.5"),
        ("SESSION_TTL", "59"),
        ("ADMIN_IDS", "5001,khalid"),
        ("DEFAULT_TIMEZONE", "Riyadh"),
        ("DEFAULT_LANGUAGE", "fr"),
        ("HTTP_ADDR", "8080"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://localhost/qura"),
        ("DATABASE_MAX_CONNECTIONS", "0"),
        ("TELEGRAM_API_URL", "not an address"),
    ] {
        names(&refuses(&w, w.launch.clone().with(name, value)).await, &[name]);
    }
    w.ends().await;
}

#[tokio::test]
async fn a_name_in_the_env_file_that_is_no_setting() {
    let w = World::builder().idle().start().await;
    std::fs::write(w.launch.folder.join(".env"), "TELEGRAM_TOKN=1001:hidden\n").unwrap();
    let sentence = refuses(&w, w.launch.clone()).await;
    names(&sentence, &["TELEGRAM_TOKN", ".env.example"]);
    assert!(!sentence.contains("hidden"), "{sentence}");
    std::fs::write(w.launch.folder.join(".env"), "this is no line of settings: hidden\n").unwrap();
    let sentence = refuses(&w, w.launch.clone()).await;
    names(&sentence, &[".env"]);
    assert!(!sentence.contains("hidden"), "{sentence}");
    w.ends().await;
}

#[tokio::test]
async fn the_env_file_is_read_and_the_environment_wins() {
    let mut w = World::builder().idle().start().await;
    std::fs::write(w.launch.folder.join(".env"), format!("TELEGRAM_TOKEN={TOKEN}\nPOLLING_LIMIT=wrong\n"))
        .unwrap();
    w.launch = w.launch.clone().without("TELEGRAM_TOKEN").with("POLLING_LIMIT", "50");
    w.program_starts();
    let sara = w.member("سارة").await;
    assert_eq!(sara.chat().await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_database_of_a_later_version() {
    let w = World::builder().idle().start().await;
    w.runs(&["migrate", "up"]).await.lines();
    w.database.needs_program(9999).await;
    names(&refuses(&w, w.launch.clone()).await, &["9999"]);
    w.ends().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_made() {
    let w = World::builder().idle().start().await;
    let file = w.launch.folder.join("occupied");
    std::fs::write(&file, "").unwrap();
    let path = file.join("qura.db").display().to_string();
    names(&refuses(&w, w.launch.clone().with("DATABASE_URL", path)).await, &["occupied"]);
    w.ends().await;
}

#[tokio::test]
async fn something_that_is_no_database() {
    let w = World::builder().idle().start().await;
    let file = w.launch.folder.join("letter.txt");
    std::fs::write(&file, "Dear Sir or Madam,\n".repeat(1000)).unwrap();
    refuses(&w, w.launch.clone().with("DATABASE_URL", file.display().to_string())).await;
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Dear Sir"), "it was left alone");
    w.ends().await;
}

/// Telegram may be away at the moment of a restart: that is no reason to stay down.
#[tokio::test]
async fn a_telegram_that_cannot_be_reached_is_waited_for() {
    let mut w = World::builder().idle().start().await;
    w.expects_error("waiting for Telegram");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let mut program = w.launch.clone().with("TELEGRAM_API_URL", &address).start(&["run"]);
    let line = program.logs("waiting for Telegram").await;
    names(&line, &[&address, "retry_s"]);
    assert!(!line.contains(TOKEN.split_once(':').unwrap().1), "{line}");
    program.stops().await;
    w.ends().await;
}

#[tokio::test]
async fn a_telegram_that_comes_back_is_found() {
    let mut w = World::builder().idle().start().await;
    w.expects_error("waiting for Telegram");
    w.control.fault(serde_json::json!({"kind": "server_error", "method": "getMe", "count": 5})).await;
    w.program_starts();
    w.member("سارة").await;
    w.ends().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_while_it_runs() {
    let mut w = World::builder().env("POLLING_TIMEOUT", "1").start().await;
    let body = serde_json::json!({"token": "1001:another", "username": "qura_bot"});
    w.control.post("/bots", body).await;
    let status = w.program_ends_within(Duration::from_secs(20)).await;
    assert_eq!(status.code(), Some(1));
    let log = w.log();
    let last = log.lines().last().unwrap();
    names(last, &["qura: ", "token"]);
    w.ends().await;
}
