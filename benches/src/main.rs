//! `make bench`: how many people the bot serves, how fast, and what that costs.
//!
//! Every part is a process of its own, as in real life: the simulator in load mode, the program once
//! or twice, and beside them a consumer that only echoes, which shows how much of a ceiling the
//! machine, the simulator and HTTP leave.

mod control;
mod echo;
mod lottery;
mod processes;
mod report;
mod scenario;
mod setup;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::report::Report;
use crate::scenario::{Act, Scenario, Size};
use crate::setup::Setup;

#[derive(Parser)]
#[command(about = "Measures the whole bot against the simulator.")]
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
    let full = Size { people: arguments.people, rate: 0 };
    let steady = Size { people: 5_000, rate: 500 };
    let shared = |processes| Setup::Shared { processes };
    let crowd = Size { people: arguments.people / 2, rate: 0 };
    let start = |name, setup, size| Scenario { name, setup, act: Act::Start, size };
    let join =
        |name, setup, participants| Scenario { name, setup, act: Act::Join { participants }, size: crowd };
    let mut scenarios = vec![
        start("echo", Setup::Echo, full),
        start("embedded, full speed", Setup::Embedded, full),
        start("embedded, 500/s", Setup::Embedded, steady),
        start("PostgreSQL + Redis, full speed", shared(1), full),
        start("PostgreSQL + Redis, 500/s", shared(1), steady),
        start("PostgreSQL + Redis, two processes, full speed", shared(2), full),
        join("embedded, joins", Setup::Embedded, 0),
        join("embedded, joins after 1,000,000", Setup::Embedded, 1_000_000),
        join("PostgreSQL + Redis, joins", shared(1), 0),
        join("PostgreSQL + Redis, joins after 1,000,000", shared(1), 1_000_000),
    ];
    scenarios.retain(|scenario| scenario.name == "echo" || scenario.name.contains(&arguments.only));
    let mut report = Report::default();
    for _ in 0..arguments.runs {
        for scenario in &scenarios {
            let figures = scenario.run().await?;
            writeln!(std::io::stderr(), "{}: {:.0}/s", scenario.name, figures.per_second)?;
            report.add(scenario.name, figures);
        }
    }
    writeln!(std::io::stdout(), "{}", report.table())?;
    if let Some(path) = arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}
