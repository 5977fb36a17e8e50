//! The command line: its commands, and how mistakes of an operator are told.

mod commands;
mod doctor;
mod memory;
mod mistakes;
mod playground;
mod stopping;
