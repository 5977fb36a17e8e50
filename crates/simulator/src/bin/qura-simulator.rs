//! Runs a simulator on its own, and prints its URL on one line.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use qura_simulator::{BotConfig, ClockMode, Config, FloodLimits, Record, Simulator};
use tikv_jemallocator::Jemalloc;

/// The load generator shares its machine with what it measures.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// A strict stand-in for Telegram's Bot API server.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
    #[arg(long, value_enum, default_value_t = ClockArgument::Real)]
    clock: ClockArgument,
    /// Where a manual clock stands, in Unix seconds.
    #[arg(long, default_value_t = 1_800_000_000)]
    now: i64,
    #[arg(long, value_enum, default_value_t = FloodArgument::Strict)]
    flood: FloodArgument,
    #[arg(long, value_enum, default_value_t = RecordArgument::Full)]
    record: RecordArgument,
    /// How many messages of each chat are remembered (default: all).
    #[arg(long)]
    history: Option<usize>,
    /// A bot that exists from the start, as ID:SECRET:USERNAME; may be repeated.
    #[arg(long = "bot", value_parser = parse_bot)]
    bots: Vec<BotConfig>,
    /// The first update_id.
    #[arg(long, default_value_t = 1)]
    first_update_id: i64,
}

#[derive(Clone, Copy, ValueEnum)]
enum ClockArgument {
    Real,
    Manual,
}

#[derive(Clone, Copy, ValueEnum)]
enum FloodArgument {
    Off,
    Strict,
}

#[derive(Clone, Copy, ValueEnum)]
enum RecordArgument {
    Full,
    Counts,
}

fn parse_bot(text: &str) -> Result<BotConfig, String> {
    let (token, username) = text.rsplit_once(':').ok_or("write ID:SECRET:USERNAME")?;
    let id = token.split_once(':').map(|(id, _)| id).ok_or("write ID:SECRET:USERNAME")?;
    id.parse::<i64>().map_err(|_| "the token must begin with a number")?;
    Ok(BotConfig { token: token.into(), username: username.into(), name: username.into() })
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let config = Config {
        addr: arguments.addr,
        clock: match arguments.clock {
            ClockArgument::Real => ClockMode::Real,
            ClockArgument::Manual => ClockMode::Manual { at: arguments.now },
        },
        flood: match arguments.flood {
            FloodArgument::Off => FloodLimits::off(),
            FloodArgument::Strict => FloodLimits::strict(),
        },
        record: match arguments.record {
            RecordArgument::Full => Record::Full,
            RecordArgument::Counts => Record::Counts,
        },
        bots: arguments.bots,
        first_update_id: arguments.first_update_id,
        history: arguments.history,
        ..Config::default()
    };
    match serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the simulator did not start");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> std::io::Result<()> {
    let simulator = Simulator::start(config).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", simulator.url())?;
    stdout.flush()?;
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}
