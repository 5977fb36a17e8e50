//! Where a measurement plays: the simulator, the ground, and what serves people on it.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::control::Control;
use crate::processes::{Process, server_cpu, sibling};
use crate::setup::{Ground, Setup, TOKEN};

const BOT: i64 = 1001;
const OWNER: i64 = 7;
pub const CHANNEL: i64 = -1_001_000_000_001;

/// The simulator shares the machine with what is measured, so it has one thread, which nothing wakes
/// another one for.
const LIGHT: [(&str, &str); 1] = [("TOKIO_WORKER_THREADS", "1")];

/// By then several processes have shared the work out among themselves: two beats of their leases.
const SHARED_OUT: Duration = Duration::from_secs(5);

pub struct Stage {
    pub control: Control,
    pub ground: Ground,
    setup: Setup,
    url: String,
    simulator: Process,
    folder: TempDir,
}

/// What the simulator remembers of calls.
#[derive(Clone, Copy)]
pub enum Record {
    /// How many, which costs nothing.
    Counts,
    /// Each with its time.
    Full,
}

impl Stage {
    /// Starts the simulator and makes the ground; nothing serves anybody yet.
    pub async fn set(setup: Setup, record: Record) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let bot = format!("{TOKEN}:bench_bot");
        let record = match record {
            Record::Counts => "counts",
            Record::Full => "full",
        };
        let arguments = ["--flood", "off", "--record", record, "--history", "4", "--bot", &bot];
        let mut simulator = Process::start(&sibling("qura-simulator")?, &arguments, &LIGHT, folder.path())?;
        let url = simulator.first_line().await?;
        let control = Control::new(&url)?;
        control.post("people", json!({"id": OWNER, "first_name": "Owner"})).await?;
        let channel = json!({"id": CHANNEL, "kind": "channel", "title": "Gate", "username": "bench_gate", "owner": OWNER});
        control.post("chats", channel).await?;
        let administrator = json!({"user": BOT, "status": "administrator"});
        control.post(&format!("chats/{CHANNEL}/members"), administrator).await?;
        let ground = setup.prepare(&url, folder.path()).await?;
        Ok(Self { control, ground, setup, url, simulator, folder })
    }

    /// Starts what is measured, and returns once it serves, with the milliseconds to its first call for
    /// updates.
    pub async fn start(&self) -> anyhow::Result<(Vec<Process>, f64)> {
        let began = Instant::now();
        let bots = self.setup.start(&self.ground, &self.url, self.folder.path())?;
        self.control.polled(BOT).await?;
        let first_poll_ms = began.elapsed().as_secs_f64() * 1000.0;
        if bots.len() > 1 {
            tokio::time::sleep(SHARED_OUT).await;
        }
        Ok((bots, first_poll_ms))
    }

    /// CPU seconds of PostgreSQL so far; 0 without it.
    pub fn database_cpu(&self) -> anyhow::Result<f64> {
        let Some(port) = self.ground.postgres_port() else { return Ok(0.0) };
        server_cpu(&format!("-p {port} "))
    }

    /// Ends all processes. Fails when the bot asked for anything that Telegram would refuse.
    pub async fn end(self, bots: Vec<Process>) -> anyhow::Result<Ended> {
        self.control.no_refusals().await?;
        for bot in bots {
            bot.end().await?;
        }
        self.simulator.end().await?;
        Ok(Ended { ground: self.ground, _folder: self.folder })
    }
}

/// What is left: the database, until this is dropped.
pub struct Ended {
    pub ground: Ground,
    _folder: TempDir,
}
