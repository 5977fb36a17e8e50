//! Who passed the gate, by the names they had last.

use qura_domain::ids::{MessageId, UserId};
use qura_domain::language::Language;
use qura_domain::person::Person;
use qura_domain::timezone::Timezone;
use qura_storage::{Db, Seen, UserRecord};

use crate::database::at;
use crate::hostile::names_of;

on_both_databases! {
    the_first_sight_makes_a_record,
    a_later_sight_changes_names_only,
    the_referrer_counts_only_the_first_time,
    two_sights_in_one_batch_are_as_one_after_the_other,
    nobody_seen_changes_nothing,
    many_at_once_from_two_tasks,
    choices_last,
    unknown_choices_read_as_none,
    the_last_screen_counts,
    being_seen_lifts_the_block,
    choices_of_a_stranger_change_nothing,
}

pub fn person(id: i64, first_name: &str) -> Person {
    Person {
        id: UserId::new(id),
        first_name: first_name.into(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        is_bot: false,
    }
}

fn seen(id: i64, first_name: &str, referrer: Option<i64>, secs: i64) -> Seen {
    Seen { person: person(id, first_name), referrer: referrer.map(UserId::new), at: at(secs) }
}

fn fresh(id: i64, secs: i64) -> UserRecord {
    UserRecord {
        id: UserId::new(id),
        language: None,
        timezone: None,
        screen: None,
        first_seen_at: at(secs),
        banned: false,
    }
}

/// What no repository reads yet: referrer, time last seen, time blocked.
async fn hidden(db: &Db, id: i64) -> (Option<i64>, i64, Option<i64>) {
    const SQL: &str = "SELECT referrer_id, last_seen_at, blocked_at FROM users WHERE id = $1";
    match db {
        Db::Pg { pool, .. } => sqlx::query_as(SQL).bind(id).fetch_one(pool).await.unwrap(),
        Db::Lite { read, .. } => sqlx::query_as(SQL).bind(id).fetch_one(read).await.unwrap(),
    }
}

async fn the_first_sight_makes_a_record(db: Db) {
    assert_eq!(read!(db, users().get(UserId::new(1))), None);
    assert_eq!(read!(db, users().count()), 0);
    let mut known = committed!(db, users().see(&[seen(2, "عمر", None, 5), seen(1, "سارة", None, 4)]));
    known.sort_by_key(|record| record.id);
    assert_eq!(known, [fresh(1, 4), fresh(2, 5)]);
    assert_eq!(read!(db, users().get(UserId::new(1))), Some(fresh(1, 4)));
    assert_eq!(read!(db, users().count()), 2);
}

async fn a_later_sight_changes_names_only(db: Db) {
    committed!(db, users().see(&[seen(1, "سارة", None, 1)]));
    let renamed = Person {
        last_name: Some("النجار".into()),
        username: Some("sara".into()),
        language_code: Some("en-GB".into()),
        is_premium: true,
        ..person(1, "123")
    };
    let known = committed!(db, users().see(&[Seen { person: renamed, referrer: None, at: at(9) }]));
    assert_eq!(known, [fresh(1, 1)]);
    assert_eq!(hidden(&db, 1).await.1, at(9).micros());
    let names = names_of(&db, 1).await;
    // A name of digits is a text, and what is premium is a truth, not a number.
    assert_eq!(names.first_name, "123");
    assert_eq!(
        (names.last_name.as_deref(), names.username.as_deref(), names.language_code.as_deref()),
        (Some("النجار"), Some("sara"), Some("en-GB"))
    );
    assert!(names.is_premium);
    committed!(db, users().see(&[seen(1, "سارة", None, 10)]));
    let names = names_of(&db, 1).await;
    assert_eq!((names.last_name, names.is_premium), (None, false));
}

async fn the_referrer_counts_only_the_first_time(db: Db) {
    committed!(db, users().see(&[seen(1, "a", Some(7), 1), seen(2, "b", None, 1)]));
    committed!(db, users().see(&[seen(1, "a", Some(8), 2), seen(2, "b", Some(8), 2)]));
    committed!(db, users().see(&[seen(1, "a", None, 3)]));
    assert_eq!(hidden(&db, 1).await.0, Some(7));
    assert_eq!(hidden(&db, 2).await.0, None);
}

async fn two_sights_in_one_batch_are_as_one_after_the_other(db: Db) {
    let batch = [
        seen(1, "old", Some(7), 1),
        seen(2, "other", None, 1),
        seen(1, "new", None, 2),
        seen(2, "other", Some(9), 3),
    ];
    let mut known = committed!(db, users().see(&batch));
    known.sort_by_key(|record| record.id);
    assert_eq!(known, [fresh(1, 1), fresh(2, 1)]);
    assert_eq!(names_of(&db, 1).await.first_name, "new");
    assert_eq!(hidden(&db, 1).await, (Some(7), at(2).micros(), None));
    assert_eq!(hidden(&db, 2).await, (None, at(3).micros(), None));
}

async fn nobody_seen_changes_nothing(db: Db) {
    assert_eq!(committed!(db, users().see(&[])), []);
    committed!(db, users().record_screens(&[]));
    assert_eq!(read!(db, users().count()), 0);
}

async fn many_at_once_from_two_tasks(db: Db) {
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                // Every task sees the same people, half of them in the other order.
                let mut batch: Vec<_> =
                    (1..=200).map(|id| seen(id, &format!("task {n}"), Some(n), n)).collect();
                if n % 2 == 0 {
                    batch.reverse();
                }
                committed!(db, users().see(&batch)).len()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    assert_eq!(read!(db, users().count()), 200);
    // All were first seen by the same task: its batch went first as a whole.
    let first = hidden(&db, 1).await.0;
    for id in 2..=200 {
        assert_eq!(hidden(&db, id).await.0, first, "person {id}");
    }
}

async fn choices_last(db: Db) {
    let sara = UserId::new(1);
    committed!(db, users().see(&[seen(1, "سارة", None, 1), seen(2, "عمر", None, 1)]));
    let cairo: Timezone = "Africa/Cairo".parse().unwrap();
    committed!(db, users().choose_language(sara, Language::English));
    committed!(db, users().choose_timezone(sara, cairo));
    committed!(db, users().record_screens(&[(sara, MessageId::new(55))]));
    let expected = UserRecord {
        language: Some(Language::English),
        timezone: Some(cairo),
        screen: Some(MessageId::new(55)),
        ..fresh(1, 1)
    };
    assert_eq!(read!(db, users().get(sara)), Some(expected));
    // Being seen again does not undo them, and tells them.
    assert_eq!(committed!(db, users().see(&[seen(1, "سارة", None, 2)])), [expected]);
    assert_eq!(read!(db, users().get(UserId::new(2))), Some(fresh(2, 1)));
    committed!(db, users().choose_language(sara, Language::Arabic));
    assert_eq!(read!(db, users().get(sara)).unwrap().language, Some(Language::Arabic));
}

async fn unknown_choices_read_as_none(db: Db) {
    committed!(db, users().see(&[seen(1, "a", None, 1)]));
    const SQL: &str = "UPDATE users SET language = 'tlh', timezone = 'Mars/Olympus', banned_at = 3";
    match &db {
        Db::Pg { pool, .. } => sqlx::query(SQL).execute(pool).await.map(|_| ()).unwrap(),
        Db::Lite { write, .. } => sqlx::query(SQL).execute(write).await.map(|_| ()).unwrap(),
    }
    let expected = UserRecord { banned: true, ..fresh(1, 1) };
    assert_eq!(read!(db, users().get(UserId::new(1))), Some(expected));
}

async fn the_last_screen_counts(db: Db) {
    let (sara, omar, stranger) = (UserId::new(1), UserId::new(2), UserId::new(3));
    committed!(db, users().see(&[seen(1, "a", None, 1), seen(2, "b", None, 1)]));
    let screen = |user, message| (user, MessageId::new(message));
    committed!(
        db,
        users().record_screens(&[screen(sara, 9), screen(stranger, 4), screen(omar, 8), screen(sara, 2)])
    );
    assert_eq!(read!(db, users().get(sara)).unwrap().screen, Some(MessageId::new(2)));
    assert_eq!(read!(db, users().get(omar)).unwrap().screen, Some(MessageId::new(8)));
    assert_eq!(read!(db, users().get(stranger)), None);
    committed!(db, users().record_screens(&[screen(omar, 7)]));
    assert_eq!(read!(db, users().get(sara)).unwrap().screen, Some(MessageId::new(2)));
}

async fn being_seen_lifts_the_block(db: Db) {
    let sara = UserId::new(1);
    committed!(db, users().see(&[seen(1, "a", None, 1)]));
    committed!(db, users().set_blocked(sara, Some(at(5))));
    assert_eq!(hidden(&db, 1).await.2, Some(at(5).micros()));
    committed!(db, users().set_blocked(sara, None));
    assert_eq!(hidden(&db, 1).await.2, None);
    committed!(db, users().set_blocked(sara, Some(at(6))));
    committed!(db, users().see(&[seen(1, "a", None, 7)]));
    assert_eq!(hidden(&db, 1).await.2, None);
}

async fn choices_of_a_stranger_change_nothing(db: Db) {
    let nobody = UserId::new(404);
    committed!(db, users().choose_language(nobody, Language::English));
    committed!(db, users().choose_timezone(nobody, Timezone::RIYADH));
    committed!(db, users().set_blocked(nobody, Some(at(1))));
    committed!(db, users().record_screens(&[(nobody, MessageId::new(1))]));
    assert_eq!(read!(db, users().count()), 0);
}
