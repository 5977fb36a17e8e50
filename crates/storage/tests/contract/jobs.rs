//! A job is queued once, held by one worker, and never lost.

use std::collections::BTreeSet;
use std::time::Duration;

use qura_domain::ids::JobId;
use qura_storage::{ClaimedJob, Db, NewJob};

use crate::database::{at, on_postgres};

on_both_databases! {
    a_job_waits_for_its_time_and_kind,
    its_like_is_not_queued_while_it_is,
    its_like_is_queued_once_it_runs,
    of_many_who_queue_its_like_one_does,
    a_number_used_twice_is_an_error_not_a_lost_job,
    the_oldest_are_claimed_up_to_the_limit,
    a_lease_run_out_goes_before_what_fell_due_later,
    several_workers_share_the_jobs,
    a_lease_run_out_is_taken_over,
    an_extended_lease_holds,
    a_failed_job_is_tried_again_at_its_time,
    a_failed_job_gives_way_to_its_like,
    a_failed_job_and_its_like_at_once_leave_one,
    putting_a_job_back_twice_keeps_it,
    only_the_holder_can_put_back_or_give_up,
    a_job_given_up_stays_to_be_counted,
    next_due_is_the_earliest_of_queued_and_leased,
    a_completion_rolled_back_leaves_the_job,
}

fn job(id: i64, due: i64) -> NewJob<'static> {
    NewJob { id: JobId::new(id), kind: "draw", payload: "{}", run_at: at(due), dedupe: None }
}

fn like(id: i64, dedupe: &'static str) -> NewJob<'static> {
    NewJob { dedupe: Some(dedupe), ..job(id, 1) }
}

async fn claim_at(db: &Db, secs: i64) -> Vec<ClaimedJob> {
    committed!(db, jobs().claim(&["draw"], at(secs), at(secs + 30), 100))
}

async fn claim_one(db: &Db, secs: i64) -> ClaimedJob {
    let mut jobs = claim_at(db, secs).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn a_job_waits_for_its_time_and_kind(db: Db) {
    let new = NewJob { payload: "{\"lottery\":5}", ..job(1, 10) };
    assert!(committed!(db, jobs().enqueue(&new, at(1))));
    assert_eq!(claim_at(&db, 9).await, []);
    assert_eq!(committed!(db, jobs().claim(&["tally", "purge"], at(10), at(40), 10)), []);
    assert_eq!(committed!(db, jobs().claim(&[], at(10), at(40), 10)), []);
    assert_eq!(committed!(db, jobs().claim(&["draw"], at(10), at(40), 0)), []);
    let claimed = committed!(db, jobs().claim(&["tally", "draw"], at(10), at(40), 10));
    let expected =
        ClaimedJob { id: JobId::new(1), kind: "draw".into(), payload: "{\"lottery\":5}".into(), attempt: 1 };
    assert_eq!(claimed, [expected]);
    assert!(committed!(db, jobs().complete(&claimed[0])));
    assert!(!committed!(db, jobs().complete(&claimed[0])));
    assert_eq!(read!(db, jobs().count()), (0, 0));
}

async fn its_like_is_not_queued_while_it_is(db: Db) {
    assert!(committed!(db, jobs().enqueue(&like(1, "lottery 5"), at(1))));
    assert!(!committed!(db, jobs().enqueue(&like(2, "lottery 5"), at(1))));
    assert!(committed!(db, jobs().enqueue(&like(3, "lottery 6"), at(1))));
    assert!(committed!(db, jobs().enqueue(&NewJob { kind: "tally", ..like(4, "lottery 5") }, at(1))));
    // Those without a dedupe value are never alike.
    assert!(committed!(db, jobs().enqueue(&job(5, 1), at(1))));
    assert!(committed!(db, jobs().enqueue(&job(6, 1), at(1))));
    assert_eq!(read!(db, jobs().count()), (5, 0));
}

async fn its_like_is_queued_once_it_runs(db: Db) {
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    let running = claim_one(&db, 1).await;
    assert!(committed!(db, jobs().enqueue(&like(2, "x"), at(2))));
    assert!(!committed!(db, jobs().enqueue(&like(3, "x"), at(2))));
    assert!(committed!(db, jobs().complete(&running)));
    assert_eq!(claim_one(&db, 2).await.id, JobId::new(2));
}

async fn of_many_who_queue_its_like_one_does(db: Db) {
    let tasks: Vec<_> = (0..6)
        .map(|id| {
            let db = db.clone();
            tokio::spawn(async move { committed!(db, jobs().enqueue(&like(id, "x"), at(1))) })
        })
        .collect();
    let mut queued = 0;
    for task in tasks {
        queued += u32::from(task.await.unwrap());
    }
    assert_eq!(queued, 1);
    assert_eq!(read!(db, jobs().count()), (1, 0));
}

async fn a_number_used_twice_is_an_error_not_a_lost_job(db: Db) {
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    let mut tx = db.begin().await.unwrap();
    assert!(tx.jobs().enqueue(&job(1, 2), at(1)).await.is_err());
}

async fn the_oldest_are_claimed_up_to_the_limit(db: Db) {
    for (id, due) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        committed!(db, jobs().enqueue(&job(id, due), at(1)));
    }
    let first = committed!(db, jobs().claim(&["draw"], at(50), at(90), 2));
    let ids: BTreeSet<_> = first.iter().map(|job| job.id.get()).collect();
    assert_eq!(ids, BTreeSet::from([2, 3]));
    let ids: BTreeSet<_> = claim_at(&db, 50).await.iter().map(|job| job.id.get()).collect();
    assert_eq!(ids, BTreeSet::from([1, 4]));
}

async fn a_lease_run_out_goes_before_what_fell_due_later(db: Db) {
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    assert_eq!(claim_one(&db, 1).await.id, JobId::new(1));
    committed!(db, jobs().enqueue(&job(2, 40), at(1)));
    let first = committed!(db, jobs().claim(&["draw"], at(50), at(90), 1));
    assert_eq!(first[0].id, JobId::new(1));
}

async fn several_workers_share_the_jobs(db: Db) {
    for id in 0..40 {
        committed!(db, jobs().enqueue(&job(id, 1), at(1)));
    }
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while read!(db, jobs().next_due()) == Some(at(1)) {
                    let taken = committed!(db, jobs().claim(&["draw"], at(1), at(31), 3));
                    assert!(taken.len() <= 3, "more than the limit: {}", taken.len());
                    mine.extend(taken);
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    assert!(all.iter().all(|job| job.attempt == 1));
    let mut ids: Vec<_> = all.iter().map(|job| job.id.get()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..40).collect::<Vec<_>>());
}

async fn a_lease_run_out_is_taken_over(db: Db) {
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    let old = claim_one(&db, 1).await;
    assert_eq!(claim_at(&db, 30).await, []);
    let new = claim_one(&db, 31).await;
    assert_eq!((new.id, new.attempt), (old.id, 2));
    assert!(!committed!(db, jobs().extend(&old, at(500))));
    assert!(!committed!(db, jobs().complete(&old)));
    assert!(committed!(db, jobs().complete(&new)));
}

async fn an_extended_lease_holds(db: Db) {
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    let mine = claim_one(&db, 1).await;
    assert!(committed!(db, jobs().extend(&mine, at(100))));
    assert_eq!(claim_at(&db, 99).await, []);
    assert_eq!(claim_one(&db, 100).await.attempt, 2);
}

async fn a_failed_job_is_tried_again_at_its_time(db: Db) {
    let new = NewJob { payload: "{\"a\":1}", ..like(1, "x") };
    committed!(db, jobs().enqueue(&new, at(1)));
    let mine = claim_one(&db, 1).await;
    committed!(db, jobs().retry(&mine, at(60), "Telegram is away"));
    assert!(!committed!(db, jobs().extend(&mine, at(500))));
    assert!(!committed!(db, jobs().complete(&mine)));
    // Queued again, it keeps its like out again.
    assert!(!committed!(db, jobs().enqueue(&like(2, "x"), at(2))));
    assert_eq!(claim_at(&db, 59).await, []);
    let again = claim_one(&db, 60).await;
    assert_eq!((again.id, again.attempt, again.payload.as_str()), (mine.id, 2, "{\"a\":1}"));
}

async fn a_failed_job_gives_way_to_its_like(db: Db) {
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    committed!(db, jobs().enqueue(&like(9, "y"), at(1)));
    let running = claim_at(&db, 1).await;
    committed!(db, jobs().enqueue(&like(2, "x"), at(2)));
    for job in &running {
        committed!(db, jobs().retry(job, at(5), "e"));
    }
    let left: BTreeSet<_> = claim_at(&db, 5).await.iter().map(|job| job.id.get()).collect();
    assert_eq!(left, BTreeSet::from([2, 9]));
}

async fn a_failed_job_and_its_like_at_once_leave_one(db: Db) {
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    for round in 0..10 {
        let running = claim_one(&db, 1).await;
        let (retrier, queuer) = (db.clone(), db.clone());
        let retried = tokio::spawn(async move { committed!(retrier, jobs().retry(&running, at(1), "e")) });
        let queued =
            tokio::spawn(async move { committed!(queuer, jobs().enqueue(&like(100 + round, "x"), at(1))) });
        retried.await.unwrap();
        queued.await.unwrap();
        assert_eq!(read!(db, jobs().count()), (1, 0), "round {round}");
    }
}

async fn putting_a_job_back_twice_keeps_it(db: Db) {
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    let mine = claim_one(&db, 1).await;
    committed!(db, jobs().retry(&mine, at(5), "e"));
    committed!(db, jobs().retry(&mine, at(7), "e"));
    assert_eq!(read!(db, jobs().next_due()), Some(at(5)));
    assert_eq!(claim_one(&db, 5).await.attempt, 2);
}

async fn only_the_holder_can_put_back_or_give_up(db: Db) {
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    let old = claim_one(&db, 1).await;
    let new = claim_one(&db, 31).await;
    committed!(db, jobs().enqueue(&like(2, "x"), at(31)));
    committed!(db, jobs().retry(&old, at(2), "e"));
    committed!(db, jobs().bury(&old, "e"));
    assert_eq!(read!(db, jobs().count()), (2, 0));
    assert!(committed!(db, jobs().complete(&new)));
}

async fn a_job_given_up_stays_to_be_counted(db: Db) {
    assert_eq!(read!(db, jobs().count()), (0, 0));
    committed!(db, jobs().enqueue(&like(1, "x"), at(1)));
    let mine = claim_one(&db, 1).await;
    committed!(db, jobs().bury(&mine, "the channel is gone"));
    assert_eq!(read!(db, jobs().count()), (0, 1));
    assert_eq!(read!(db, jobs().next_due()), None);
    assert_eq!(claim_at(&db, 900).await, []);
    assert!(!committed!(db, jobs().complete(&mine)));
    // The dead do not keep their like out.
    assert!(committed!(db, jobs().enqueue(&like(2, "x"), at(2))));
    assert_eq!(read!(db, jobs().count()), (1, 1));
}

async fn next_due_is_the_earliest_of_queued_and_leased(db: Db) {
    assert_eq!(read!(db, jobs().next_due()), None);
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    committed!(db, jobs().enqueue(&job(2, 50), at(1)));
    assert_eq!(read!(db, jobs().next_due()), Some(at(1)));
    let mine = claim_one(&db, 1).await;
    // Held until 31, before the other falls due; then until 80, after.
    assert_eq!(read!(db, jobs().next_due()), Some(at(31)));
    committed!(db, jobs().extend(&mine, at(80)));
    assert_eq!(read!(db, jobs().next_due()), Some(at(50)));
}

async fn a_completion_rolled_back_leaves_the_job(db: Db) {
    committed!(db, jobs().enqueue(&job(1, 1), at(1)));
    let mine = claim_one(&db, 1).await;
    let mut tx = db.begin().await.unwrap();
    assert!(tx.jobs().complete(&mine).await.unwrap());
    tx.rollback().await.unwrap();
    assert!(committed!(db, jobs().complete(&mine)));
}

/// On SQLite units of work come one after the other, so there it cannot be otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claiming_does_not_wait_for_another_worker() {
    let story = |db: Db| async move {
        for id in 1..=3 {
            committed!(db, jobs().enqueue(&job(id, id), at(1)));
        }
        let mut slow = db.begin().await.unwrap();
        let taken = slow.jobs().claim(&["draw"], at(9), at(39), 1).await.unwrap();
        assert_eq!(taken[0].id, JobId::new(1));
        let others = tokio::time::timeout(Duration::from_secs(5), claim_at(&db, 9)).await.expect("it waited");
        let ids: BTreeSet<_> = others.iter().map(|job| job.id.get()).collect();
        assert_eq!(ids, BTreeSet::from([2, 3]));
        slow.commit().await.unwrap();
    };
    on_postgres(story).await;
}
