//! `make bench`: how many people the bot serves, how fast, and what that costs.
//!
//! Every part is a process of its own, as in real life: the simulator in load mode, the program once
//! or twice, and beside them a consumer that only echoes, which shows how much of a ceiling the
//! machine, the simulator and HTTP leave.

mod bulk;
mod control;
mod echo;
mod large;
mod lottery;
mod processes;
mod report;
mod scenario;
mod setup;
mod stage;
mod steady;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::bulk::Bulk;
use crate::report::Report;
use crate::scenario::{Before, Scenario, Size, Work};
use crate::setup::Setup;
use crate::steady::Steady;

#[derive(Parser)]
#[command(
    about = "Measures the whole bot against the simulator.",
    after_help = "Some scenarios take minutes and run only when --only names them:\n  \
                  --only steady   the memory under a steady crowd, for --minutes\n  \
                  --only large    joins on an empty database, and among 10 million participants of 1,000 lotteries\n  \
                  --only bulk     20,000 messages of three processes within one limit"
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// People who press /start at full speed; half as many join a lottery.
    #[arg(long, default_value_t = 20_000)]
    people: u32,
    /// How often each scenario runs; the best and the median are printed.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// Only the scenarios whose names contain this, and the echo consumer.
    #[arg(long, default_value = "")]
    only: String,
    /// How long the steady crowds come.
    #[arg(long, default_value_t = 30.0)]
    minutes: f64,
    /// How many a second the bulk send may send; ten times Telegram's limit, so that it does not take eleven
    /// minutes.
    #[arg(long, default_value_t = 300)]
    limit: u32,
    /// Where the figures go as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Takes updates and answers each with one message, nothing else.
    Echo { url: String, token: String },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Echo { url, token }) = arguments.command {
        return echo::run(&url, &token).await;
    }
    // Plain HTTP on loopback; the client wants a provider all the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut scenarios = scenarios(&arguments);
    scenarios.retain(|scenario| scenario.is_meant(&arguments.only));
    let mut report = Report::default();
    for _ in 0..arguments.runs {
        for scenario in &scenarios {
            let outcome = scenario.run().await?;
            writeln!(std::io::stderr(), "{}: done", scenario.name)?;
            report.add(scenario.name, outcome);
        }
    }
    for (first, second) in COMPARED {
        report.compare(first, second);
    }
    writeln!(std::io::stdout(), "{}", report.tables())?;
    if let Some(path) = arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

/// The same joins without and with what others have left behind.
const COMPARED: [(&str, &str); 4] = [
    ("embedded, joins", "embedded, joins after 1,000,000"),
    ("PostgreSQL + Redis, joins", "PostgreSQL + Redis, joins after 1,000,000"),
    ("large, embedded: joins, empty", "large, embedded: joins among 10,000,000"),
    ("large, PostgreSQL + Redis: joins, empty", "large, PostgreSQL + Redis: joins among 10,000,000"),
];

fn scenarios(arguments: &Arguments) -> Vec<Scenario> {
    let always = |name, setup, work| Scenario { name, setup, work, on_request: None };
    let on_request = |word, name, setup, work| Scenario { name, setup, work, on_request: Some(word) };
    let shared = |processes| Setup::Shared { processes };
    let full = Work::Start(Size { people: arguments.people, rate: 0 });
    let crowd = Work::Start(Size { people: 5_000, rate: 500 });
    let join = |before| Work::Join(Size { people: arguments.people / 2, rate: 0 }, before);
    let (empty, million) = (join(Before::Participants(0)), join(Before::Participants(1_000_000)));
    let steady = Work::Steady(Steady { minutes: arguments.minutes, rate: 200 });
    let bulk = Work::Bulk(Bulk { messages: arguments.people, a_second: arguments.limit });
    vec![
        always("echo", Setup::Echo, full),
        always("embedded, full speed", Setup::Embedded, full),
        always("embedded, 500/s", Setup::Embedded, crowd),
        always("PostgreSQL + Redis, full speed", shared(1), full),
        always("PostgreSQL + Redis, 500/s", shared(1), crowd),
        always("PostgreSQL + Redis, two processes, full speed", shared(2), full),
        always("PostgreSQL + Redis, four processes, full speed", shared(4), full),
        always("embedded, joins", Setup::Embedded, empty),
        always("embedded, joins after 1,000,000", Setup::Embedded, million),
        always("PostgreSQL + Redis, joins", shared(1), empty),
        always("PostgreSQL + Redis, joins after 1,000,000", shared(1), million),
        on_request("large", "large, embedded: joins, empty", Setup::Embedded, empty),
        on_request("large", "large, embedded: joins among 10,000,000", Setup::Embedded, join(Before::Large)),
        on_request("large", "large, PostgreSQL + Redis: joins, empty", shared(1), empty),
        on_request(
            "large",
            "large, PostgreSQL + Redis: joins among 10,000,000",
            shared(1),
            join(Before::Large),
        ),
        on_request("steady", "steady, embedded", Setup::Embedded, steady),
        on_request("steady", "steady, PostgreSQL + Redis", shared(1), steady),
        on_request("bulk", "bulk, three processes", shared(3), bulk),
    ]
}
