//! What serves the crowd, and the ground that it stands on.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::processes::{Process, sibling};
use crate::stage::CHANNEL;

pub const TOKEN: &str = "1001:bench-token";

/// What serves the crowd.
#[derive(Clone, Copy)]
pub enum Setup {
    /// A consumer that only echoes.
    Echo,
    /// One process on SQLite.
    Embedded,
    /// So many processes on PostgreSQL and Redis.
    Shared { processes: usize },
}

/// A database with an empty schema and the gate on, and how to find it.
pub struct Ground {
    variables: Vec<(&'static str, String)>,
    pub database: Database,
}

pub enum Database {
    None,
    Sqlite(PathBuf),
    Postgres(String),
}

impl Setup {
    /// Makes the ground, before anything is measured.
    pub async fn prepare(&self, url: &str, folder: &Path) -> anyhow::Result<Ground> {
        let mut variables = vec![
            ("TELEGRAM_TOKEN", TOKEN.to_owned()),
            ("TELEGRAM_API_URL", url.to_owned()),
            ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
            // The crowd is larger than Telegram would let any bot answer.
            ("TELEGRAM_REPLIES_PER_SECOND", "100000".to_owned()),
        ];
        let database = match self {
            Self::Echo => return Ok(Ground { variables: Vec::new(), database: Database::None }),
            Self::Embedded => Database::Sqlite(folder.join("data/qura.db")),
            Self::Shared { .. } => {
                let (database, redis) = services()?;
                empty(&database, folder).await?;
                variables.push(("DATABASE_URL", database.clone()));
                variables.push(("REDIS_URL", redis));
                // Leases of a process that was killed must not hold up the next.
                variables.push(("REDIS_PREFIX", format!("bench:{}:", folder.display())));
                Database::Postgres(database)
            }
        };
        let ground = Ground { variables, database };
        let gate = json!([{"chat": CHANNEL, "title": "Gate", "link": "https://t.me/bench_gate"}]).to_string();
        for (key, value) in [("gate.channels", gate.as_str()), ("gate.enabled", "true")] {
            ground.program(&["admin", "set", key, value], folder)?.finish().await?;
        }
        Ok(ground)
    }

    /// Starts what is measured.
    pub fn start(&self, ground: &Ground, url: &str, folder: &Path) -> anyhow::Result<Vec<Process>> {
        let processes = match self {
            Self::Echo => {
                let program = std::env::current_exe()?;
                return Ok(vec![Process::start(&program, &["echo", url, TOKEN], &[], folder)?]);
            }
            Self::Embedded => 1,
            Self::Shared { processes } => *processes,
        };
        (0..processes).map(|_| ground.program(&["run"], folder)).collect()
    }
}

impl Ground {
    /// One more setting of what is measured.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.variables.push((name, value));
    }

    /// Runs statements, each by itself.
    pub async fn run(&self, sql: String) -> anyhow::Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match &self.database {
            Database::None => bail!("there is no database"),
            Database::Sqlite(file) => {
                let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
                sql.execute(&mut connection).await?;
                connection.close().await?;
            }
            Database::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await?;
                sql.execute(&mut connection).await?;
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// The one number that a query finds.
    pub async fn number(&self, sql: String) -> anyhow::Result<i64> {
        let sql = AssertSqlSafe(sql);
        Ok(match &self.database {
            Database::None => bail!("there is no database"),
            Database::Sqlite(file) => {
                let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
                sqlx::query_scalar(sql).fetch_one(&mut connection).await?
            }
            Database::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await?;
                sqlx::query_scalar(sql).fetch_one(&mut connection).await?
            }
        })
    }

    fn program(&self, arguments: &[&str], folder: &Path) -> anyhow::Result<Process> {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Process::start(&sibling("qura")?, arguments, &variables, folder)
    }

    /// `None` where there is no PostgreSQL.
    pub fn postgres_port(&self) -> Option<&str> {
        match &self.database {
            Database::Postgres(url) => url.rsplit(':').next()?.split('/').next(),
            Database::None | Database::Sqlite(_) => None,
        }
    }
}

fn services() -> anyhow::Result<(String, String)> {
    let variable = |name| std::env::var(name).with_context(|| format!("{name} is not set: run `make bench`"));
    Ok((variable("TEST_DATABASE_URL")?, variable("TEST_REDIS_URL")?))
}

/// Takes everything out of a database that may have served before.
async fn empty(url: &str, folder: &Path) -> anyhow::Result<()> {
    let variables = [("DATABASE_URL", url)];
    let down = ["migrate", "down", "--to", "0"];
    Process::start(&sibling("qura")?, &down, &variables, folder)?.finish().await
}
