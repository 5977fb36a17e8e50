//! One wizard a person, until it ends or expires.

use qura_domain::ids::UserId;
use qura_storage::{Db, Session};

use crate::database::at;

on_both_databases! {
    a_wizard_is_saved_replaced_and_deleted,
    wizards_of_many_are_deleted_together,
    expired_wizards_go_the_oldest_first,
    a_wizard_lives_to_its_last_microsecond,
}

fn session(user: i64, state: &str, expires: i64) -> Session {
    Session { user: UserId::new(user), state: state.into(), expires_at: at(expires) }
}

async fn a_wizard_is_saved_replaced_and_deleted(db: Db) {
    let (sara, omar) = (UserId::new(1), UserId::new(2));
    assert_eq!(read!(db, sessions().get(sara)), None);
    assert!(!committed!(db, sessions().delete(sara)));
    let (first, second) = (session(1, "{\"step\":1}", 10), session(1, "", 5));
    committed!(db, sessions().save(&first));
    committed!(db, sessions().save(&session(2, "other", 10)));
    assert_eq!(read!(db, sessions().get(sara)), Some(first));
    committed!(db, sessions().save(&second));
    assert_eq!(read!(db, sessions().get(sara)), Some(second));
    assert!(committed!(db, sessions().delete(sara)));
    assert_eq!(read!(db, sessions().get(sara)), None);
    assert!(read!(db, sessions().get(omar)).is_some());
}

async fn wizards_of_many_are_deleted_together(db: Db) {
    for user in 1..=3 {
        committed!(db, sessions().save(&session(user, "x", 10)));
    }
    assert_eq!(committed!(db, sessions().delete_all(&[])), []);
    // Of the same person twice, and of one who has none.
    let users = [3, 1, 3, 99].map(UserId::new);
    let mut gone = committed!(db, sessions().delete_all(&users));
    gone.sort_by_key(|session| session.user);
    assert_eq!(gone, [session(1, "x", 10), session(3, "x", 10)]);
    assert_eq!(committed!(db, sessions().delete_all(&users)), []);
    assert!(read!(db, sessions().get(UserId::new(2))).is_some());
}

async fn expired_wizards_go_the_oldest_first(db: Db) {
    assert_eq!(committed!(db, sessions().delete_expired(at(100), 10)), []);
    for (user, expires) in [(1, 30), (2, 10), (3, 20), (4, 900)] {
        committed!(db, sessions().save(&session(user, "x", expires)));
    }
    assert_eq!(committed!(db, sessions().delete_expired(at(100), 0)), []);
    let mut gone = committed!(db, sessions().delete_expired(at(100), 2));
    gone.sort_by_key(|session| session.user);
    assert_eq!(gone, [session(2, "x", 10), session(3, "x", 20)]);
    assert_eq!(committed!(db, sessions().delete_expired(at(100), 2)), [session(1, "x", 30)]);
    assert_eq!(committed!(db, sessions().delete_expired(at(100), 2)), []);
    assert!(read!(db, sessions().get(UserId::new(4))).is_some());
}

async fn a_wizard_lives_to_its_last_microsecond(db: Db) {
    committed!(db, sessions().save(&session(1, "x", 10)));
    let just_before = qura_domain::time::Timestamp::from_micros(at(10).micros() - 1);
    assert_eq!(committed!(db, sessions().delete_expired(just_before, 10)), []);
    assert_eq!(committed!(db, sessions().delete_expired(at(10), 10)), [session(1, "x", 10)]);
}
