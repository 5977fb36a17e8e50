//! The statements that sqlx sends, as its log tells them, and what SQLite says of their plans.

use std::fmt;
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, SqlitePool};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Begins to listen, in the whole process.
pub fn listen() {
    tracing::subscriber::set_global_default(Listener).expect("the only listener");
}

/// Forgets what was sent so far.
pub fn forget() {
    SENT.lock().unwrap().clear();
}

/// The tables that the statements sent since [`forget`] read as a whole.
pub async fn scanned_by_sqlite(pool: &SqlitePool) -> Vec<String> {
    let sent = std::mem::take(&mut *SENT.lock().unwrap());
    assert!(!sent.is_empty(), "sqlx no longer logs its statements");
    let mut scanned = Vec::new();
    for sql in sent.iter().filter(|sql| is_of_a_repository(sql)) {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(pool).await.unwrap();
        for (.., step) in steps {
            if let Some(rest) = step.strip_prefix("SCAN ") {
                scanned.extend(rest.split(' ').next().map(str::to_owned));
            }
        }
    }
    scanned
}

fn is_of_a_repository(sql: &str) -> bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb))
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let whole = statement.whole.trim();
        let sql = if whole.is_empty() { statement.summary.trim() } else { whole };
        SENT.lock().unwrap().push(sql.to_owned());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A short statement is its own summary; of a longer one the log tells both.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.to_owned(),
            "db.statement" => self.whole = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
