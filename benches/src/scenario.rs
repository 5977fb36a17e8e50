//! One measurement: a set-up, a crowd, what it does, and what came of it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::control::Control;
use crate::lottery;
use crate::processes::{Process, server_cpu, sibling};
use crate::report::Figures;
use crate::setup::{Ground, Setup, TOKEN};

const BOT: i64 = 1001;
const OWNER: i64 = 7;
pub const CHANNEL: i64 = -1_001_000_000_001;
const FIRST_PERSON: i64 = 10_000_001;

/// The simulator shares the machine with what is measured, so it has one thread, which nothing wakes
/// another one for.
const LIGHT: [(&str, &str); 1] = [("TOKIO_WORKER_THREADS", "1")];

/// By then several processes have shared the work out among themselves: two beats of their leases.
const SHARED_OUT: Duration = Duration::from_secs(5);

/// Who comes, and how fast.
#[derive(Clone, Copy)]
pub struct Size {
    pub people: u32,
    /// A second; 0 as fast as the bot takes them.
    pub rate: u32,
}

/// What everyone does.
#[derive(Clone, Copy)]
pub enum Act {
    /// Presses /start.
    Start,
    /// Presses the button of a lottery that has so many participants already, and opens the link.
    Join { participants: u32 },
}

pub struct Scenario {
    pub name: &'static str,
    pub setup: Setup,
    pub act: Act,
    pub size: Size,
}

impl Scenario {
    /// Starts everything, has the crowd act once, and ends everything.
    pub async fn run(&self) -> anyhow::Result<Figures> {
        let folder = tempfile::tempdir()?;
        let (simulator, control, url) = simulator(folder.path()).await?;
        let ground = self.setup.prepare(&url, folder.path()).await?;
        let post = match self.act {
            Act::Start => None,
            Act::Join { participants } => {
                let post = control.as_the_bot(TOKEN, "sendMessage", lottery::post()).await?;
                let post = post.get("message_id").and_then(serde_json::Value::as_i64).unwrap_or_default();
                lottery::open(&ground, post, participants).await?;
                Some(post)
            }
        };
        let began = Instant::now();
        let bots = self.setup.start(&ground, &url, folder.path())?;
        control.polled(BOT).await?;
        let first_poll_ms = began.elapsed().as_secs_f64() * 1000.0;
        if bots.len() > 1 {
            tokio::time::sleep(SHARED_OUT).await;
        }
        let before = (usage(&bots)?, self.database_cpu(&ground)?);
        let load = match post {
            None => control.starts(FIRST_PERSON, self.size, CHANNEL).await?,
            Some(post) => control.presses(FIRST_PERSON, self.size, lottery::button(CHANNEL, post)).await?,
        };
        let after = (usage(&bots)?, self.database_cpu(&ground)?);
        control.no_refusals().await?;
        for bot in bots {
            bot.end().await?;
        }
        simulator.end().await?;
        if post.is_some() {
            lottery::everyone_is_in(&ground, self.size.people).await?;
        }
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
    fn database_cpu(&self, ground: &Ground) -> anyhow::Result<f64> {
        let Some(port) = ground.postgres_port() else { return Ok(0.0) };
        server_cpu(&format!("-p {port} "))
    }
}

async fn simulator(folder: &Path) -> anyhow::Result<(Process, Control, String)> {
    let bot = format!("{TOKEN}:bench_bot");
    let arguments = ["--flood", "off", "--record", "counts", "--history", "4", "--bot", &bot];
    let mut simulator = Process::start(&sibling("qura-simulator")?, &arguments, &LIGHT, folder)?;
    let url = simulator.first_line().await?;
    let control = Control::new(&url)?;
    control.post("people", json!({"id": OWNER, "first_name": "Owner"})).await?;
    let channel =
        json!({"id": CHANNEL, "kind": "channel", "title": "Gate", "username": "bench_gate", "owner": OWNER});
    control.post("chats", channel).await?;
    let administrator = json!({"user": BOT, "status": "administrator"});
    control.post(&format!("chats/{CHANNEL}/members"), administrator).await?;
    Ok((simulator, control, url))
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
