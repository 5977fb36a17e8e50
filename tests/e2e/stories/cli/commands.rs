//! `qura migrate` and `qura admin`.

use serde_json::json;

use crate::world::program::Launch;
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn the_schema_goes_up_and_down() {
    let mut w = World::builder().idle().start().await;
    let status = w.runs(&["migrate", "status"]).await;
    let count = status.lines().len();
    assert!(count >= 8 && status.lines().iter().all(|line| line.contains(" missing ")), "{status:?}");
    let up = w.runs(&["migrate", "up"]).await;
    assert!(up.lines().iter().all(|line| line.contains(" applied ")), "{up:?}");
    assert_eq!(w.database.people().await, []);
    let down = w.runs(&["migrate", "down", "--to", "2"]).await;
    let marks: Vec<bool> = down.lines().iter().map(|line| line.contains(" applied ")).collect();
    assert_eq!(marks, (0..count).map(|n| n < 2).collect::<Vec<_>>(), "{down:?}");
    w.runs(&["migrate", "down", "--to", "0"]).await.lines();
    assert_eq!(w.runs(&["migrate", "status"]).await.out, status.out);
    // And from there the program brings it up by itself.
    w.program_starts();
    w.member("سارة").await;
    w.ends().await;
}

#[tokio::test]
async fn settings_are_read_and_changed_with_an_audit_row() {
    let w = World::builder().idle().start().await;
    assert_eq!(w.runs(&["admin", "get", "gate.enabled"]).await.lines(), ["false"]);
    assert_eq!(w.runs(&["admin", "set", "gate.enabled", "true"]).await.lines(), ["gate.enabled = true"]);
    let all = w.runs(&["admin", "get"]).await;
    for line in
        ["gate.enabled = true", "gate.channels = []", "gate.requests_count = false", "updates.tries = 3"]
    {
        assert!(all.lines().contains(&line), "{line} in {all:?}");
    }
    let audit = w.database.audit().await;
    assert_eq!(audit.len(), 1);
    assert_eq!((audit[0].actor_id, audit[0].subject.as_str()), (None, "gate.enabled"));
    assert_eq!((audit[0].before.as_deref(), audit[0].after.as_deref()), (Some("false"), Some("true")));
    w.ends().await;
}

#[tokio::test]
async fn settings_that_are_not_acceptable_are_refused() {
    let w = World::builder().idle().start().await;
    let many: Vec<_> = (0..11).map(|n| json!({"chat": -n, "title": "x", "link": "https://t.me/x"})).collect();
    for (key, value, words) in [
        ("gate.enable", "true", "gate.enabled"),
        ("gate.enabled", "yes", "true or false"),
        ("updates.tries", "0", "1 to 10"),
        ("updates.tries", "\"3\"", "1 to 10"),
        ("gate.channels", "[{\"chat\": -1}]", "at most 10"),
        ("gate.channels", &json!(many).to_string(), "at most 10"),
    ] {
        let said = w.runs(&["admin", "set", key, value]).await;
        let sentence = said.refused();
        assert!(sentence.contains(key) && sentence.contains(words), "{sentence}");
    }
    assert!(w.runs(&["admin", "get", "no.such"]).await.refused().contains("no.such"));
    assert_eq!(w.database.audit().await, []);
    w.ends().await;
}

#[tokio::test]
async fn a_setting_of_the_command_line_is_there_at_the_next_start() {
    let mut w = World::builder().gate(ChannelPlan::public("أخبار قُرعة", "qura_news")).idle().start().await;
    w.runs(&["admin", "set", "gate.enabled", "false"]).await.lines();
    w.program_starts();
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    w.ends().await;
}

#[tokio::test]
async fn an_unknown_command_is_refused_with_the_usage() {
    let w = World::builder().idle().start().await;
    for arguments in [&["dance"][..], &["run", "--roles", "king"], &["migrate"], &["migrate", "down"]] {
        let said = w.runs(arguments).await;
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.contains("--help") && !said.err.contains("panicked"), "{said:?}");
    }
    assert!(w.runs(&["--version"]).await.lines()[0].starts_with("qura "));
    w.ends().await;
}

#[tokio::test]
async fn what_is_logged_may_be_set_in_the_file() {
    let w = World::builder().idle().start().await;
    let launch = w.launch.clone().without("RUST_LOG");
    for (filter, is_logged) in [("info", true), ("error", false)] {
        std::fs::write(launch.folder.join(".env"), format!("RUST_LOG={filter}\n")).unwrap();
        let before = w.control.calls("setMyCommands").await.len();
        let mut program = Launch { name: filter.to_owned(), ..launch.clone() }.start(&["run"]);
        w.comes_true("it runs", async || w.control.calls("setMyCommands").await.len() > before).await;
        program.stops().await;
        assert_eq!(program.log().contains("started"), is_logged, "{filter}: {}", program.log());
    }
    w.ends().await;
}
