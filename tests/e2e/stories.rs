//! What people do, and what must come of it, whatever the program stands on.

mod admin;
mod channels;
mod cli;
mod payments;
mod robustness;
pub mod roulette;
mod settings;
mod start;
