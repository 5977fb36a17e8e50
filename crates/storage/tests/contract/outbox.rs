//! A message in the outbox is given to one worker at a time until it is done or given up.

use std::time::Duration;

use qura_domain::ids::NoticeId;
use qura_storage::{Db, DueNotice};

use crate::database::{at, on_postgres};

on_both_databases! {
    a_message_waits_for_its_time,
    the_oldest_are_taken_first,
    a_claimed_message_comes_back_when_the_lease_ends,
    a_failed_message_is_tried_again_at_its_time,
    a_message_given_up_is_not_taken_again,
    a_message_that_follows_takes_the_place_of_the_one_before,
    several_workers_share_the_messages,
    what_is_not_there_changes_nothing,
}

const A: NoticeId = NoticeId::new(1);
const B: NoticeId = NoticeId::new(2);

fn ids(due: &[DueNotice]) -> Vec<i64> {
    due.iter().map(|notice| notice.id.get()).collect()
}

async fn a_message_waits_for_its_time(db: Db) {
    assert_eq!(read!(db, outbox().next_due()), None);
    committed!(db, outbox().add(A, "{\"winner\":1}", at(10)));
    assert_eq!(read!(db, outbox().next_due()), Some(at(10)));
    assert_eq!(committed!(db, outbox().claim(at(9), at(40), 10)), []);
    let due = committed!(db, outbox().claim(at(10), at(40), 10));
    assert_eq!(due, [DueNotice { id: A, notice: "{\"winner\":1}".into(), attempt: 1 }]);
    committed!(db, outbox().done(A));
    assert_eq!(committed!(db, outbox().claim(at(99), at(100), 10)), []);
    assert_eq!(read!(db, outbox().next_due()), None);
}

async fn the_oldest_are_taken_first(db: Db) {
    for (id, secs) in [(1, 30), (2, 10), (3, 20)] {
        committed!(db, outbox().add(NoticeId::new(id), "n", at(secs)));
    }
    assert_eq!(committed!(db, outbox().claim(at(50), at(90), 0)), []);
    assert_eq!(ids(&committed!(db, outbox().claim(at(50), at(90), 2))), [2, 3]);
    assert_eq!(ids(&committed!(db, outbox().claim(at(50), at(90), 2))), [1]);
}

async fn a_claimed_message_comes_back_when_the_lease_ends(db: Db) {
    committed!(db, outbox().add(A, "n", at(1)));
    assert_eq!(committed!(db, outbox().claim(at(1), at(31), 10))[0].attempt, 1);
    assert_eq!(committed!(db, outbox().claim(at(30), at(60), 10)), []);
    assert_eq!(read!(db, outbox().next_due()), Some(at(31)));
    assert_eq!(committed!(db, outbox().claim(at(31), at(61), 10))[0].attempt, 2);
}

async fn a_failed_message_is_tried_again_at_its_time(db: Db) {
    committed!(db, outbox().add(A, "n", at(1)));
    committed!(db, outbox().claim(at(1), at(31), 10));
    committed!(db, outbox().retry(A, at(15), "chat not reachable"));
    assert_eq!(committed!(db, outbox().claim(at(14), at(60), 10)), []);
    assert_eq!(committed!(db, outbox().claim(at(15), at(60), 10))[0].attempt, 2);
}

async fn a_message_that_follows_takes_the_place_of_the_one_before(db: Db) {
    committed!(db, outbox().add(A, "first", at(1)));
    committed!(db, outbox().claim(at(1), at(31), 10));
    committed!(db, outbox().retry(A, at(2), "later"));
    committed!(db, outbox().claim(at(2), at(32), 10));
    committed!(db, outbox().follow(A, "second", at(5)));
    committed!(db, outbox().follow(B, "nothing", at(5)));
    assert_eq!(committed!(db, outbox().claim(at(4), at(60), 10)), []);
    let due = committed!(db, outbox().claim(at(5), at(60), 10));
    assert_eq!(due, [DueNotice { id: A, notice: "second".into(), attempt: 1 }]);
}

async fn a_message_given_up_is_not_taken_again(db: Db) {
    committed!(db, outbox().add(A, "n", at(1)));
    committed!(db, outbox().add(B, "n", at(2)));
    committed!(db, outbox().claim(at(1), at(31), 10));
    committed!(db, outbox().bury(A, "the chat is gone"));
    assert_eq!(read!(db, outbox().next_due()), Some(at(2)));
    assert_eq!(ids(&committed!(db, outbox().claim(at(99), at(120), 10))), [2]);
}

async fn several_workers_share_the_messages(db: Db) {
    for id in 0..40 {
        committed!(db, outbox().add(NoticeId::new(id), "n", at(1)));
    }
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                // Until there is nothing left, so that every message must have been taken by somebody.
                while read!(db, outbox().next_due()).is_some_and(|due| due == at(1)) {
                    let taken = committed!(db, outbox().claim(at(1), at(31), 3));
                    assert!(taken.len() <= 3, "more than the limit: {}", taken.len());
                    mine.extend(ids(&taken));
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<_>>());
}

async fn what_is_not_there_changes_nothing(db: Db) {
    committed!(db, outbox().add(A, "n", at(1)));
    committed!(db, outbox().done(B));
    committed!(db, outbox().retry(B, at(9), "e"));
    committed!(db, outbox().bury(B, "e"));
    assert_eq!(ids(&committed!(db, outbox().claim(at(1), at(31), 10))), [1]);
}

/// On SQLite units of work come one after the other, so there it cannot be otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claiming_does_not_wait_for_another_worker() {
    let story = |db: Db| async move {
        committed!(db, outbox().add(A, "n", at(1)));
        committed!(db, outbox().add(B, "n", at(2)));
        let mut slow = db.begin().await.unwrap();
        assert_eq!(ids(&slow.outbox().claim(at(9), at(39), 1).await.unwrap()), [1]);
        let others = async { committed!(db, outbox().claim(at(9), at(39), 10)) };
        let others = tokio::time::timeout(Duration::from_secs(5), others).await.expect("it waited");
        assert_eq!(ids(&others), [2]);
        slow.commit().await.unwrap();
    };
    on_postgres(story).await;
}
