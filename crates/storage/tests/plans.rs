//! No repository call reads a whole growing table, on either database.
//!
//! The statements are those that the repositories really send. PostgreSQL counts the scans that a
//! transaction made; SQLite explains the statements, which are taken from sqlx's log.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "plans/coverage.rs"]
mod coverage;
#[path = "contract/database.rs"]
mod database;
#[path = "plans/statements.rs"]
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use database::{at, on_postgres, on_sqlite};
use qura_domain::code::Code;
use qura_domain::ids::{BotId, ChatId, JobId, LotteryId, MessageId, NoticeId, Seq, UserId};
use qura_domain::language::Language;
use qura_domain::lottery::Ticket;
use qura_domain::person::Person;
use qura_domain::timezone::Timezone;
use qura_storage::{
    Applied, AuditEntry, Batch, ClaimedJob, Db, NewJob, NewUpdate, Page, ParticipantFilter, Seen, Session, Tx,
};
use sqlx::AssertSqlSafe;

/// Tables that grow with the number of people, updates, jobs or lotteries.
const GROWING: [&str; 23] = [
    "audit_logs",
    "challenges",
    "channels",
    "draw_freezes",
    "draw_openings",
    "draw_receipts",
    "draw_secrets",
    "draw_walks",
    "draws",
    "jobs",
    "join_requests",
    "limited_acts",
    "lotteries",
    "lottery_conditions",
    "lottery_counters",
    "lottery_participants",
    "lottery_winners",
    "membership_events",
    "outbox",
    "sessions",
    "updates",
    "user_channels",
    "users",
];

/// Calls that read a whole table, and why they may.
const MAY_SCAN: [(&str, &str); 6] = [
    ("jobs.count", "once a scrape of the metrics"),
    ("updates.count_undone", "stops at a limit, and without dead updates reads no more than that"),
    ("updates.dead", "once a view of the dashboard; a second index would cost every update"),
    ("updates.oldest_undone", "stops at the first that is not dead, and goes by the key"),
    ("updates.purge_dead", "once a day; a second index would cost every update"),
    ("users.count", "once a view of the dashboard"),
];

/// Enough that no planner takes reading everything for the cheapest way.
const ROWS: &str =
    "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) ";

/// A call that looked at more rows of a table than this has read it, be it by an index. None asks for more than
/// 1,000, and each table has 20,000.
const MANY_ROWS: i64 = 5_000;

const FILL: [&str; 8] = [
    "INSERT INTO updates (seq, partition, key, raw, received_at, state)
       SELECT i, i % 32, i, '{}', i, CASE WHEN i % 100 = 0 THEN 'dead' ELSE 'pending' END FROM n",
    "INSERT INTO users (id, first_name, is_premium, first_seen_at, last_seen_at) SELECT i, 'a', FALSE, i, i FROM n",
    "INSERT INTO join_requests (chat_id, user_id, requested_at) SELECT i % 3, i, i * 1000000 FROM n",
    "INSERT INTO sessions (user_id, state, expires_at) SELECT i, 's', i * 1000000 FROM n",
    "INSERT INTO jobs (id, kind, payload, state, run_at, dedupe, created_at)
       SELECT i, 'k', '{}', CASE WHEN i % 100 = 0 THEN 'running' ELSE 'queued' END, i * 1000000, 'd' || i, i FROM n",
    "INSERT INTO outbox (id, notice, send_at, created_at) SELECT i, '{}', i * 1000000, i FROM n",
    "INSERT INTO limited_acts (user_id, act, done_at, id) SELECT i / 4, 'a', i * 1000000, i FROM n",
    "INSERT INTO audit_logs (created_at, id, action, subject) SELECT i * 1000000, i, 'a', 's' || i FROM n",
];

async fn fill(db: &Db) {
    grow(db).await;
    run(db, "ANALYZE".to_owned()).await;
}

/// Fills the tables behind the planner's back.
async fn grow(db: &Db) {
    for sql in FILL.iter().chain(&lotteries::FILL) {
        run(db, format!("{ROWS}{sql}")).await;
    }
}

async fn run(db: &Db, sql: String) {
    match db {
        Db::Pg { pool, .. } => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(|_| ()).unwrap(),
        Db::Lite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.map(|_| ()).unwrap(),
    }
}

/// Lets PostgreSQL choose freely: with scans forbidden, it would read a whole index instead where it
/// must read everything, and none of that would be seen.
async fn allow_scans(tx: &mut Tx) {
    let Tx::Pg(tx, ..) = tx else { return };
    sqlx::raw_sql("SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on")
        .execute(&mut **tx)
        .await
        .unwrap();
}

/// How often PostgreSQL read each table as a whole and how many rows it looked up, on this connection and not
/// yet told to others.
async fn scan_counts(tx: &mut Tx) -> BTreeMap<String, (i64, i64)> {
    let Tx::Pg(tx, ..) = tx else { return BTreeMap::new() };
    let sql = "SELECT relname::TEXT, seq_scan, COALESCE(idx_tup_fetch, 0)
               FROM pg_stat_xact_user_tables WHERE schemaname = current_schema()";
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap();
    let mut counts = BTreeMap::new();
    for (name, scans, rows) in rows {
        let count = counts.entry(table_of(&name).to_owned()).or_insert((0, 0));
        *count = (count.0 + scans, count.1 + rows);
    }
    counts
}

/// The table that a partition is of: `audit_logs` for `audit_logs_rest`.
fn table_of(partition: &str) -> &str {
    ["audit_logs", "lottery_participants"]
        .into_iter()
        .find(|table| partition.starts_with(table))
        .unwrap_or(partition)
}

/// The growing tables that were read as a whole since `before`.
async fn scanned(db: &Db, tx: &mut Tx, before: &BTreeMap<String, (i64, i64)>) -> BTreeSet<String> {
    let mut scanned: BTreeSet<String> = match db {
        Db::Pg { .. } => {
            let rose = |(name, (scans, rows)): &(String, (i64, i64))| {
                let (scans_before, rows_before) = before.get(name).copied().unwrap_or_default();
                *scans > scans_before || rows - rows_before > MANY_ROWS
            };
            scan_counts(tx).await.into_iter().filter(rose).map(|(name, _)| name).collect()
        }
        Db::Lite { read, .. } => statements::scanned_by_sqlite(read).await.into_iter().collect(),
    };
    scanned.retain(|table| GROWING.contains(&table.as_str()));
    scanned
}

/// Makes each call in a unit of work of its own and collects `call: table` where it scanned.
macro_rules! scans {
    ($db:expr, $($repo:ident.$method:ident($($arg:expr),* $(,)?);)+) => {{
        let mut found = BTreeSet::new();
        $(
            let mut tx = $db.begin().await.unwrap();
            allow_scans(&mut tx).await;
            let before = scan_counts(&mut tx).await;
            statements::forget();
            let _ = tx.$repo().$method($($arg),*).await.unwrap();
            let tables = scanned(&$db, &mut tx, &before).await;
            tx.rollback().await.unwrap();
            if !tables.is_empty() {
                found.insert(format!("{}.{} reads all of {tables:?}", stringify!($repo), stringify!($method)));
            }
        )+
        found
    }};
}

#[path = "plans/lotteries.rs"]
mod lotteries;

#[expect(clippy::too_many_lines, reason = "a list, one line a call")]
async fn all_scans(db: Db) -> BTreeSet<String> {
    let (bot, user) = (BotId::new(1), UserId::new(77));
    let mut tx = db.begin().await.unwrap();
    let fence = tx.updates().take_over(bot, "u").await.unwrap().fence;
    tx.commit().await.unwrap();
    let new = [NewUpdate { seq: Seq::new(50_000), partition: 0, key: 1, raw: "{}".into() }];
    let batch = Batch { bot, api_url: "u", fence, updates: &new, received_at: at(1) };
    let seqs = [5, 500, 5000].map(Seq::new);
    let applied = seqs.map(|seq| Applied { seq, reply: None });
    let person = Person {
        id: user,
        first_name: "a".into(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        is_bot: false,
    };
    let seen = [Seen { person, referrer: None, at: at(1) }];
    let session = Session { user, state: "s".into(), expires_at: at(9) };
    let job = NewJob { id: JobId::new(50_000), kind: "k", payload: "{}", run_at: at(1), dedupe: Some("x") };
    let held = ClaimedJob { id: JobId::new(100), kind: "k".into(), payload: "{}".into(), attempt: 0 };
    let entry = AuditEntry {
        id: 1,
        at: at(50_000),
        actor: None,
        action: "a".into(),
        subject: "s".into(),
        before: None,
        after: None,
    };
    let (chat, notice) = (ChatId::new(1), NoticeId::new(77));
    scans! { db,
        audit.record(&entry);
        audit.list(at(9000), 20);
        jobs.enqueue(&job, at(1));
        jobs.claim(&["k"], at(50), at(90), 10);
        jobs.extend(&held, at(9));
        jobs.complete(&held);
        jobs.retry(&held, at(9), "e");
        jobs.bury(&held, "e");
        jobs.next_due();
        jobs.count();
        join_requests.add(chat, user, at(1));
        join_requests.remove(chat, user);
        join_requests.is_waiting(chat, user);
        join_requests.purge(at(50), 10);
        limited_acts.record(user, "a", at(50_000), 1, at(50));
        limited_acts.since(user, "a", at(50));
        outbox.add(NoticeId::new(50_000), "{}", at(1));
        outbox.claim(at(50), at(90), 10);
        outbox.done(notice);
        outbox.follow(notice, "{}", at(9));
        outbox.retry(notice, at(1), "e");
        outbox.bury(notice, "e");
        outbox.next_due();
        sessions.get(user);
        sessions.save(&session);
        sessions.delete(user);
        sessions.delete_all(&[user, UserId::new(5)]);
        sessions.delete_expired(at(50), 10);
        updates.take_over(bot, "u");
        updates.newest_seq();
        updates.append(&batch);
        updates.undone(Seq::new(9000), &[1, 2, 3], 100);
        updates.apply(&applied);
        updates.reword(Seq::new(5), "[]");
        updates.finish(&seqs);
        updates.record_failure(Seq::new(5), "e");
        updates.bury(Seq::new(5), "e");
        updates.purge_dead(at(1), 10);
        updates.count_undone(1000);
        updates.dead(10);
        updates.oldest_undone();
        updates.is_pending(Seq::new(9000));
        users.see(&seen);
        users.get(user);
        users.choose_language(user, Language::English);
        users.choose_timezone(user, Timezone::RIYADH);
        users.record_screens(&[(user, MessageId::new(5))]);
        users.set_blocked(user, Some(at(1)));
        users.count();
        users.is_premium(user);
    }
}

async fn scans_of_all(db: Db) -> BTreeSet<String> {
    fill(&db).await;
    let mut found = all_scans(db.clone()).await;
    found.extend(lotteries::of_lotteries(db.clone()).await);
    found.extend(lotteries::of_participants(db.clone()).await);
    found.extend(lotteries::of_memberships(db.clone()).await);
    found.extend(lotteries::of_draws(db).await);
    found
}

fn unexpected(scans: &BTreeSet<String>) -> Vec<&String> {
    let may = |scan: &&String| MAY_SCAN.iter().any(|(call, _)| scan.starts_with(&format!("{call} ")));
    scans.iter().filter(|scan| !may(scan)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn growing_tables_are_not_read_as_a_whole() {
    statements::listen();
    let on_sqlite = on_sqlite(scans_of_all).await;
    assert_eq!(unexpected(&on_sqlite), Vec::<&String>::new(), "on SQLite");
    for (call, _) in MAY_SCAN {
        // Otherwise this test would not see a scan at all, or the exception is no longer needed.
        assert!(on_sqlite.iter().any(|scan| scan.starts_with(call)), "{call} no longer scans: {on_sqlite:?}");
    }
    let Some(on_postgres) = on_postgres(scans_of_all).await else { return };
    assert_eq!(unexpected(&on_postgres), Vec::<&String>::new(), "on PostgreSQL");
    assert!(
        on_postgres.iter().any(|scan| scan.starts_with("users.count ")),
        "scans are not seen: {on_postgres:?}"
    );
}

/// What `Db::begin_for_many` and `Db::read_for_many` are for, on rows that are there. How many rows were looked
/// at, if this connection is one of PostgreSQL's.
async fn as_crowds_do(db: &Db) -> i64 {
    let seqs = [5, 500, 5000].map(Seq::new);
    let applied = seqs.map(|seq| Applied { seq, reply: Some("r".into()) });
    let person = |id| Person {
        id: UserId::new(id),
        first_name: "a".into(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        is_bot: false,
    };
    let seen = [77, 777].map(|id| Seen { person: person(id), referrer: None, at: at(1) });
    let users = [UserId::new(77), UserId::new(777)];
    let lottery = LotteryId::new(1);
    let mut tx = db.begin_for_many().await.unwrap();
    let before = tuples_read(&mut tx).await;
    tx.updates().apply(&applied).await.unwrap();
    tx.users().see(&seen).await.unwrap();
    tx.users().get(UserId::new(77)).await.unwrap();
    tx.sessions().get(UserId::new(77)).await.unwrap();
    tx.sessions().delete_all(&users).await.unwrap();
    tx.users().record_screens(&users.map(|user| (user, MessageId::new(5)))).await.unwrap();
    tx.updates().finish(&seqs).await.unwrap();
    tx.lotteries().find_id(&Code::parse("10000001").unwrap()).await.unwrap();
    tx.conditions().list(lottery).await.unwrap();
    tx.channels().get_all(&[5, 500].map(ChatId::new)).await.unwrap();
    tx.challenges().get(UserId::new(77), 0).await.unwrap();
    tx.participants().application(lottery, UserId::new(77)).await.unwrap();
    tx.participants().join(lottery, &lotteries::newcomers([77, 777, 77_777])).await.unwrap().unwrap();
    for user in users {
        assert!(tx.participants().withdraw(lottery, user, at(2)).await.unwrap());
    }
    tx.participants().join(lottery, &lotteries::newcomers([77, 777, 77_777])).await.unwrap().unwrap();
    let read = tuples_read(&mut tx).await - before;
    tx.rollback().await.unwrap();
    read
}

/// Rows that PostgreSQL looked at, on this connection and not yet told to others.
async fn tuples_read(tx: &mut Tx) -> i64 {
    let Tx::Pg(tx, ..) = tx else { return 0 };
    let sql = "SELECT COALESCE(SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)::BIGINT
               FROM pg_stat_xact_user_tables WHERE schemaname = current_schema()";
    sqlx::query_scalar(sql).fetch_one(&mut **tx).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_that_were_kept_from_empty_tables_are_good_for_large_ones() {
    let read = on_postgres(async |db: Db| {
        // Only now it knows that they are empty; of a new table it expects some pages.
        let Db::Pg { pool, .. } = &db else { return 0 };
        sqlx::query("VACUUM ANALYZE").execute(pool).await.unwrap();
        // The first lottery, before anybody joined it.
        run(&db, "INSERT INTO lottery_counters (lottery_id, entrance) VALUES (1, 'open')".to_owned()).await;
        // Enough for PostgreSQL to settle for a plan, on each connection that may come.
        for _ in 0..40 {
            as_crowds_do(&db).await;
        }
        run(&db, "DELETE FROM lottery_counters".to_owned()).await;
        grow(&db).await;
        as_crowds_do(&db).await
    });
    let Some(read) = read.await else { return };
    assert!((1..100).contains(&read), "{read} rows were looked at for a dozen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_list_that_grew_just_now_costs_no_more_than_the_page() {
    /// More than the planner thinks that there is, as long as nobody told it.
    const PAGE: u32 = 1_000;

    let read = on_postgres(async |db: Db| {
        // Without a word to the planner, as a crowd does that comes within a minute.
        grow(&db).await;
        let (lottery, begin) = (LotteryId::new(1), Ticket::new(0));
        let mut tx = db.begin().await.unwrap();
        let before = tuples_read(&mut tx).await;
        assert_eq!(tx.participants().for_draw(lottery, None, PAGE).await.unwrap().len(), 1_000);
        assert_eq!(tx.participants().joins(lottery, begin, PAGE).await.unwrap().len(), 1_000);
        let everyone = ParticipantFilter::Everyone;
        assert_eq!(tx.participants().list(lottery, everyone, Page::First, PAGE).await.unwrap().len(), 1_000);
        let read = tuples_read(&mut tx).await - before;
        tx.rollback().await.unwrap();
        read
    });
    let Some(read) = read.await else { return };
    // The last of them looks up the people as well.
    assert!((4_000..5_000).contains(&read), "{read} rows were looked at for three pages of 1,000");
}
