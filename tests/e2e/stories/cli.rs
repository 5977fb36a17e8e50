//! The command line: its commands, and how mistakes of an operator are told.

mod commands;
mod doctor;
mod mistakes;
mod playground;
mod stopping;
