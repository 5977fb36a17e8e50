//! One measurement: a set-up, what happens there, and what came of it.

use crate::bulk::{self, Bulk};
use crate::large;
use crate::lottery;
use crate::processes::Process;
use crate::report::{Figures, Outcome};
use crate::setup::{Setup, TOKEN};
use crate::stage::{CHANNEL, Record, Stage};
use crate::steady::{self, Steady};

pub const FIRST_PERSON: i64 = 10_000_001;

/// Who comes, and how fast.
#[derive(Clone, Copy)]
pub struct Size {
    pub people: u32,
    /// A second; 0 as fast as the bot takes them.
    pub rate: u32,
}

/// What happens.
#[derive(Clone, Copy)]
pub enum Work {
    /// Everyone presses /start.
    Start(Size),
    /// Everyone presses the button of a lottery, and opens the link.
    Join(Size, Before),
    /// People press /start for minutes.
    Steady(Steady),
    /// The bot sends of itself.
    Bulk(Bulk),
}

/// What is in the database before.
#[derive(Clone, Copy)]
pub enum Before {
    /// The lottery, with so many participants.
    Participants(u32),
    /// The lottery among others: see [`large`].
    Large,
}

pub struct Scenario {
    pub name: &'static str,
    pub setup: Setup,
    pub work: Work,
    /// It runs only when `--only` says this word, because it takes minutes.
    pub on_request: Option<&'static str>,
}

impl Scenario {
    /// Whether `--only` means it.
    pub fn is_meant(&self, only: &str) -> bool {
        self.name == "echo"
            || self.name.contains(only) && self.on_request.is_none_or(|word| only.contains(word))
    }

    pub async fn run(&self) -> anyhow::Result<Outcome> {
        Ok(match self.work {
            Work::Start(size) => Outcome::Load(self.load(size, None).await?),
            Work::Join(size, before) => Outcome::Load(self.load(size, Some(before)).await?),
            Work::Steady(steady) => Outcome::Memory(steady::run(self.setup, steady).await?),
            Work::Bulk(bulk) => Outcome::Limit(bulk::run(self.setup, bulk).await?),
        })
    }

    /// Starts everything, has the crowd act once, and ends everything.
    async fn load(&self, size: Size, lottery: Option<Before>) -> anyhow::Result<Figures> {
        let stage = Stage::set(self.setup, Record::Counts).await?;
        let post = match lottery {
            None => None,
            Some(before) => {
                let post = stage.control.as_the_bot(TOKEN, "sendMessage", lottery::post()).await?;
                let post = post.get("message_id").and_then(serde_json::Value::as_i64).unwrap_or_default();
                match before {
                    Before::Participants(count) => lottery::open(&stage.ground, post, count).await?,
                    Before::Large => large::open(&stage.ground, post).await?,
                }
                Some(post)
            }
        };
        let (bots, first_poll_ms) = stage.start().await?;
        let before = (usage(&bots)?, stage.database_cpu()?);
        let load = match post {
            None => stage.control.starts(FIRST_PERSON, size, CHANNEL).await?,
            Some(post) => stage.control.presses(FIRST_PERSON, size, lottery::button(CHANNEL, post)).await?,
        };
        let after = (usage(&bots)?, stage.database_cpu()?);
        let ended = stage.end(bots).await?;
        if post.is_some() {
            lottery::everyone_is_in(&ended.ground, size.people).await?;
        }
        let thousands = f64::from(size.people) / 1000.0;
        Ok(Figures {
            per_second: load.answered_per_second,
            cpu_per_1000: (after.0.0 - before.0.0) / thousands,
            database_cpu_per_1000: (after.1 - before.1) / thousands,
            peak_mib: after.0.1,
            again: load.again,
            p50_ms: load.p50_ms,
            p95_ms: load.p95_ms,
            p99_ms: load.p99_ms,
            first_poll_ms,
        })
    }
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
