//! /settings and the other commands: language, timezone, help, and wizards that end as they should.

mod commands;
mod language;
mod timezone;
mod wizards;
