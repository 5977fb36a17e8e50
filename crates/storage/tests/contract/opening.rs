//! What `DATABASE_URL` may be, and what is said when the database cannot be opened.

use std::error::Error;
use std::path::{Path, PathBuf};

use qura_storage::{DatabaseUrl, Db, OpenError};

/// One line that a person can read, which does not say its cause twice.
pub fn assert_one_sentence(error: &OpenError) {
    let text = error.to_string();
    assert!(!text.contains('\n') && !text.is_empty(), "{text}");
    assert!(text.len() < 300, "{text}");
    if let Some(source) = error.source() {
        assert!(!text.contains(&source.to_string()), "said twice: {text}");
    }
}

fn path_of(url: &str) -> PathBuf {
    match url.parse() {
        Ok(DatabaseUrl::Sqlite(path)) => path,
        other => panic!("{url}: {other:?}"),
    }
}

async fn refused(path: &Path) -> OpenError {
    let error = Db::open(&DatabaseUrl::Sqlite(path.to_owned()), 2).await.err().expect("must be refused");
    assert_one_sentence(&error);
    error
}

#[test]
fn paths_mean_sqlite() {
    for (url, path) in [
        ("data/qura.db", "data/qura.db"),
        ("./data/qura.db", "./data/qura.db"),
        ("/var/lib/qura.db", "/var/lib/qura.db"),
        ("sqlite:data/qura.db", "data/qura.db"),
        ("sqlite:/var/lib/qura.db", "/var/lib/qura.db"),
        ("sqlite://data/qura.db", "data/qura.db"),
        ("sqlite:///var/lib/qura.db", "/var/lib/qura.db"),
        ("بيانات/قرعة.db", "بيانات/قرعة.db"),
    ] {
        assert_eq!(path_of(url), Path::new(path), "{url}");
    }
}

#[test]
fn what_is_neither_is_refused() {
    for url in [
        "",
        "sqlite:",
        "sqlite://",
        "mysql://root@localhost/qura",
        "https://example.org",
        ":memory:",
        "sqlite::memory:",
        "sqlite://:memory:",
        "file:qura.db?mode=memory",
        "sqlite:qura.db?mode=ro",
        "postgres://user@host:not-a-port/qura",
    ] {
        let error = url.parse::<DatabaseUrl>().expect_err(url);
        assert!(matches!(error, OpenError::NotAnUrl), "{url}: {error:?}");
        assert_one_sentence(&error);
    }
}

#[test]
fn no_password_is_shown() {
    for url in [
        "postgres://qura:s3cr3t@db.example:5433/giveaways",
        "postgresql://db.example:5433/giveaways?user=qura&password=s3cr3t",
    ] {
        let parsed: DatabaseUrl = url.parse().unwrap();
        for shown in [format!("{parsed:?}"), format!("{parsed:#?}"), format!("{:?}", parsed.clone())] {
            assert!(!shown.contains("s3cr3t"), "{shown}");
            assert!(
                shown.contains("db.example") && shown.contains("5433") && shown.contains("giveaways"),
                "{shown}"
            );
        }
    }
    let error = "postgres://qura:s3cr3t@host:port/x".parse::<DatabaseUrl>().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn a_file_is_used_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/قرعة.db");
    let url = DatabaseUrl::Sqlite(path.clone());
    for _ in 0..5 {
        let db = Db::open(&url, 2).await.unwrap();
        db.migrate_up().await.unwrap();
        assert!(matches!(refused(&path).await, OpenError::InUse(p) if p == path));
        let clone = db.clone();
        drop(db);
        assert!(matches!(refused(&path).await, OpenError::InUse(_)), "a clone still uses it");
        drop(clone);
    }
    let db = Db::open(&url, 2).await.unwrap();
    db.close().await;
    drop(db);
    Db::open(&url, 2).await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("qura.db"));
    for round in 0..3_u64 {
        // No reader asked for is one reader.
        let db = Db::open(&url, 0).await.unwrap();
        db.migrate_up().await.unwrap();
        assert_eq!(read!(db, settings().all()).len() as u64, round);
        committed!(db, settings().set(&format!("round {round}"), "1", None, crate::database::at(1)));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = refused(&file.join("qura.db")).await;
    assert!(matches!(&error, OpenError::Folder { path, .. } if *path == file), "{error:?}");
    assert!(error.to_string().contains(file.to_str().unwrap()));
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "these are my notes, and by no means a database\n".repeat(100)).unwrap();
    assert!(matches!(refused(&path).await, OpenError::Unreachable(_)));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("these are my notes"));
}

#[tokio::test]
async fn a_server_that_refuses_says_why() {
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else { return };
    let missing = format!("{}_that_is_not_there", url.split('?').next().unwrap());
    let error = Db::open(&missing.parse().unwrap(), 1).await.err().expect("must be refused");
    assert_one_sentence(&error);
    assert!(error.to_string().contains("does not exist"), "{error}");
}
