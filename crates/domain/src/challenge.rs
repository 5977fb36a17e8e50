//! The challenge («منع الوهمي»): a small puzzle that keeps programs out.
//!
//! What is shown ([`Shown`]) and what solves it ([`Puzzle::is_solved_by`]) are kept apart: buttons carry
//! the number of an option, and which one is right stays with the program.

mod attempts;
mod chance;
mod emoji;
mod puzzle;

use serde::{Deserialize, Serialize};

pub use attempts::{Attempts, OpenPuzzle, Standing, Verdict};
pub use emoji::Emoji;
pub use puzzle::{Digits, Puzzle, Shown};

/// The kinds of puzzles, from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeKind {
    /// «صورة»: a distorted picture of digits, and which of nine numbers it shows.
    Image,
    /// «رموز»: the name of a thing, and which of nine pictures is it.
    Emoji,
    /// «حسابي»: a small sum, and which of six numbers it makes.
    Math,
    /// «زر مؤقت»: a button that must not be pressed at once.
    Timed,
}

impl ChallengeKind {
    pub const ALL: [Self; 4] = [Self::Image, Self::Emoji, Self::Math, Self::Timed];

    /// As in `CAPTCHAS_CONFIG` and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Emoji => "emoji",
            Self::Math => "math",
            Self::Timed => "timed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
