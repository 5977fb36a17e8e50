//! A strict, stateful stand-in for Telegram's Bot API server, with a control API to act as people.
//!
//! It knows nothing of the bot that talks to it: it speaks raw JSON, checked against the official schema, so
//! that a mistake in shared types could not hide. `docs/simulator.md` describes everything that is served.

mod bot_api;
mod clock;
mod config;
mod control;
mod events;
mod json;
mod methods;
mod page;
mod schema;
mod server;
mod world;

pub use config::{BotConfig, ClockMode, Config, FloodLimits, Record};
pub use server::{RunningSimulator, Simulator, StartError};
