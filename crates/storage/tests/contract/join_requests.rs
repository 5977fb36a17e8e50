//! Who waits for approval of which chat.

use qura_domain::ids::{ChatId, UserId};
use qura_storage::Db;

use crate::database::at;

on_both_databases! {
    a_person_waits_until_removed,
    asking_twice_counts_from_the_last_time,
    purging_takes_the_oldest_and_no_more_than_asked,
}

const CHANNEL: ChatId = ChatId::new(-1_002_000_000_001);
const OTHER: ChatId = ChatId::new(-1_002_000_000_002);
const SARA: UserId = UserId::new(11);
const OMAR: UserId = UserId::new(12);

async fn a_person_waits_until_removed(db: Db) {
    assert!(!read!(db, join_requests().is_waiting(CHANNEL, SARA)));
    committed!(db, join_requests().add(CHANNEL, SARA, at(1)));
    assert!(read!(db, join_requests().is_waiting(CHANNEL, SARA)));
    assert!(!read!(db, join_requests().is_waiting(CHANNEL, OMAR)));
    assert!(!read!(db, join_requests().is_waiting(OTHER, SARA)));
    committed!(db, join_requests().remove(OTHER, SARA));
    assert!(read!(db, join_requests().is_waiting(CHANNEL, SARA)));
    committed!(db, join_requests().remove(CHANNEL, SARA));
    committed!(db, join_requests().remove(CHANNEL, SARA));
    assert!(!read!(db, join_requests().is_waiting(CHANNEL, SARA)));
}

async fn asking_twice_counts_from_the_last_time(db: Db) {
    committed!(db, join_requests().add(CHANNEL, SARA, at(1)));
    committed!(db, join_requests().add(CHANNEL, SARA, at(50)));
    assert_eq!(committed!(db, join_requests().purge(at(50), 10)), 0);
    assert!(read!(db, join_requests().is_waiting(CHANNEL, SARA)));
    assert_eq!(committed!(db, join_requests().purge(at(51), 10)), 1);
    assert!(!read!(db, join_requests().is_waiting(CHANNEL, SARA)));
}

async fn purging_takes_the_oldest_and_no_more_than_asked(db: Db) {
    assert_eq!(committed!(db, join_requests().purge(at(100), 10)), 0);
    committed!(db, join_requests().add(OTHER, SARA, at(2)));
    committed!(db, join_requests().add(CHANNEL, SARA, at(1)));
    committed!(db, join_requests().add(CHANNEL, OMAR, at(3)));
    assert_eq!(committed!(db, join_requests().purge(at(100), 0)), 0);
    assert_eq!(committed!(db, join_requests().purge(at(100), 1)), 1);
    // Only the oldest went: not the same person's other request, nor the other person's.
    assert!(!read!(db, join_requests().is_waiting(CHANNEL, SARA)));
    assert!(read!(db, join_requests().is_waiting(OTHER, SARA)));
    assert!(read!(db, join_requests().is_waiting(CHANNEL, OMAR)));
    assert_eq!(committed!(db, join_requests().purge(at(100), 10)), 2);
}
