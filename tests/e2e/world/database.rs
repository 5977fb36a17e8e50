//! What the program has written: read beside it, never changed while it runs.

use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, FromRow};

use super::setup::Ground;

/// A way into the database of a world.
#[derive(Clone)]
pub enum Database {
    Sqlite(String),
    Postgres(PgPool),
}

/// A row of `users`.
#[derive(Clone, Debug, FromRow, PartialEq)]
pub struct UserRow {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
    pub is_premium: bool,
    pub language: Option<String>,
    pub timezone: Option<String>,
    pub referrer_id: Option<i64>,
    /// Microseconds since 1970, as the next three.
    pub first_seen_at: i64,
    pub last_seen_at: i64,
    pub blocked_at: Option<i64>,
}

/// A row of `audit_logs`.
#[derive(Clone, Debug, FromRow, PartialEq)]
pub struct AuditRow {
    pub actor_id: Option<i64>,
    pub action: String,
    pub subject: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Database {
    pub fn of(ground: &Ground) -> Self {
        match ground {
            Ground::Embedded(file) => Self::Sqlite(file.clone()),
            Ground::Distributed(lent) => {
                let pool = PgPoolOptions::new().max_connections(2);
                Self::Postgres(pool.connect_lazy(lent.database_url().as_str()).unwrap())
            }
        }
    }

    /// What a query finds; it must mean the same to both databases.
    pub async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(file) => sqlx::query_as(sql).fetch_all(&mut open(file, true).await).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        }
    }

    /// Everyone, by id.
    pub async fn people(&self) -> Vec<UserRow> {
        self.rows("SELECT * FROM users ORDER BY id").await
    }

    pub async fn person(&self, id: i64) -> Option<UserRow> {
        self.people().await.into_iter().find(|row| row.id == id)
    }

    /// The audit log, oldest first.
    pub async fn audit(&self) -> Vec<AuditRow> {
        self.rows("SELECT actor_id, action, subject, before, after FROM audit_logs ORDER BY created_at, id")
            .await
    }

    /// Wizards under way.
    pub async fn wizards(&self) -> usize {
        self.rows::<(i64,)>("SELECT user_id FROM sessions").await.len()
    }

    /// When a schedule last fired, in microseconds since 1970; 0 when it never did.
    pub async fn last_firing(&self, schedule: &str) -> i64 {
        let rows = self.rows::<(String, i64)>("SELECT schedule, fire_at FROM schedule_runs").await;
        rows.iter().filter(|(name, _)| name == schedule).map(|(_, at)| *at).max().unwrap_or(0)
    }

    /// Why updates were given up.
    pub async fn dead_updates(&self) -> Vec<String> {
        let rows =
            self.rows::<(String,)>("SELECT COALESCE(error, '') FROM updates WHERE state = 'dead'").await;
        rows.into_iter().map(|(error,)| error).collect()
    }

    /// What is still to be done at this moment (in microseconds since 1970), or was given up; dead
    /// updates aside. A notice that was just taken is being sent; whose sender died is sent again long after.
    pub async fn undone(&self, now: i64) -> Vec<String> {
        /// For so much less than its lease is a notice believed to be on its way.
        const DOUBTED: i64 = (180 - 10) * 1_000_000;

        let all: Vec<(String, i64, i64)> = self
            .rows(
                "SELECT 'update ' || state || ' ' || raw, CAST(0 AS BIGINT), 9223372036854775807
                   FROM updates WHERE state <> 'dead'
                 UNION ALL SELECT 'notice ' || state || ' ' || notice,
                   CASE WHEN state = 'pending' THEN send_at ELSE 0 END, 9223372036854775807 FROM outbox
                 UNION ALL SELECT 'notice taken ' || notice, CAST(0 AS BIGINT), send_at
                   FROM outbox WHERE state = 'pending' AND attempts > 0 AND error IS NULL
                 UNION ALL SELECT 'job ' || state || ' ' || kind,
                   CASE state WHEN 'queued' THEN run_at ELSE 0 END, 9223372036854775807 FROM jobs",
            )
            .await;
        let due = all.into_iter().filter(|(_, from, until)| *from <= now && now < *until - DOUBTED);
        due.map(|(what, ..)| what).collect()
    }

    /// Changes what there is, for stories that begin in the middle. Texts must not hold a quote.
    pub async fn runs(&self, sql: &str) {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(file) => sql.execute(&mut open(file, false).await).await.map(drop),
            Self::Postgres(pool) => sql.execute(pool).await.map(drop),
        }
        .unwrap();
    }

    /// Makes the database one of a later version of the program, which must not be running.
    pub async fn needs_program(&self, version: i64) {
        self.writes(format!("UPDATE schema_support SET min_program = {version}")).await;
    }

    /// Changes what is there by statements that mean the same to both databases. The program must not be
    /// running.
    pub async fn writes(&self, sql: String) {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        match self {
            Self::Sqlite(file) => sql.execute(&mut open(file, false).await).await.map(drop),
            Self::Postgres(pool) => sql.execute(pool).await.map(drop),
        }
        .unwrap();
    }
}

async fn open(file: &str, read_only: bool) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).read_only(read_only);
    options.busy_timeout(Duration::from_secs(10)).disable_statement_logging().connect().await.unwrap()
}
