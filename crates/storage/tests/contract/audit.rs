//! The audit log keeps everything, newest first.

use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;
use qura_storage::{AuditEntry, Db};

use crate::database::at;

on_both_databases! {
    entries_are_listed_newest_first,
    a_page_ends_before_its_moment,
    an_entry_comes_back_as_it_was,
}

fn entry(id: i64, at: Timestamp) -> AuditEntry {
    AuditEntry {
        id,
        at,
        actor: Some(UserId::new(7)),
        action: "settings.set".into(),
        subject: "gate.enabled".into(),
        before: Some("true".into()),
        after: Some("false".into()),
    }
}

async fn ids(db: &Db, before: Timestamp, limit: u32) -> Vec<i64> {
    read!(db, audit().list(before, limit)).into_iter().map(|entry| entry.id).collect()
}

async fn entries_are_listed_newest_first(db: Db) {
    assert!(ids(&db, at(100), 10).await.is_empty());
    // Two of the same microsecond are ordered by id, whatever came first.
    for (id, secs) in [(4, 20), (1, 30), (5, 20), (9, 10)] {
        committed!(db, audit().record(&entry(id, at(secs))));
    }
    assert_eq!(ids(&db, at(100), 10).await, [1, 5, 4, 9]);
    assert_eq!(ids(&db, at(100), 2).await, [1, 5]);
    assert!(ids(&db, at(100), 0).await.is_empty());
}

async fn a_page_ends_before_its_moment(db: Db) {
    for (id, secs) in [(1, 10), (2, 20), (3, 30)] {
        committed!(db, audit().record(&entry(id, at(secs))));
    }
    assert_eq!(ids(&db, at(30), 10).await, [2, 1]);
    assert_eq!(ids(&db, Timestamp::from_micros(at(30).micros() + 1), 10).await, [3, 2, 1]);
    assert!(ids(&db, at(10), 10).await.is_empty());
}

async fn an_entry_comes_back_as_it_was(db: Db) {
    let of_the_program = AuditEntry { actor: None, before: None, after: None, ..entry(1, at(1)) };
    let of_a_person = AuditEntry { after: Some(String::new()), ..entry(i64::MAX, at(2)) };
    committed!(db, audit().record(&of_the_program));
    committed!(db, audit().record(&of_a_person));
    assert_eq!(read!(db, audit().list(at(3), 10)), [of_a_person, of_the_program]);
}
