//! What is done in a unit of work becomes true together, or not at all.

use std::time::Duration;

use qura_domain::challenge::Attempts;
use qura_domain::condition::Condition;
use qura_domain::draw::commitment::{SaltKey, Secret};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::FreezeRecord;
use qura_domain::draw::terms::Terms;
use qura_domain::ids::{BotId, ChatId, JobId, LotteryId, NoticeId, Seq, UserId};
use qura_domain::lottery::{LotteryState, Ticket, Winner, WinnerRole};
use qura_domain::membership::Membership;
use qura_storage::{
    AuditEntry, Batch, Db, DrawDocument, MembershipEvent, NewJob, NewUpdate, Seen, Session, StorageError, Tx,
};

use crate::channels::channel;
use crate::database::{at, on_postgres, on_sqlite};
use crate::lotteries::{draft, step};
use crate::participants::newcomer;
use crate::users::person;

on_both_databases! {
    a_rollback_leaves_nothing,
    a_unit_dropped_half_way_leaves_nothing,
    a_task_killed_half_way_leaves_nothing,
    a_commit_keeps_everything,
    a_unit_sees_its_own_work_and_others_do_not,
    many_units_at_once_all_pass,
}

/// Writes to every table.
async fn write_everywhere(tx: &mut Tx) -> Result<(), StorageError> {
    let user = UserId::new(1);
    let bot = BotId::new(1);
    let fence = tx.updates().take_over(bot, "u").await?.fence;
    let updates = [NewUpdate { seq: Seq::new(1), partition: 0, key: 1, raw: "{}".into() }];
    tx.updates().append(&Batch { bot, api_url: "u", fence, updates: &updates, received_at: at(1) }).await?;
    tx.users().see(&[Seen { person: person(1, "سارة"), referrer: None, at: at(1) }]).await?;
    tx.join_requests().add(ChatId::new(-5), user, at(1)).await?;
    tx.settings().set("a", "1", None, at(1)).await?;
    tx.sessions().save(&Session { user, state: "s".into(), expires_at: at(9) }).await?;
    let job = NewJob { id: JobId::new(1), kind: "k", payload: "{}", run_at: at(1), dedupe: None };
    tx.jobs().enqueue(&job, at(1)).await?;
    tx.schedules().fire("s", at(1)).await?;
    tx.outbox().add(NoticeId::new(1), "{}", at(1)).await?;
    tx.alerts().raise("a", at(1)).await?;
    let entry = AuditEntry {
        id: 1,
        at: at(1),
        actor: None,
        action: "a".into(),
        subject: "s".into(),
        before: None,
        after: None,
    };
    tx.audit().record(&entry).await?;
    write_a_lottery(tx).await
}

async fn write_a_lottery(tx: &mut Tx) -> Result<(), StorageError> {
    let (user, draft) = (UserId::new(1), draft(1));
    tx.channels().save(&channel(-5)).await?;
    tx.user_channels().link(user, ChatId::new(-5), at(1)).await?;
    tx.lotteries().insert(&draft).await?;
    tx.draw_secrets().insert(draft.id, &Secret::new([1; 32]), &SaltKey::new([2; 32])).await?;
    tx.conditions().replace(draft.id, &[Condition::Channel { chat: ChatId::new(-5) }]).await?;
    tx.lotteries().advance(draft.id, step(LotteryState::Draft, LotteryState::Open), None, at(1)).await?;
    tx.participants().join(draft.id, &[newcomer(1)]).await?;
    tx.challenges().save(user, 1, &Attempts::default(), at(1)).await?;
    tx.limited_acts().record(user, "a", at(1), 1, at(0)).await?;
    let event = MembershipEvent {
        chat: ChatId::new(-5),
        user,
        at: at(1),
        seq: Seq::new(1),
        actor: user,
        before: Membership::Left,
        after: Membership::Member,
    };
    tx.membership_events().record(&event).await?;
    write_a_draw(tx, draft.id).await
}

async fn write_a_draw(tx: &mut Tx, lottery: LotteryId) -> Result<(), StorageError> {
    let terms = Terms::new(&serde_json::json!({"winners": 1, "reserves": 0})).unwrap();
    tx.draws().begin(lottery, 1, &terms, at(1)).await?;
    let hash = Hash::of(&[b"a"]);
    let freeze = FreezeRecord { attempt: 0, hash, round: None, post: None };
    tx.draws().add_freeze(lottery, &freeze, at(1)).await?;
    let document = DrawDocument { number: 0, digest: hash, content: "{}".into(), made_at: at(1) };
    tx.draw_receipts().insert(lottery, &document).await?;
    tx.draw_openings().ask(lottery, UserId::new(1), at(1)).await?;
    tx.draws().record_walk(lottery, 0, &[]).await?;
    let winner = Winner {
        ticket: Ticket::new(1),
        user: UserId::new(1),
        role: WinnerRole::Winner,
        place: 1,
        hold_until: None,
        confirmed_at: None,
    };
    tx.winners().put(lottery, &winner, at(1)).await
}

/// How many of the twenty-seven tables that [`write_everywhere`] writes to have a row.
async fn tables_with_rows(db: &Db) -> i64 {
    const SQL: &str = "SELECT CAST(SUM(n) AS BIGINT) FROM (
        SELECT COUNT(*) AS n FROM updates UNION ALL SELECT COUNT(*) FROM poller
        UNION ALL SELECT COUNT(*) FROM users UNION ALL SELECT COUNT(*) FROM join_requests
        UNION ALL SELECT COUNT(*) FROM settings UNION ALL SELECT COUNT(*) FROM sessions
        UNION ALL SELECT COUNT(*) FROM jobs UNION ALL SELECT COUNT(*) FROM schedule_runs
        UNION ALL SELECT COUNT(*) FROM outbox UNION ALL SELECT COUNT(*) FROM operator_alerts
        UNION ALL SELECT COUNT(*) FROM audit_logs UNION ALL SELECT COUNT(*) FROM channels
        UNION ALL SELECT COUNT(*) FROM user_channels UNION ALL SELECT COUNT(*) FROM lotteries
        UNION ALL SELECT COUNT(*) FROM draw_secrets UNION ALL SELECT COUNT(*) FROM lottery_conditions
        UNION ALL SELECT COUNT(*) FROM lottery_counters UNION ALL SELECT COUNT(*) FROM lottery_participants
        UNION ALL SELECT COUNT(*) FROM challenges UNION ALL SELECT COUNT(*) FROM membership_events
        UNION ALL SELECT COUNT(*) FROM limited_acts
        UNION ALL SELECT COUNT(*) FROM draws UNION ALL SELECT COUNT(*) FROM draw_freezes
        UNION ALL SELECT COUNT(*) FROM draw_openings UNION ALL SELECT COUNT(*) FROM draw_walks
        UNION ALL SELECT COUNT(*) FROM draw_receipts UNION ALL SELECT COUNT(*) FROM lottery_winners) AS counts";
    let (sum,): (i64,) = match db {
        Db::Pg { pool, .. } => sqlx::query_as(SQL).fetch_one(pool).await.unwrap(),
        Db::Lite { read, .. } => sqlx::query_as(SQL).fetch_one(read).await.unwrap(),
    };
    sum
}

async fn a_rollback_leaves_nothing(db: Db) {
    let mut tx = db.begin().await.unwrap();
    write_everywhere(&mut tx).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(tables_with_rows(&db).await, 0);
}

async fn a_unit_dropped_half_way_leaves_nothing(db: Db) {
    let mut tx = db.begin().await.unwrap();
    write_everywhere(&mut tx).await.unwrap();
    drop(tx);
    // The next unit begins only once the connection is clean.
    db.begin().await.unwrap().commit().await.unwrap();
    assert_eq!(tables_with_rows(&db).await, 0);
}

async fn a_task_killed_half_way_leaves_nothing(db: Db) {
    for pause in 0..20 {
        let task = {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                write_everywhere(&mut tx).await.unwrap();
                tx.rollback().await.unwrap();
            })
        };
        tokio::time::sleep(Duration::from_micros(pause * 150)).await;
        task.abort();
        let _ = task.await;
    }
    let mut tx = db.begin().await.unwrap();
    write_everywhere(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tables_with_rows(&db).await, 27);
}

async fn a_commit_keeps_everything(db: Db) {
    let mut tx = db.begin().await.unwrap();
    write_everywhere(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tables_with_rows(&db).await, 27);
}

async fn a_unit_sees_its_own_work_and_others_do_not(db: Db) {
    let mut tx = db.begin().await.unwrap();
    tx.settings().set("a", "1", None, at(1)).await.unwrap();
    assert_eq!(tx.settings().get("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(read!(db, settings().get("a")), None);
    tx.commit().await.unwrap();
    assert_eq!(read!(db, settings().get("a")).as_deref(), Some("1"));
}

async fn many_units_at_once_all_pass(db: Db) {
    let tasks: Vec<_> = (0..50)
        .map(|id| {
            let db = db.clone();
            tokio::spawn(async move {
                let seen = [Seen { person: person(id, "a"), referrer: None, at: at(id) }];
                committed!(db, users().see(&seen));
                read!(db, users().get(UserId::new(id))).unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(read!(db, users().count()), 50);
}

#[tokio::test]
async fn a_reader_of_sqlite_cannot_write() {
    on_sqlite(|db| async move {
        let mut reader = db.read().await.unwrap();
        let refused = reader.settings().set("a", "1", None, at(1)).await;
        let error = refused.unwrap_err();
        assert!(error.detail().contains("readonly"), "{}", error.detail());
        assert!(!error.is_transient());
        assert!(reader.alerts().raise("a", at(1)).await.is_err());
        drop(reader);
        assert_eq!(tables_with_rows(&db).await, 0);
    })
    .await;
}

/// As of a process that was frozen, or whose machine is gone without a word.
#[tokio::test]
async fn a_unit_that_sleeps_does_not_keep_others_waiting() {
    on_postgres(|db| async move {
        let mut asleep = db.begin().await.unwrap();
        asleep.alerts().raise("a", at(1)).await.unwrap();
        let mut awake = db.begin().await.unwrap();
        let raised = tokio::time::timeout(Duration::from_secs(15), awake.alerts().raise("a", at(2))).await;
        raised.expect("the lock of the sleeper is gone").unwrap();
        awake.commit().await.unwrap();
        let error = asleep.commit().await.unwrap_err();
        assert!(error.is_transient(), "{}", error.detail());
    })
    .await;
}
