//! A database of its own for each story, gone when the story is told.

use std::io::Write;
use std::panic::resume_unwind;
use std::sync::Once;
use std::time::Duration;

use qura_domain::time::Timestamp;
use qura_storage::{DatabaseUrl, Db};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Enough for the tasks of one story, few enough for many stories at once on one server.
const CONNECTIONS: u32 = 6;

/// A moment of the stories, counted in seconds.
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

/// Tells the story to a migrated SQLite file.
pub async fn on_sqlite<T, F>(story: impl FnOnce(Db) -> F) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    tell(DatabaseUrl::Sqlite(folder.path().join("qura.db")), story).await.unwrap_or_else(|e| resume_unwind(e))
}

/// Tells the story to a migrated schema of its own on the server of `TEST_DATABASE_URL`; `None`
/// when there is no such server.
pub async fn on_postgres<T, F>(story: impl FnOnce(Db) -> F) -> Option<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let Some(DatabaseUrl::Postgres(options)) = server() else { return None };
    let mut admin = PgConnection::connect_with(&options).await.unwrap();
    let (schema,): (String,) = sqlx::query_as("SELECT 'test_' || REPLACE(gen_random_uuid()::TEXT, '-', '')")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut admin).await.unwrap();
    let options = options.options([("search_path", &schema)]);
    let told = tell(DatabaseUrl::Postgres(Box::new(options)), story).await;
    let dropped =
        sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).execute(&mut admin).await;
    let told = told.unwrap_or_else(|e| resume_unwind(e));
    dropped.unwrap();
    Some(told)
}

/// The server of `TEST_DATABASE_URL`. Says once, past the test harness, when there is none.
fn server() -> Option<DatabaseUrl> {
    static SAID: Once = Once::new();
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => Some(url.parse().expect("TEST_DATABASE_URL is an URL")),
        Err(_) => {
            SAID.call_once(|| {
                let _ = writeln!(std::io::stderr(), "PostgreSQL is skipped: TEST_DATABASE_URL is not set");
            });
            None
        }
    }
}

/// What a panicking story leaves.
type Panic = Box<dyn std::any::Any + Send>;

async fn tell<T, F>(url: DatabaseUrl, story: impl FnOnce(Db) -> F) -> Result<T, Panic>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let db = Db::open(&url, CONNECTIONS).await.unwrap();
    db.migrate_up().await.unwrap();
    let told = tokio::spawn(story(db.clone())).await.map_err(tokio::task::JoinError::into_panic);
    // A story that failed may have left a task behind that holds a connection.
    let _ = tokio::time::timeout(Duration::from_secs(5), db.close()).await;
    told
}
