//! Where the stories play: processes that share a Redis of their own or none.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use qura_coordination::RedisCoordination;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::random::Random;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A clock that stands until it is moved.
#[derive(Default)]
pub struct Hand(AtomicI64);

impl Hand {
    pub fn pass(&self, secs: i64) {
        self.0.fetch_add(secs * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Differs from process to process and from call to call.
struct Dice;

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = RandomState::new().build_hasher().finish().to_be_bytes();
            chunk.iter_mut().zip(number).for_each(|(byte, random)| *byte = random);
        }
    }
}

/// A Redis as several processes see it, with keys that no other test has.
pub struct Redis {
    url: String,
    prefix: String,
}

impl Redis {
    /// That of the test run; `None`, and a line that says so, when there is none.
    pub fn of_the_run() -> Option<Self> {
        let Ok(url) = std::env::var("TEST_REDIS_URL") else {
            println!("skipped: TEST_REDIS_URL is not set");
            return None;
        };
        Some(Self::at(url))
    }

    fn at(url: String) -> Self {
        Self { url, prefix: format!("test{:x}:", RandomState::new().build_hasher().finish()) }
    }

    /// A process that just started.
    pub fn process(&self) -> RedisCoordination {
        RedisCoordination::open(&self.url.as_str().into(), &self.prefix, &Dice).unwrap()
    }

    /// Runs a command of the server.
    pub async fn run<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::Cmd::new();
        words.iter().for_each(|word| _ = command.arg(word));
        command.query_async(&mut connection).await.unwrap()
    }
}

/// A server of the test's own, which it may empty and kill.
pub struct Server {
    pub redis: Redis,
    port: u16,
    folder: TempDir,
    child: Child,
}

impl Server {
    pub async fn start() -> Option<Self> {
        Redis::of_the_run()?;
        let mut folder = tempfile::tempdir().unwrap();
        for _ in 0..5 {
            // Somebody may be quicker at this port; then another one.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let child = run_at(port, &folder);
            let redis = Redis::at(format!("redis://127.0.0.1:{port}"));
            let mut server = Self { redis, port, folder, child };
            if server.answers().await {
                return Some(server);
            }
            folder = server.folder;
        }
        panic!("redis-server does not start");
    }

    /// How often a command was run since the start.
    pub async fn calls(&self, command: &str) -> usize {
        let statistics: String = self.redis.run(&["INFO", "commandstats"]).await;
        let (_, line) = statistics.split_once(&format!("cmdstat_{command}:calls=")).unwrap_or_default();
        line.split(',').next().and_then(|calls| calls.parse().ok()).unwrap_or(0)
    }

    /// Kills it, as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts it anew where it was, empty.
    pub async fn restart(&mut self) {
        self.child = run_at(self.port, &self.folder);
        assert!(self.answers().await, "redis-server does not start again");
    }

    async fn answers(&mut self) -> bool {
        let (process, begun) = (self.redis.process(), Instant::now());
        while begun.elapsed() < PATIENCE && self.child.try_wait().unwrap().is_none() {
            if process.check().await.is_ok() {
                return true;
            }
            sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

fn run_at(port: u16, folder: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
    command.kill_on_drop(true).spawn().unwrap()
}

/// Waits until it holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The same thing as two parts of one process have it.
pub fn twice<T: ?Sized>(thing: Arc<T>) -> [Arc<T>; 2] {
    [thing.clone(), thing]
}
