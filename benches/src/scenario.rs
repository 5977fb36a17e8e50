//! One measurement: a set-up, a crowd, and what came of it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;

use crate::control::Control;
use crate::processes::{Process, server_cpu, sibling};
use crate::report::Figures;

const BOT: i64 = 1001;
const TOKEN: &str = "1001:bench-token";
const OWNER: i64 = 7;
const CHANNEL: i64 = -1_001_000_000_001;
const FIRST_PERSON: i64 = 10_000_001;

/// The simulator shares the machine with what is measured, so it has one thread, which nothing wakes
/// another one for, and takes its memory in large pieces (glibc, `mallopt(3)`).
const LIGHT: [(&str, &str); 2] = [("TOKIO_WORKER_THREADS", "1"), ("MALLOC_TOP_PAD_", "67108864")];

/// By then several processes have shared the work out among themselves: two beats of their leases.
const SHARED_OUT: Duration = Duration::from_secs(5);

/// Who presses /start, and how fast.
#[derive(Clone, Copy)]
pub struct Size {
    pub people: u32,
    /// A second; 0 as fast as the bot takes them.
    pub rate: u32,
}

/// What serves them.
#[derive(Clone, Copy)]
pub enum Setup {
    Echo,
    /// One process on SQLite.
    Embedded,
    /// So many processes on PostgreSQL and Redis.
    Shared {
        processes: usize,
    },
}

pub struct Scenario {
    pub name: &'static str,
    pub setup: Setup,
    pub size: Size,
}

impl Scenario {
    /// Starts everything, has the crowd press /start once, and ends everything.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let folder = tempfile::tempdir()?;
        let bot = format!("{TOKEN}:bench_bot");
        let arguments = ["--flood", "off", "--record", "counts", "--history", "4", "--bot", &bot];
        let mut simulator = Process::start(&sibling("qura-simulator")?, &arguments, &LIGHT, folder.path())?;
        let url = simulator.first_line().await?;
        let control = Control::new(&url)?;
        control.post("people", json!({"id": OWNER, "first_name": "Owner"})).await?;
        let channel = json!({"id": CHANNEL, "kind": "channel", "title": "Gate", "username": "bench_gate", "owner": OWNER});
        control.post("chats", channel).await?;
        control
            .post(&format!("chats/{CHANNEL}/members"), json!({"user": BOT, "status": "administrator"}))
            .await?;
        let began = Instant::now();
        let bots = self.start_bots(&url, folder.path()).await?;
        control.polled(BOT).await?;
        let first_poll_ms = began.elapsed().as_secs_f64() * 1000.0;
        if bots.len() > 1 {
            tokio::time::sleep(SHARED_OUT).await;
        }
        let before = (usage(&bots)?, self.database_cpu()?);
        let load = control.crowd(FIRST_PERSON, self.size, CHANNEL).await?;
        let after = (usage(&bots)?, self.database_cpu()?);
        control.no_refusals().await?;
        for bot in bots {
            bot.end().await?;
        }
        simulator.end().await?;
        let thousands = f64::from(self.size.people) / 1000.0;
        Ok(Figures {
            per_second: load.answered_per_second,
            cpu_per_1000: (after.0.0 - before.0.0) / thousands,
            database_cpu_per_1000: (after.1 - before.1) / thousands,
            peak_mib: after.0.1,
            p50_ms: load.p50_ms,
            p95_ms: load.p95_ms,
            p99_ms: load.p99_ms,
            first_poll_ms,
        })
    }

    /// CPU seconds of PostgreSQL so far.
    fn database_cpu(&self) -> anyhow::Result<f64> {
        if !matches!(self.setup, Setup::Shared { .. }) {
            return Ok(0.0);
        }
        let (database, _) = services()?;
        let port = database.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
        server_cpu(&format!("-p {port} "))
    }

    async fn start_bots(&self, url: &str, folder: &Path) -> anyhow::Result<Vec<Process>> {
        match self.setup {
            Setup::Echo => {
                let program = std::env::current_exe()?;
                Ok(vec![Process::start(&program, &["echo", url, TOKEN], &[], folder)?])
            }
            Setup::Embedded => start_qura(url, folder, 1, &[]).await,
            Setup::Shared { processes } => {
                let (database, redis) = services()?;
                let database = fresh_database(&database, folder).await?;
                // Leases of a process that was killed must not hold up the next.
                let prefix = format!("bench:{}:", folder.display());
                let shared = [
                    ("DATABASE_URL", database.as_str()),
                    ("REDIS_URL", redis.as_str()),
                    ("REDIS_PREFIX", prefix.as_str()),
                ];
                start_qura(url, folder, processes, &shared).await
            }
        }
    }
}

/// Sets the gate, then starts so many processes of the program.
async fn start_qura(
    url: &str,
    folder: &Path,
    processes: usize,
    shared: &[(&str, &str)],
) -> anyhow::Result<Vec<Process>> {
    let program = sibling("qura")?;
    let mut variables = vec![
        ("TELEGRAM_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", url),
        ("HTTP_ADDR", "127.0.0.1:0"),
        ("RUST_LOG", "warn"),
        // The crowd is larger than Telegram would let any bot answer.
        ("TELEGRAM_REPLIES_PER_SECOND", "100000"),
    ];
    variables.extend(shared);
    let gate = json!([{"chat": CHANNEL, "title": "Gate", "link": "https://t.me/bench_gate"}]).to_string();
    for (key, value) in [("gate.channels", gate.as_str()), ("gate.enabled", "true")] {
        Process::start(&program, &["admin", "set", key, value], &variables, folder)?.finish().await?;
    }
    (0..processes).map(|_| Process::start(&program, &["run"], &variables, folder)).collect()
}

fn services() -> anyhow::Result<(String, String)> {
    let variable = |name| std::env::var(name).with_context(|| format!("{name} is not set: run `make bench`"));
    Ok((variable("TEST_DATABASE_URL")?, variable("TEST_REDIS_URL")?))
}

/// An empty schema for this run.
async fn fresh_database(url: &str, folder: &Path) -> anyhow::Result<String> {
    let program = sibling("qura")?;
    let variables = [("DATABASE_URL", url)];
    Process::start(&program, &["migrate", "down", "--to", "0"], &variables, folder)?.finish().await?;
    Ok(url.to_owned())
}

/// CPU seconds of all, and the peak memory of the largest.
fn usage(bots: &[Process]) -> anyhow::Result<(f64, f64)> {
    let mut total = (0.0, 0.0);
    for bot in bots {
        let (cpu, peak) = bot.usage()?;
        total = (total.0 + cpu, f64::max(total.1, peak));
    }
    Ok(total)
}
