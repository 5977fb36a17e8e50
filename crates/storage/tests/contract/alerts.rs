//! An operator hears of a trouble once, until it is mended.

use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    a_trouble_is_new_until_it_is_cleared,
    of_many_who_see_a_trouble_one_tells,
}

async fn a_trouble_is_new_until_it_is_cleared(db: Db) {
    assert!(committed!(db, alerts().raise("disk full", at(1))));
    assert!(!committed!(db, alerts().raise("disk full", at(2))));
    assert!(committed!(db, alerts().raise("clock off", at(2))));
    assert!(committed!(db, alerts().clear("disk full")));
    assert!(!committed!(db, alerts().clear("disk full")));
    assert!(!committed!(db, alerts().clear("never raised")));
    assert!(committed!(db, alerts().raise("disk full", at(3))));
    assert!(!committed!(db, alerts().raise("clock off", at(3))));
}

async fn of_many_who_see_a_trouble_one_tells(db: Db) {
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { committed!(db, alerts().raise("lease lost", at(1))) })
        })
        .collect();
    let mut told = 0;
    for task in tasks {
        told += u32::from(task.await.unwrap());
    }
    assert_eq!(told, 1);
}
