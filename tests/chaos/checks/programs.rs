//! The programs themselves: what they wrote, and how they ended.

use super::{Evidence, telegram};
use crate::world::TOKEN;

/// Errors that a program reports while what it stands on is away.
const ERRORS: &[&str] = &[
    "the database failed",
    "the database cannot be opened",
    "updates cannot be stored",
    "the update log cannot be read",
    "waiting for Telegram",
];

/// Why a program may end by itself, to be started again: it cannot even begin.
const ENDS: &[&str] = &["the database cannot be opened", "the database could not be brought up to date"];

pub fn ends_only_when_told(evidence: &Evidence) -> Vec<String> {
    let ended = evidence.ended_by_itself.iter();
    ended.filter(|words| !ENDS.iter().any(|known| words.contains(known))).cloned().collect()
}

pub fn log_clean(evidence: &Evidence) -> Vec<String> {
    let secret = TOKEN.split_once(':').unwrap().1;
    let of_outages = |line: &&str| ERRORS.iter().any(|known| line.contains(known));
    let errors =
        evidence.log.lines().filter(|line| line.contains(" ERROR ")).filter(|line| !of_outages(line));
    let bad = evidence.log.lines().filter(|line| line.contains("panicked") || line.contains(secret));
    errors.chain(bad).map(str::to_owned).collect()
}

/// What a world is to accept at its end, after the checks by name.
pub fn tolerated() -> Vec<&'static str> {
    ERRORS.iter().copied().chain(telegram::tolerated()).collect()
}
