//! The schema goes up and down, is the same on both databases, and a program knows when it is too old.

use std::collections::BTreeMap;

use qura_storage::{Db, OpenError};
use sqlx::AssertSqlSafe;

use crate::database::{on_postgres, on_sqlite};

on_both_databases! {
    up_down_and_up_again,
    one_step_down_and_up,
    going_up_twice_changes_nothing,
    two_programs_go_up_at_once,
    a_database_that_needs_a_newer_program_is_refused,
    a_newer_database_that_still_supports_this_program_is_accepted,
    a_newer_database_is_not_taken_down,
    every_migration_has_a_way_down,
}

/// What no repository does.
pub async fn execute(db: &Db, sql: &'static str) {
    match db {
        Db::Pg { pool, .. } => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
        Db::Lite { write, .. } => sqlx::query(sql).execute(write).await.map(|_| ()).unwrap(),
    }
}

/// Every table except the list of migrations; on PostgreSQL without partitions.
async fn tables(db: &Db) -> Vec<String> {
    let rows: Vec<(String,)> = match db {
        Db::Pg { pool, .. } => {
            let sql = "SELECT relname::TEXT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
                       AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> '_sqlx_migrations' ORDER BY 1";
            sqlx::query_as(sql).fetch_all(pool).await.unwrap()
        }
        Db::Lite { read, .. } => {
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                       AND name <> '_sqlx_migrations' ORDER BY 1";
            sqlx::query_as(sql).fetch_all(read).await.unwrap()
        }
    };
    rows.into_iter().map(|(name,)| name).collect()
}

/// What both databases must agree on of a column: its name, whether it may be null, what it holds.
type Column = (String, bool, String);

async fn columns(db: Db) -> BTreeMap<String, Vec<Column>> {
    let mut schema = BTreeMap::new();
    for table in tables(&db).await {
        let rows: Vec<Column> = match &db {
            Db::Pg { pool, .. } => {
                let sql = "SELECT column_name::TEXT, is_nullable = 'YES', data_type::TEXT FROM information_schema.columns
                           WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
                sqlx::query_as(sql).bind(&table).fetch_all(pool).await.unwrap()
            }
            Db::Lite { read, .. } => {
                let sql = "SELECT name, NOT \"notnull\", type FROM pragma_table_info($1) ORDER BY cid";
                sqlx::query_as(sql).bind(&table).fetch_all(read).await.unwrap()
            }
        };
        let columns = rows.into_iter().map(|(name, nullable, ty)| (name, nullable, family(&ty))).collect();
        schema.insert(table, columns);
    }
    schema
}

fn family(ty: &str) -> String {
    match ty.to_lowercase().as_str() {
        "bigint" | "integer" => "whole number".into(),
        other => other.into(),
    }
}

/// Table, whether unique, columns: of every index, those of primary keys included.
async fn indexes(db: Db) -> Vec<(String, bool, String)> {
    let mut found = Vec::new();
    for table in tables(&db).await {
        let rows: Vec<(bool, String)> = match &db {
            Db::Pg { pool, .. } => {
                let sql = "SELECT indisunique, (SELECT string_agg(COALESCE(attname::TEXT, 'expression'), ',' ORDER BY place)
                             FROM unnest(indkey::SMALLINT[]) WITH ORDINALITY AS key (attnum, place)
                             LEFT JOIN pg_attribute ON attrelid = indrelid AND pg_attribute.attnum = key.attnum)
                           FROM pg_index WHERE indrelid = $1::TEXT::regclass";
                sqlx::query_as(sql).bind(&table).fetch_all(pool).await.unwrap()
            }
            Db::Lite { read, .. } => {
                let sql = "SELECT list.\"unique\", (SELECT group_concat(COALESCE(name, 'expression'), ',')
                             FROM pragma_index_info(list.name))
                           FROM pragma_index_list($1) AS list
                           UNION ALL
                           SELECT TRUE, name FROM pragma_table_info($1) WHERE pk = 1 AND type = 'INTEGER'";
                sqlx::query_as(sql).bind(&table).fetch_all(read).await.unwrap()
            }
        };
        found.extend(rows.into_iter().map(|(unique, columns)| (table.clone(), unique, columns)));
    }
    found.sort();
    found
}

#[tokio::test]
async fn both_databases_have_the_same_columns_and_indexes() {
    let lite = (on_sqlite(columns).await, on_sqlite(indexes).await);
    assert!(lite.0.len() >= 12, "{:?}", lite.0.keys());
    assert!(lite.1.contains(&("jobs".into(), true, "kind,dedupe".into())), "{:?}", lite.1);
    let (Some(columns), Some(indexes)) = (on_postgres(columns).await, on_postgres(indexes).await) else {
        return;
    };
    for (table, of_lite) in &lite.0 {
        assert_eq!(Some(of_lite), columns.get(table), "the columns of {table}, SQLite left");
    }
    assert_eq!(lite.0.len(), columns.len());
    assert_eq!(lite.1, indexes, "SQLite left");
}

async fn up_down_and_up_again(db: Db) {
    let whole = columns(db.clone()).await;
    assert!(db.migration_states().await.unwrap().iter().all(|state| state.applied));
    db.migrate_down(0).await.unwrap();
    assert_eq!(tables(&db).await, Vec::<String>::new());
    assert!(db.migration_states().await.unwrap().iter().all(|state| !state.applied));
    db.migrate_down(0).await.unwrap();
    db.migrate_up().await.unwrap();
    assert_eq!(columns(db.clone()).await, whole);
    assert!(db.migration_states().await.unwrap().iter().all(|state| state.applied));
}

async fn one_step_down_and_up(db: Db) {
    let states = db.migration_states().await.unwrap();
    // Down through every migration one by one, so that a way down that needs a later table shows.
    for state in states.iter().rev() {
        db.migrate_down(state.version - 1).await.unwrap();
        let now = db.migration_states().await.unwrap();
        assert!(now.iter().all(|other| other.applied == (other.version < state.version)), "{now:?}");
    }
    db.migrate_up().await.unwrap();
    assert_eq!(db.migration_states().await.unwrap(), states);
}

async fn going_up_twice_changes_nothing(db: Db) {
    let before = columns(db.clone()).await;
    db.migrate_up().await.unwrap();
    assert_eq!(columns(db).await, before);
}

async fn two_programs_go_up_at_once(db: Db) {
    db.migrate_down(0).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.migrate_up().await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!(db.migration_states().await.unwrap().iter().all(|state| state.applied));
}

async fn a_database_that_needs_a_newer_program_is_refused(db: Db) {
    let known = db.migration_states().await.unwrap().last().unwrap().version;
    execute(&db, "UPDATE schema_support SET min_program = 9999").await;
    let refused = db.migrate_up().await.unwrap_err();
    assert!(matches!(refused, OpenError::TooNew { needed: 9999, known: k } if k == known), "{refused:?}");
    crate::opening::assert_one_sentence(&refused);
    execute(&db, "UPDATE schema_support SET min_program = 1").await;
    db.migrate_up().await.unwrap();
}

/// Leaves what a newer program's migration would.
async fn add_a_newer_migration(db: &Db) {
    let literal = match db {
        Db::Pg { .. } => "'\\x00'::BYTEA",
        Db::Lite { .. } => "x'00'",
    };
    let sql = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', TRUE, {literal}, 1)"
    );
    match db {
        Db::Pg { pool, .. } => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(|_| ()).unwrap(),
        Db::Lite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.map(|_| ()).unwrap(),
    }
}

async fn a_newer_database_that_still_supports_this_program_is_accepted(db: Db) {
    add_a_newer_migration(&db).await;
    db.migrate_up().await.unwrap();
    let states = db.migration_states().await.unwrap();
    assert!(states.iter().all(|state| state.applied && state.version < 9999));
    let known = states.last().unwrap().version;
    match &db {
        Db::Pg { pool, .. } => {
            let sql = "UPDATE schema_support SET min_program = $1";
            sqlx::query(sql).bind(known).execute(pool).await.map(|_| ()).unwrap();
        }
        Db::Lite { write, .. } => {
            let sql = "UPDATE schema_support SET min_program = $1";
            sqlx::query(sql).bind(known).execute(write).await.map(|_| ()).unwrap();
        }
    }
    db.migrate_up().await.unwrap();
}

async fn a_newer_database_is_not_taken_down(db: Db) {
    add_a_newer_migration(&db).await;
    let before = tables(&db).await;
    let refused = db.migrate_down(0).await.unwrap_err();
    assert!(matches!(refused, OpenError::TooNew { needed: 9999, .. }), "{refused:?}");
    assert_eq!(tables(&db).await, before);
}

async fn every_migration_has_a_way_down(db: Db) {
    let versions: Vec<_> = db.migration_states().await.unwrap().iter().map(|state| state.version).collect();
    let expected: Vec<i64> = (1..).take(versions.len()).collect();
    assert_eq!(versions, expected, "numbers without a gap");
    for folder in ["sqlite", "postgres"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let mut names: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        for (version, pair) in versions.iter().zip(names.chunks(2)) {
            let stem = pair[0].strip_suffix(".down.sql").unwrap();
            assert!(stem.starts_with(&format!("{version:04}_")), "{stem}");
            assert_eq!(pair[1], format!("{stem}.up.sql"));
        }
        assert_eq!(names.len(), versions.len() * 2, "{folder}");
    }
}
