//! The update log: one poller writes it, and each effect happens once.

use std::time::Duration;

use qura_domain::ids::{BotId, Seq};
use qura_storage::{Applied, Batch, Db, NewUpdate, Position, StorageError, UpdateState};

use crate::database::at;

on_both_databases! {
    each_bot_and_server_has_a_position_of_its_own,
    an_earlier_poller_is_refused,
    taking_over_waits_for_the_batch_under_way,
    a_batch_stored_twice_inserts_nothing_twice,
    an_update_twice_in_a_batch_is_stored_once,
    a_late_batch_does_not_move_the_position_back,
    an_empty_batch_stores_nothing,
    undone_updates_come_in_order,
    undone_updates_are_those_of_the_partitions,
    an_update_comes_back_as_it_was_stored,
    applying_returns_only_the_pending,
    what_is_to_be_said_can_be_changed_once_an_update_is_applied,
    of_many_who_apply_an_update_one_does,
    an_application_rolled_back_leaves_it_pending,
    finished_updates_are_forgotten_but_the_dead_stay,
    failures_are_counted,
    the_dead_are_listed_and_purged,
    counting_stops_where_asked,
}

const BOT: BotId = BotId::new(77);
const API: &str = "https://api.telegram.org";

fn update(seq: i64, partition: u8) -> NewUpdate {
    NewUpdate { seq: Seq::new(seq), partition, key: 1000 + seq, raw: format!("{{\"update_id\":{seq}}}") }
}

pub fn updates(seqs: impl IntoIterator<Item = i64>) -> Vec<NewUpdate> {
    seqs.into_iter().map(|seq| update(seq, 0)).collect()
}

fn batch(fence: i64, updates: &[NewUpdate]) -> Batch<'_> {
    Batch { bot: BOT, api_url: API, fence, updates, received_at: at(100) }
}

fn seqs(numbers: impl IntoIterator<Item = i64>) -> Vec<Seq> {
    numbers.into_iter().map(Seq::new).collect()
}

fn applied(numbers: impl IntoIterator<Item = i64>) -> Vec<Applied> {
    numbers.into_iter().map(|seq| Applied { seq: Seq::new(seq), reply: None }).collect()
}

async fn take_over(db: &Db) -> Position {
    committed!(db, updates().take_over(BOT, API))
}

/// Takes over and stores the given updates.
pub async fn stored(db: &Db, updates: &[NewUpdate]) -> i64 {
    let fence = take_over(db).await.fence;
    assert_eq!(committed!(db, updates().append(&batch(fence, updates))), updates.len() as u64);
    fence
}

async fn undone(db: &Db, after: i64, partitions: &[u8], limit: u32) -> Vec<Seq> {
    let rows = read!(db, updates().undone(Seq::new(after), partitions, limit));
    rows.into_iter().map(|update| update.seq).collect()
}

async fn each_bot_and_server_has_a_position_of_its_own(db: Db) {
    assert_eq!(read!(db, updates().newest_seq()), None);
    assert_eq!(take_over(&db).await, Position { fence: 1, last_seq: None });
    assert_eq!(take_over(&db).await, Position { fence: 2, last_seq: None });
    assert_eq!(read!(db, updates().newest_seq()), None);
    committed!(db, updates().append(&batch(2, &updates([5, 6]))));
    assert_eq!(take_over(&db).await, Position { fence: 3, last_seq: Some(Seq::new(6)) });
    let other = committed!(db, updates().take_over(BOT, "http://127.0.0.1:8081"));
    assert_eq!(other, Position { fence: 1, last_seq: None });
    let other = BotId::new(78);
    assert_eq!(committed!(db, updates().take_over(other, API)).fence, 1);
    committed!(db, updates().append(&Batch { bot: other, ..batch(1, &updates([900])) }));
    assert_eq!(read!(db, updates().newest_seq()), Some(Seq::new(900)));
    assert_eq!(take_over(&db).await.last_seq, Some(Seq::new(6)));
}

async fn an_earlier_poller_is_refused(db: Db) {
    let old = take_over(&db).await.fence;
    let new = take_over(&db).await.fence;
    for (fence, bot) in [(old, BOT), (new + 1, BOT), (new, BotId::new(404))] {
        let mut tx = db.begin().await.unwrap();
        let batch_of = updates([1]);
        let refused = tx.updates().append(&Batch { bot, ..batch(fence, &batch_of) }).await;
        assert!(matches!(refused, Err(StorageError::Fenced)), "{refused:?}");
        // Even if the caller went on, nothing was written.
        tx.commit().await.unwrap();
    }
    assert_eq!(undone(&db, 0, &[0], 10).await, []);
    assert_eq!(committed!(db, updates().append(&batch(new, &updates([1])))), 1);
}

async fn taking_over_waits_for_the_batch_under_way(db: Db) {
    let fence = take_over(&db).await.fence;
    let mut tx = db.begin().await.unwrap();
    tx.updates().append(&batch(fence, &updates([1, 2]))).await.unwrap();
    let mut successor = {
        let db = db.clone();
        tokio::spawn(async move { take_over(&db).await })
    };
    assert!(
        tokio::time::timeout(Duration::from_millis(150), &mut successor).await.is_err(),
        "it did not wait"
    );
    tx.commit().await.unwrap();
    assert_eq!(successor.await.unwrap().last_seq, Some(Seq::new(2)));
}

async fn a_batch_stored_twice_inserts_nothing_twice(db: Db) {
    let fence = stored(&db, &updates([1, 2, 3])).await;
    assert_eq!(committed!(db, updates().append(&batch(fence, &updates([1, 2, 3])))), 0);
    // Not even after the first ones are done and forgotten: their effects have happened.
    committed!(db, updates().apply(&applied([1, 2, 3])));
    committed!(db, updates().finish(&seqs([1, 2, 3])));
    assert_eq!(committed!(db, updates().append(&batch(fence, &updates([1, 2, 3])))), 0);
    assert_eq!(committed!(db, updates().append(&batch(fence, &updates([2, 3, 4, 5])))), 2);
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([4, 5]));
}

async fn an_update_twice_in_a_batch_is_stored_once(db: Db) {
    let fence = take_over(&db).await.fence;
    assert_eq!(committed!(db, updates().append(&batch(fence, &updates([1, 1, 2])))), 2);
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([1, 2]));
}

async fn a_late_batch_does_not_move_the_position_back(db: Db) {
    let fence = stored(&db, &updates([10, 11])).await;
    assert_eq!(committed!(db, updates().append(&batch(fence, &updates([8, 9])))), 0);
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([10, 11]));
    assert_eq!(take_over(&db).await.last_seq, Some(Seq::new(11)));
}

async fn an_empty_batch_stores_nothing(db: Db) {
    let fence = take_over(&db).await.fence;
    assert_eq!(committed!(db, updates().append(&batch(fence, &[]))), 0);
    assert_eq!(take_over(&db).await.last_seq, None);
}

async fn undone_updates_come_in_order(db: Db) {
    assert_eq!(undone(&db, 0, &[0], 10).await, []);
    let epoch = 1 << 40;
    stored(&db, &updates([1, 2, 10, epoch + 1, epoch + 2])).await;
    committed!(db, updates().apply(&applied([2])));
    committed!(db, updates().bury(Seq::new(10), "e"));
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([1, 2, epoch + 1, epoch + 2]));
    assert_eq!(undone(&db, 0, &[0], 2).await, seqs([1, 2]));
    assert_eq!(undone(&db, 1, &[0], 2).await, seqs([2, epoch + 1]));
    assert_eq!(undone(&db, epoch + 2, &[0], 2).await, []);
    assert_eq!(undone(&db, 0, &[0], 0).await, []);
}

async fn undone_updates_are_those_of_the_partitions(db: Db) {
    let all: Vec<_> = (0..64).map(|n| update(n + 1, u8::try_from(n % 33).unwrap())).collect();
    stored(&db, &all).await;
    assert_eq!(undone(&db, 0, &[3], 10).await, seqs([4, 37]));
    assert_eq!(undone(&db, 0, &[32, 0], 10).await, seqs([1, 33, 34]));
    assert_eq!(undone(&db, 0, &[3, 3], 10).await, seqs([4, 37]));
    assert_eq!(undone(&db, 0, &[], 10).await, []);
    assert_eq!(undone(&db, 0, &[200], 10).await, []);
    let every: Vec<u8> = (0..33).collect();
    assert_eq!(undone(&db, 0, &every, 100).await, seqs(1..65));
}

async fn an_update_comes_back_as_it_was_stored(db: Db) {
    let new = NewUpdate { seq: Seq::new(i64::MAX), partition: 32, key: i64::MIN, raw: "5".into() };
    stored(&db, std::slice::from_ref(&new)).await;
    let row = read!(db, updates().undone(Seq::new(0), &[32], 10)).remove(0);
    assert_eq!((row.seq, row.partition, row.key, row.raw.as_str()), (new.seq, 32, i64::MIN, "5"));
    assert_eq!(
        (row.state, row.attempts, row.reply, row.received_at),
        (UpdateState::Pending, 0, None, at(100))
    );
    let reply = "{\"text\":\"١٢٣\",\"ids\":[1,null]}";
    committed!(db, updates().apply(&[Applied { seq: new.seq, reply: Some(reply.into()) }]));
    let row = read!(db, updates().undone(Seq::new(0), &[32], 10)).remove(0);
    assert_eq!((row.state, row.reply.as_deref()), (UpdateState::Applied, Some(reply)));
}

async fn applying_returns_only_the_pending(db: Db) {
    stored(&db, &updates(1..=6)).await;
    assert_eq!(committed!(db, updates().apply(&[])), []);
    assert_eq!(committed!(db, updates().apply(&applied([1]))), seqs([1]));
    committed!(db, updates().bury(Seq::new(2), "e"));
    committed!(db, updates().finish(&seqs([3])));
    // Applied, dead, forgotten, never stored, and one that is named twice.
    let mut now = committed!(db, updates().apply(&applied([1, 2, 3, 99, 4, 4, 5])));
    now.sort_unstable();
    assert_eq!(now, seqs([4, 5]));
    // What was applied first keeps its reply.
    committed!(db, updates().apply(&[Applied { seq: Seq::new(6), reply: Some("first".into()) }]));
    committed!(db, updates().apply(&[Applied { seq: Seq::new(6), reply: Some("second".into()) }]));
    let row = read!(db, updates().undone(Seq::new(5), &[0], 1)).remove(0);
    assert_eq!(row.reply.as_deref(), Some("first"));
}

async fn what_is_to_be_said_can_be_changed_once_an_update_is_applied(db: Db) {
    stored(&db, &updates([1, 2])).await;
    committed!(db, updates().apply(&applied([1])));
    committed!(db, updates().reword(Seq::new(1), "[1]"));
    // Of one that is not applied nothing is to be said yet.
    committed!(db, updates().reword(Seq::new(2), "[2]"));
    let replies: Vec<_> =
        read!(db, updates().undone(Seq::new(0), &[0], 10)).into_iter().map(|row| row.reply).collect();
    assert_eq!(replies, [Some("[1]".to_owned()), None]);
}

async fn of_many_who_apply_an_update_one_does(db: Db) {
    stored(&db, &updates(1..=30)).await;
    let tasks: Vec<_> = (0..6)
        .map(|shift| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut order: Vec<i64> = (1..=30).collect();
                order.rotate_left(shift * 5);
                apply_until_it_passes(&db, &applied(order)).await
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, seqs(1..=30));
}

/// As services do: a unit of work that met another is run again.
async fn apply_until_it_passes(db: &Db, applied: &[Applied]) -> Vec<Seq> {
    loop {
        let mut tx = db.begin().await.unwrap();
        match tx.updates().apply(applied).await {
            Ok(mine) => {
                tx.commit().await.unwrap();
                return mine;
            }
            Err(error) => assert!(error.is_transient(), "{}", error.detail()),
        }
    }
}

async fn an_application_rolled_back_leaves_it_pending(db: Db) {
    stored(&db, &updates([1])).await;
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.updates().apply(&applied([1])).await.unwrap(), seqs([1]));
    assert_eq!(tx.updates().apply(&applied([1])).await.unwrap(), []);
    tx.rollback().await.unwrap();
    assert_eq!(committed!(db, updates().apply(&applied([1]))), seqs([1]));
}

async fn finished_updates_are_forgotten_but_the_dead_stay(db: Db) {
    stored(&db, &updates(1..=4)).await;
    committed!(db, updates().apply(&applied([1])));
    committed!(db, updates().bury(Seq::new(3), "e"));
    assert_eq!(committed!(db, updates().finish(&[])), 0);
    assert_eq!(committed!(db, updates().finish(&seqs([1, 1, 2, 3, 99]))), 2);
    assert_eq!(committed!(db, updates().finish(&seqs([1, 2]))), 0);
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([4]));
    assert_eq!(read!(db, updates().dead(10)).len(), 1);
}

async fn failures_are_counted(db: Db) {
    stored(&db, &updates([1, 2])).await;
    committed!(db, updates().record_failure(Seq::new(1), "first"));
    committed!(db, updates().record_failure(Seq::new(1), "second"));
    committed!(db, updates().record_failure(Seq::new(99), "nobody"));
    let rows = read!(db, updates().undone(Seq::new(0), &[0], 10));
    assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [2, 0]);
    assert!(rows.iter().all(|row| row.state == UpdateState::Pending));
}

async fn the_dead_are_listed_and_purged(db: Db) {
    let fence = take_over(&db).await.fence;
    for (seq, secs) in [(1, 10), (2, 20), (3, 30), (4, 5)] {
        let one = updates([seq]);
        committed!(db, updates().append(&Batch { received_at: at(secs), ..batch(fence, &one) }));
    }
    assert_eq!(read!(db, updates().dead(10)), []);
    for seq in [3, 1, 2] {
        committed!(db, updates().bury(Seq::new(seq), &format!("error {seq}")));
    }
    committed!(db, updates().bury(Seq::new(99), "nobody"));
    let expected: Vec<_> = (1..=3).map(|seq| (Seq::new(seq), format!("error {seq}"))).collect();
    assert_eq!(read!(db, updates().dead(10)), expected);
    assert_eq!(read!(db, updates().dead(2)), expected[..2]);
    // The fourth is older than all but alive.
    assert_eq!(committed!(db, updates().purge_dead(at(10), 10)), 0);
    assert_eq!(committed!(db, updates().purge_dead(at(25), 1)), 1);
    assert_eq!(committed!(db, updates().purge_dead(at(25), 10)), 1);
    assert_eq!(committed!(db, updates().purge_dead(at(25), 10)), 0);
    assert_eq!(read!(db, updates().dead(10)), expected[2..]);
    assert_eq!(undone(&db, 0, &[0], 10).await, seqs([4]));
}

async fn counting_stops_where_asked(db: Db) {
    assert_eq!(read!(db, updates().count_undone(10)), 0);
    stored(&db, &updates(1..=5)).await;
    committed!(db, updates().apply(&applied([1])));
    committed!(db, updates().bury(Seq::new(2), "e"));
    assert_eq!(read!(db, updates().count_undone(10)), 4);
    assert_eq!(read!(db, updates().count_undone(3)), 3);
    assert_eq!(read!(db, updates().count_undone(0)), 0);
}
