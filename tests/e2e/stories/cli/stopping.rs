//! SIGTERM in the first moments of a process: it is heard there, too.

use std::fs::File;
use std::process::Command;
use std::time::Duration;

use crate::world::World;

#[tokio::test]
async fn a_program_that_is_stopped_while_it_reads_its_settings_ends_well() {
    let w = World::builder().idle().start().await;
    // Whoever reads it waits for somebody to write.
    let settings = w.launch.folder.join(".env");
    assert!(Command::new("mkfifo").arg(&settings).status().unwrap().success());
    for arguments in [&["run"][..], &[], &["playground"]] {
        let mut program = w.launch.start(arguments);
        let settings = settings.clone();
        let opened = tokio::task::spawn_blocking(move || File::options().write(true).open(settings));
        let writer = opened.await.unwrap().unwrap();
        program.hears("TERM");
        drop(writer);
        let status = program.ends_within(Duration::from_secs(10)).await;
        assert_eq!(status.code(), Some(0), "{arguments:?}: {status}:\n{}", program.log());
    }
    w.ends().await;
}

/// A server that takes connections and says nothing: the way in waits for longer than a stop may take.
#[tokio::test]
async fn a_program_that_is_stopped_while_it_waits_for_its_database_ends_well() {
    let w = World::builder().idle().start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://qura@{}/qura", silent.local_addr().unwrap());
    let mut program = w.launch.clone().with("DATABASE_URL", url).start(&["run"]);
    let asked = tokio::time::timeout(Duration::from_secs(30), silent.accept()).await;
    let _connection = asked.unwrap().unwrap();
    program.hears("TERM");
    let status = program.ends_within(Duration::from_secs(5)).await;
    assert_eq!(status.code(), Some(0), "{status}:\n{}", program.log());
    w.ends().await;
}

#[tokio::test]
async fn a_short_command_ends_by_the_signal() {
    let w = World::builder().idle().start().await;
    let settings = w.launch.folder.join(".env");
    assert!(Command::new("mkfifo").arg(&settings).status().unwrap().success());
    let mut program = w.launch.start(&["migrate", "up"]);
    let opened = tokio::task::spawn_blocking(move || File::options().write(true).open(settings));
    let _writer = opened.await.unwrap().unwrap();
    program.hears("TERM");
    let status = program.ends_within(Duration::from_secs(10)).await;
    assert_eq!(status.code(), None, "{status}");
    w.ends().await;
}
