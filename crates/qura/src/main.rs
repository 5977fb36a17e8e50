//! The program: reads the settings, puts the parts together, and runs the roles that it is told to.

mod adapters;
mod admin;
mod cli;
mod config;
mod doctor;
mod logging;
mod migrate;
mod playground;
mod roles;
mod run;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;
use tokio_util::sync::CancellationToken;

use crate::cli::{Cli, Command};
use crate::config::Config;

/// Set up in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence, whatever happened: causes are part of it, backtraces are not.
            logging::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Threads that run tasks: half as many as there are processors, which leaves the rest to the database
/// and the kernel. More of them wake each other up more than they get done: on two processors, the
/// second thread made an update a tenth dearer and none faster.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

fn start(cli: Cli) -> anyhow::Result<()> {
    // For anyone who holds a receipt, also without the bot's settings.
    if let Some(Command::Verify { documents, digest, opening }) = &cli.command {
        return verify::run(documents, digest.as_deref(), opening.as_deref());
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build()?;
    // What runs until it is told to stop is told from here on, also while it only begins. What is short
    // ends by the signal.
    let lasts = matches!(cli.command, None | Some(Command::Run { .. } | Command::Playground));
    let stop = {
        let _entered = runtime.enter();
        if lasts { run::stop_on_signal()? } else { CancellationToken::new() }
    };
    let config = Config::load()?;
    logging::start(config.log_format, &config.log_filter);
    let outcome = runtime.block_on(async {
        match cli.command {
            None if config.token.is_some() => run::run(config, &roles::Role::ALL, &stop).await,
            None | Some(Command::Playground) => playground::run(config, &stop).await,
            Some(Command::Run { roles }) => run::run(config, &roles, &stop).await,
            Some(Command::Migrate { action }) => migrate::run(&config, action).await,
            Some(Command::Doctor) => doctor::run(config).await,
            Some(Command::Admin { action }) => admin::run(&config, action).await,
            Some(Command::Verify { documents, digest, opening }) => {
                verify::run(&documents, digest.as_deref(), opening.as_deref())
            }
        }
    });
    // What blocks a thread, a name that is being looked up above all, is not waited for.
    runtime.shutdown_background();
    outcome
}
