//! A PostgreSQL and a Redis, and what they lend to one world.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use reqwest::Url;
use sqlx::{Connection, Executor, PgConnection};

/// Where both are.
#[derive(Clone, Debug)]
pub struct Servers {
    pub postgres: Url,
    pub redis: Url,
}

/// A database and a prefix of keys that only one world uses. Dropping it gives them back, from a test that
/// failed as well.
pub struct Lent {
    servers: Servers,
    name: String,
}

impl Servers {
    /// Those of the test run.
    pub fn of_the_run() -> Self {
        let address = |name| {
            let Ok(address) = std::env::var(name) else {
                panic!(
                    "{name} is not set: the stories on PostgreSQL and Redis need `scripts/services.sh run` \
                     before the command (or `make test`); those on SQLite are `--test e2e`"
                )
            };
            Url::parse(&address).unwrap()
        };
        Self { postgres: address("TEST_DATABASE_URL"), redis: address("TEST_REDIS_URL") }
    }

    /// Makes a database, and thinks of a prefix.
    pub async fn lend(self) -> Lent {
        let name = format!("world_{:016x}", RandomState::new().build_hasher().finish());
        // A name of our own making; names cannot be bound.
        self.commands(format!("CREATE DATABASE {name}")).await;
        Lent { servers: self, name }
    }

    async fn commands(&self, sql: String) {
        let mut connection = PgConnection::connect(self.postgres.as_str()).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Tells Redis a command, and returns the first line of its answer, or the text where it is one.
    pub fn tells_redis(&self, words: &[&str]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((self.redis.host_str().unwrap(), self.redis.port().unwrap()))?;
        let mut command = format!("*{}\r\n", words.len());
        words.iter().for_each(|word| command.push_str(&format!("${}\r\n{word}\r\n", word.len())));
        stream.write_all(command.as_bytes())?;
        let mut lines = BufReader::new(stream).lines();
        let mut line = || lines.next().unwrap_or_else(|| Err(std::io::ErrorKind::UnexpectedEof.into()));
        let first = line()?;
        assert!(!first.starts_with('-'), "{words:?}: {first}");
        if first.starts_with('$') && first != "$-1" { line() } else { Ok(first) }
    }
}

impl Lent {
    pub fn database_url(&self) -> Url {
        let mut url = self.servers.postgres.clone();
        url.set_path(&self.name);
        url
    }

    pub fn redis_url(&self) -> &Url {
        &self.servers.redis
    }

    /// Before each key.
    pub fn prefix(&self) -> String {
        format!("{}:", self.name)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        const FORGET: &str =
            "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";

        let keys = format!("{}*", self.prefix());
        let forgotten = self.servers.tells_redis(&["EVAL", FORGET, "0", &keys]);
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let servers = self.servers.clone();
        // The test's runtime may be gone, so this one waits on its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(servers.commands(sql));
        })
        .join();
        if !std::thread::panicking() {
            forgotten.unwrap();
            dropped.unwrap();
        }
    }
}
