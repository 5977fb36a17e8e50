//! What the operators changed, by name.

use qura_domain::ids::UserId;
use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    a_setting_is_what_was_set_last,
    two_operators_at_once_leave_one_value,
    locking_gives_the_value_or_the_default,
    changes_under_the_lock_do_not_lose_each_other,
}

async fn a_setting_is_what_was_set_last(db: Db) {
    assert_eq!(read!(db, settings().all()), []);
    assert_eq!(read!(db, settings().get("gate.enabled")), None);
    committed!(db, settings().set("gate.enabled", "true", Some(UserId::new(1)), at(1)));
    committed!(db, settings().set("gate.enabled", "false", None, at(2)));
    committed!(db, settings().set("welcome", "\"مرحبًا\"", None, at(2)));
    assert_eq!(read!(db, settings().get("gate.enabled")).as_deref(), Some("false"));
    assert_eq!(read!(db, settings().get("GATE.ENABLED")), None);
    let mut all = read!(db, settings().all());
    all.sort();
    assert_eq!(all, [("gate.enabled".into(), "false".into()), ("welcome".into(), "\"مرحبًا\"".to_owned())]);
}

async fn two_operators_at_once_leave_one_value(db: Db) {
    let tasks: Vec<_> = (0..6)
        .map(|n: i64| {
            let db = db.clone();
            tokio::spawn(async move {
                committed!(db, settings().set("limit", &n.to_string(), Some(UserId::new(n)), at(n)))
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let all = read!(db, settings().all());
    assert_eq!(all.len(), 1);
    assert!((0..6).any(|n| all[0] == ("limit".to_owned(), n.to_string())));
}

async fn locking_gives_the_value_or_the_default(db: Db) {
    assert_eq!(committed!(db, settings().lock("channels", "[]", at(1))), "[]");
    committed!(db, settings().set("channels", "[7]", None, at(2)));
    assert_eq!(committed!(db, settings().lock("channels", "[]", at(3))), "[7]");
    assert_eq!(read!(db, settings().get("channels")).as_deref(), Some("[7]"));
    let mut tx = db.begin().await.unwrap();
    tx.settings().lock("other", "0", at(1)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(read!(db, settings().get("other")), None);
}

async fn changes_under_the_lock_do_not_lose_each_other(db: Db) {
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let count: i64 = tx.settings().lock("count", "0", at(n)).await.unwrap().parse().unwrap();
                tokio::task::yield_now().await;
                tx.settings().set("count", &(count + 1).to_string(), None, at(n)).await.unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(read!(db, settings().get("count")).as_deref(), Some("8"));
}
