//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::roles::Role;

/// Qura, a Telegram bot for giveaways, contests and quizzes.
///
/// Without a command it runs the bot when TELEGRAM_TOKEN is set, and the playground when it is not.
#[derive(Debug, Parser)]
#[command(name = "qura", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the bot.
    Run {
        /// Only these roles.
        #[arg(long, value_delimiter = ',', default_values_t = Role::ALL)]
        roles: Vec<Role>,
    },
    /// Opens a page in which you play the people, with the real bot behind it. Needs no token.
    Playground,
    /// Brings the database's schema up, takes it down, or shows where it is.
    Migrate {
        #[command(subcommand)]
        action: MigrateAction,
    },
    /// Checks the settings, the token, the database and the gate, and says what to mend.
    Doctor,
    /// Reads and changes the operators' settings.
    Admin {
        #[command(subcommand)]
        action: AdminAction,
    },
    /// Recomputes a draw from its receipt, and says who has won.
    Verify {
        /// The receipt, then its addenda.
        #[arg(required = true)]
        documents: Vec<PathBuf>,
        /// The digest of the last of them, as the channel shows it.
        #[arg(long)]
        digest: Option<String>,
        /// The proof of your own ticket, as the bot sent it to you.
        #[arg(long)]
        opening: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum MigrateAction {
    /// Applies what is missing.
    Up,
    /// Takes migrations back, with their data.
    Down {
        /// The last migration to keep; 0 keeps none.
        #[arg(long)]
        to: i64,
    },
    /// Lists the migrations.
    Status,
}

#[derive(Debug, Subcommand)]
pub enum AdminAction {
    /// Prints a setting, or all of them.
    Get { key: Option<String> },
    /// Changes a setting; the value is JSON, e.g. `true` or `5`.
    Set { key: String, value: String },
}
