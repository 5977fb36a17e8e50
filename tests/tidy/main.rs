//! What must hold of the source tree itself: one file a rule, each with a proof that it can fail.
//!
//! These are ordinary tests. `docs/ARCHITECTURE.md` names the invariants that they keep.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod arabic;
mod bot_api;
mod broken;
mod docs;
mod domain;
mod faults;
mod handlers;
mod layers;
mod lexer;
mod manifest;
mod messages;
mod migrations;
mod panics;
mod redis;
mod size;
mod source;
mod sql;
mod transactions;
mod tree;
mod words;

/// Fails with every offence on a line of its own.
#[track_caller]
fn forbid(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}\n  {}\n", offences.join("\n  "));
}
