//! What one person did and saw, as they remember it.

use std::time::{Duration, Instant};

/// A diary, in the order of the acts.
#[derive(Debug, Default)]
pub struct Diary {
    pub person: i64,
    pub name: String,
    /// Messages `/start` without a link.
    pub starts: usize,
    /// Links that were opened.
    pub links: usize,
    /// How often the channel was joined that is a condition.
    pub entries: usize,
    pub deeds: Vec<Deed>,
    pub presses: Vec<Pressed>,
    /// From an act to its answer.
    pub waits: Vec<Wait>,
}

/// What a person did about a lottery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub lottery: i64,
    pub code: String,
    pub kind: DeedKind,
    /// What they were told soon after, if anything.
    pub told: Option<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeedKind {
    Joins,
    Leaves,
}

/// What a screen tells of a lottery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Registered,
    /// «انسحاب»: the question.
    Asked,
    Left,
    /// Anything that is no ticket.
    Refused,
}

/// A press of a button.
#[derive(Clone, Debug)]
pub struct Pressed {
    pub query: String,
    pub data: String,
    pub answered: bool,
}

/// How long an answer took, or that it did not come while somebody looked.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub from: Instant,
    pub took: Duration,
    pub came: bool,
}
